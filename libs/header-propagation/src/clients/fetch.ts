import type { Captured } from '../captured.js';
import type { HeaderPropagation } from '../header-propagation.js';
import { methodsOf } from '../inject.js';
import { propagatingDispatcher } from './dispatch.js';
import { carryMark } from './undici-requests.js';

type Fetch = typeof globalThis.fetch;
type Init = RequestInit & { dispatcher?: unknown };

/**
 * A `fetch` that adds the current request's headers; the one given is not changed. It is asked for each hop of a
 * redirect, so one that leaves `targets` takes nothing along. Works on Node's own `fetch`, with or without a
 * `dispatcher` in its options, on the undici package's with one, and on whatever stands in for it (msw, a double of a
 * test).
 */
export function propagatingFetch(propagation: HeaderPropagation, fetch: Fetch = globalThis.fetch): Fetch {
  const native = isNodesOwn(fetch);
  return (input, init) => {
    const captured = propagation.captured();
    if (captured === undefined) return fetch(input, init);
    const dispatcher = (init as Init | undefined)?.dispatcher;
    if (native || dispatcher !== undefined) {
      const checked = propagatingDispatcher(propagation, captured, { dispatcher });
      return fetch(input, { ...init, dispatcher: checked } as RequestInit);
    }
    return fetchByHeaders(propagation, captured, fetch, input, init);
  };
}

/** A function of ours keeps the nature of the one that it calls: see `propagateGlobalFetch`. */
const nodesOwn = new WeakSet<Fetch>();

/** Node's `fetch` loads undici when it is first called; only such a function is known to take a `dispatcher`. */
function isNodesOwn(fetch: Fetch): boolean {
  return nodesOwn.has(fetch) || /\bfetchImpl\b|lazyUndici|internal\/deps\/undici/.test(String(fetch));
}

/** Another `fetch` may know no dispatcher: ours go in as headers, and undici, if it ends there, checks each hop. */
function fetchByHeaders(
  propagation: HeaderPropagation,
  captured: Captured,
  fetch: Fetch,
  input: Parameters<Fetch>[0],
  init: RequestInit | undefined,
): ReturnType<Fetch> {
  const request = typeof input === 'object' && 'url' in input ? input : undefined;
  const headers = copyOf(init?.headers ?? request?.headers);
  const outgoing = methodsOf(headers);
  const added = propagation.injectInto(captured, request?.url ?? String(input), () => ({
    ...outgoing,
    // fetch takes one text for each name.
    set: (name, value) => outgoing.set(name, typeof value === 'string' ? value : value.join(', ')),
  }));
  if (added === undefined) return fetch(input, init);
  const send = () => fetch(input, { ...init, headers });
  return carryMark({ propagation, added, host: null, headers: captured.headers }, send);
}

/** A copy of the kind that was given, as a double of a test may expect it. */
function copyOf(headers: RequestInit['headers']): Headers | Record<string, string> {
  if (headers === undefined) return {};
  const iterable = typeof (headers as Iterable<unknown>)[Symbol.iterator] === 'function';
  return iterable ? new Headers(headers) : { ...(headers as Record<string, string>) };
}

const installed = new Set<HeaderPropagation>();
let original: Fetch | undefined;
let replacement: Fetch | undefined;

/**
 * Puts a propagating `fetch` in the place of the global one.
 *
 * @returns undoes it; when the last one is undone and nobody replaced `fetch` since, the original is back
 */
export function propagateGlobalFetch(propagation: HeaderPropagation): () => void {
  if (installed.size === 0) replaceFetch();
  installed.add(propagation);
  return () => {
    if (installed.delete(propagation) && installed.size === 0) restoreFetch();
  };
}

function replaceFetch(): void {
  const before = globalThis.fetch;
  const native = isNodesOwn(before);
  original = before;
  replacement = (input, init) => {
    let fetch: Fetch = before;
    for (const propagation of installed) {
      fetch = propagatingFetch(propagation, fetch);
      if (native) nodesOwn.add(fetch);
    }
    return fetch(input, init);
  };
  if (native) nodesOwn.add(replacement);
  globalThis.fetch = replacement;
}

function restoreFetch(): void {
  if (original !== undefined && globalThis.fetch === replacement) globalThis.fetch = original;
}
