import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import http, { type ClientRequest } from 'node:http';
import https from 'node:https';
import { syncBuiltinESMExports } from 'node:module';
import { NOTHING_CAPTURED } from '../captured.js';
import type { HeaderPropagation } from '../header-propagation.js';
import { checkPropagation } from '../propagation-check.js';
import { adopt, Call, requestFor, type Source, watchClientRequests } from './client-request.js';

type RequestFunction = typeof http.request;
type RequestArguments = Parameters<RequestFunction>;

const installed = new Set<HeaderPropagation>();
let restore: (() => void) | undefined;

/**
 * Adds the current request's headers to what `http.request`, `http.get`, `https.request` and `https.get` send, for
 * every caller in the process, ES modules that imported them by name included, and, from Node 22.12 on, those that took
 * them before or make a `ClientRequest` themselves. Takes the same arguments as they do.
 * They are added while the head is written and are never among what the request shows (`getHeaders()`), which libraries
 * such as superagent copy to the next host.
 *
 * @returns undoes it; when the last one is undone and nobody replaced them since, the originals are back
 * @throws HeaderPropagationError when it is something else
 */
export function propagateNodeHttp(propagation: HeaderPropagation): () => void {
  checkPropagation(propagation, 'propagateNodeHttp');
  restore ??= replaceAll();
  installed.add(propagation);
  return () => {
    if (!installed.delete(propagation) || installed.size > 0) return;
    restore?.();
    restore = undefined;
  };
}

/** Each request while it is made, from Node 22.12 on: also those that do not come by the functions that are replaced. */
const CREATED = 'http.client.request.created';

function onCreated(message: unknown): void {
  adopt((message as { request: ClientRequest }).request, sourcesOfNow);
}

function replaceAll(): () => void {
  watchClientRequests();
  subscribe(CREATED, onCreated);
  const undo = [replaceIn(http), replaceIn(https)];
  syncBuiltinESMExports();
  return () => {
    unsubscribe(CREATED, onCreated);
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
  return ((...args: RequestArguments) => {
    const sources = sourcesOfNow();
    return sources.length === 0
      ? request(...args)
      : requestFor(new Call(sources, args), () => request(...args));
  }) as RequestFunction;
}

function sourcesOfNow(): Source[] {
  const sources: Source[] = [];
  for (const propagation of installed) {
    const captured = propagation.captured();
    if (captured !== undefined && captured !== NOTHING_CAPTURED) sources.push({ propagation, captured });
  }
  return sources;
}
