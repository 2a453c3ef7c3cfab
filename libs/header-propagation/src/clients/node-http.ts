import http, { type ClientRequest, type RequestOptions } from 'node:http';
import https from 'node:https';
import { syncBuiltinESMExports } from 'node:module';
import type { HeaderPropagation } from '../header-propagation.js';
import { parseUrl, type TargetAddress } from '../target-address.js';
import { flatHeaders } from './raw-headers.js';

type RequestFunction = typeof http.request;

const installed = new Set<HeaderPropagation>();
let restore: (() => void) | undefined;

/**
 * Adds the current request's headers to what `http.request`, `http.get`, `https.request` and `https.get` send, for
 * every caller in the process, ES modules that imported them by name included. Takes the same arguments as they do.
 *
 * @returns undoes it; when the last one is undone and nobody replaced them since, the originals are back
 */
export function propagateNodeHttp(propagation: HeaderPropagation): () => void {
  restore ??= replaceAll();
  installed.add(propagation);
  return () => {
    if (!installed.delete(propagation) || installed.size > 0) return;
    restore?.();
    restore = undefined;
  };
}

function replaceAll(): () => void {
  const undo = [replaceIn(http), replaceIn(https)];
  syncBuiltinESMExports();
  return () => {
    for (const one of undo) one();
    syncBuiltinESMExports();
  };
}

function replaceIn(module: { request: RequestFunction; get: RequestFunction }): () => void {
  const { request, get } = module;
  const propagatingRequest = propagating(request);
  const propagatingGet = ((...args: Parameters<RequestFunction>) => {
    // Node's own get() calls a request() of its own and ends it at once, with the headers as they are then.
    const sent = propagatingRequest(...args);
    sent.end();
    return sent;
  }) as RequestFunction;
  module.request = propagatingRequest;
  module.get = propagatingGet;
  return () => {
    if (module.request === propagatingRequest) module.request = request;
    if (module.get === propagatingGet) module.get = get;
  };
}

function propagating(request: RequestFunction): RequestFunction {
  return ((...args: unknown[]) => {
    const call = readCall(args);
    if (Array.isArray(call.options.headers))
      return request(...(withRawHeaders(args, call) as RequestArguments));
    const sent = request(...(args as RequestArguments));
    for (const propagation of installed) addTo(sent, call, propagation);
    return sent;
  }) as RequestFunction;
}

type RequestArguments = Parameters<RequestFunction>;

/** What the arguments say, in whichever of their forms: (url), (options), (url, options), each with a callback. */
interface Call {
  readonly url: URL | undefined;
  readonly options: RequestOptions;
}

function readCall([first, second]: unknown[]): Call {
  const url = typeof first === 'string' ? parseUrl(first) : first instanceof URL ? first : undefined;
  const isUrl = typeof first === 'string' || first instanceof URL;
  const options = isUrl ? second : first;
  return {
    url,
    options: typeof options === 'object' && options !== null ? options : {},
  };
}

function addTo(request: ClientRequest, call: Call, propagation: HeaderPropagation): void {
  const target = targetOf(call, request.host, request.protocol);
  if (target === undefined || request.headersSent || request.method === 'CONNECT') return;
  propagation.injectInto(propagation.captured(), target, () => ({
    has: (name) => request.hasHeader(name),
    get: (name) => request.getHeader(name),
    set: (name, value) => request.setHeader(name, value),
  }));
}

/** Node writes headers given as `[name, value, ...]` to the wire form at once: they are added to before that. */
function withRawHeaders(args: unknown[], call: Call): unknown[] {
  const { options, url } = call;
  const host = options.hostname ?? url?.hostname ?? options.host ?? 'localhost';
  const target = targetOf(call, host, options.protocol ?? url?.protocol ?? undefined);
  if (target === undefined || options.method === 'CONNECT') return args;
  const headers = [...(options.headers as unknown as string[])];
  for (const propagation of installed) {
    propagation.injectInto(propagation.captured(), target, () => flatHeaders(headers));
  }
  return args.map((arg) => (arg === options ? { ...options, headers } : arg));
}

/** The receiver; undefined for a Unix socket, which has no host. */
function targetOf(
  { url, options }: Call,
  host: string,
  protocol: string | undefined,
): TargetAddress | undefined {
  if (options.socketPath) return undefined;
  // A path in absolute-form goes to a forward proxy; its receiver is the host in the path.
  if (/^https?:\/\//i.test(options.path ?? '')) return options.path as string;
  const port = options.port ?? (url?.port || options.defaultPort) ?? (protocol === 'https:' ? 443 : 80);
  return { host, port };
}
