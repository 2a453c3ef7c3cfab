import http, { type ClientRequest, type RequestOptions } from 'node:http';
import https from 'node:https';
import { syncBuiltinESMExports } from 'node:module';
import type { HeaderPropagation } from '../header-propagation.js';
import { recordHeaders } from '../inject.js';
import { parseUrl, type TargetAddress } from '../target-address.js';
import { addWhileWritten, hideFromReaders, type Source } from './client-request.js';
import { flatHeaders } from './raw-headers.js';

type RequestFunction = typeof http.request;
type RequestArguments = Parameters<RequestFunction>;

const installed = new Set<HeaderPropagation>();
let restore: (() => void) | undefined;

/**
 * Adds the current request's headers to what `http.request`, `http.get`, `https.request` and `https.get` send, for
 * every caller in the process, ES modules that imported them by name included. Takes the same arguments as they do.
 * They are added while the head is written and are never among what the request shows (`getHeaders()`), which libraries
 * such as superagent copy to the next host.
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
  const propagatingGet = ((...args: RequestArguments) => {
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
    const sources = sourcesOfNow();
    if (sources.length === 0) return request(...(args as RequestArguments));
    const call = readCall(args);
    // Node would parse the text again.
    if (call.url !== undefined) args[0] = call.url;
    return isWrittenAtOnce(call.options)
      ? requestWithOptions(request, args, call, sources)
      : addWhileWritten(request(...(args as RequestArguments)), sources, (sent) => receiverOf(call, sent));
  }) as RequestFunction;
}

function sourcesOfNow(): Source[] {
  const sources: Source[] = [];
  for (const propagation of installed) {
    const captured = propagation.captured();
    if (captured !== undefined) sources.push({ propagation, captured });
  }
  return sources;
}

/** What the arguments say, in whichever of their forms: (url), (options), (url, options), each with a callback. */
interface Call {
  readonly url: URL | undefined;
  readonly options: RequestOptions;
}

function readCall([first, second]: unknown[]): Call {
  const url = typeof first === 'string' ? parseUrl(first) : first instanceof URL ? first : undefined;
  const isUrl = typeof first === 'string' || first instanceof URL;
  const options = isUrl ? second : first;
  return { url, options: typeof options === 'object' && options !== null ? options : {} };
}

/** Node writes the head in the constructor where headers are `[name, value, ...]`, and where `Expect` is among them. */
function isWrittenAtOnce({ headers }: RequestOptions): boolean {
  if (Array.isArray(headers)) return true;
  for (const name in headers) if (name.length === 6 && name.toLowerCase() === 'expect') return true;
  return false;
}

/** Adds to a copy of the options, and hides what was added from those who read the request. */
function requestWithOptions(
  request: RequestFunction,
  args: unknown[],
  call: Call,
  sources: readonly Source[],
): ClientRequest {
  const given = call.options.headers;
  const headers = Array.isArray(given) ? [...given] : { ...given };
  const outgoing = Array.isArray(headers) ? flatHeaders(headers) : recordHeaders(headers);
  const target = receiverOf(call, undefined);
  const added = sources.map(({ propagation, captured }) =>
    target === undefined ? undefined : propagation.injectInto(captured, target, () => outgoing),
  );
  const options = { ...call.options, headers };
  const sent = request(...(args.map((arg) => (arg === call.options ? options : arg)) as RequestArguments));
  if (!Array.isArray(headers))
    hideFromReaders(
      sent,
      added.filter((one) => one !== undefined),
    );
  return sent;
}

/** The receiver; undefined for a Unix socket, which has no host, and for CONNECT, which asks a proxy for a tunnel. */
function receiverOf({ url, options }: Call, sent: ClientRequest | undefined): TargetAddress | undefined {
  const agent = (sent as { agent?: unknown } | undefined)?.agent ?? options.agent;
  const viaAgent = (agent as { options?: { socketPath?: string } } | undefined)?.options?.socketPath;
  if (options.socketPath || viaAgent || (sent?.method ?? options.method)?.toUpperCase() === 'CONNECT') {
    return undefined;
  }
  const path = options.path ?? (url === undefined ? '/' : url.pathname + url.search);
  // A path in absolute-form goes to a forward proxy; its receiver is the host in the path.
  if (/^https?:\/\//i.test(path)) return path;
  const scheme = sent?.protocol ?? options.protocol ?? url?.protocol ?? 'http:';
  const host = sent?.host ?? options.hostname ?? url?.hostname ?? options.host ?? 'localhost';
  const port = options.port ?? (url?.port || options.defaultPort) ?? undefined;
  return { scheme, host, path, ...(port === undefined ? {} : { port: port as number | string }) };
}
