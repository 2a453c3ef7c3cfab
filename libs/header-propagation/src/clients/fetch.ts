import { type Captured, NOTHING_CAPTURED } from '../captured.js';
import { HeaderPropagationError } from '../errors.js';
import type { HeaderPropagation } from '../header-propagation.js';
import { type MethodHeaders, methodsOf } from '../inject.js';
import { show } from '../option-checks.js';
import { checkPropagation } from '../propagation-check.js';
import { propagatingDispatcher } from './dispatch.js';
import { markName, markValue } from './mark.js';
import { callWithMark } from './marked-call.js';
import { watchUndiciRequests } from './undici-requests.js';

type Fetch = typeof globalThis.fetch;
type Input = Parameters<Fetch>[0];
type Init = RequestInit & { dispatcher?: unknown };

/**
 * A `fetch` that adds the current request's headers; the one given is not changed. It is asked for each hop of a
 * redirect, so one that leaves `targets` takes nothing along. Works on Node's own `fetch`, with or without a
 * `dispatcher` in its options, on the undici package's with one, and on whatever stands in for it (msw, a double of a
 * test).
 *
 * @throws HeaderPropagationError when one of the two is something else
 */
export function propagatingFetch(propagation: HeaderPropagation, fetch: Fetch = globalThis.fetch): Fetch {
  checkPropagation(propagation, 'propagatingFetch');
  checkFetch(fetch);
  const native = isNodesOwn(fetch);
  return (input, init) => {
    const captured = propagation.captured();
    if (captured === undefined || captured === NOTHING_CAPTURED) return fetch(input, init);
    const dispatcher = (init as Init | undefined)?.dispatcher;
    // A Request may have a dispatcher of its own, which it keeps to itself and which one in the options would displace.
    if ((native && !isRequest(input)) || dispatcher !== undefined) {
      const checked = propagatingDispatcher(propagation, captured, { dispatcher });
      return fetch(input, { ...init, dispatcher: checked } as RequestInit);
    }
    return fetchByHeaders({ propagation, captured, fetch, native }, input, init);
  };
}

function checkFetch(fetch: Fetch): void {
  if (typeof fetch === 'function') return;
  throw new HeaderPropagationError(
    'INVALID_OPTION',
    `propagatingFetch: ${show(fetch)} is not a fetch. Write a function that takes what fetch takes, or leave it out for Node's own.`,
  );
}

/** A function of ours keeps the nature of the one that it calls: see `propagateGlobalFetch`. */
const nodesOwn = new WeakSet<Fetch>();

/** Node's `fetch` loads undici when it is first called; only such a function is known to take a `dispatcher`. */
function isNodesOwn(fetch: Fetch): boolean {
  return nodesOwn.has(fetch) || /\bfetchImpl\b|lazyUndici|internal\/deps\/undici/.test(String(fetch));
}

function isRequest(input: Input): input is Request {
  return typeof input === 'object' && 'url' in input;
}

interface Sender {
  readonly propagation: HeaderPropagation;
  readonly captured: Captured;
  readonly fetch: Fetch;
  readonly native: boolean;
}

/** Ours go in as headers, and undici, if the request ends there, checks each hop. */
function fetchByHeaders(
  { propagation, captured, fetch, native }: Sender,
  input: Input,
  init: RequestInit | undefined,
): ReturnType<Fetch> {
  const request = isRequest(input) ? input : undefined;
  const headers = copyOf(init?.headers ?? request?.headers);
  const outgoing = joiningLines(methodsOf(headers));
  const mixed = [...propagation.names].some((name) => outgoing.has(name));
  const added = propagation.injectInto(captured, request?.url ?? String(input), () => outgoing);
  if (added === undefined) return fetch(input, init);
  if (!native) {
    const mark = { propagation, added, host: null, headers: captured.headers };
    return callWithMark(mark, () => fetch(input, { ...init, headers }));
  }
  watchUndiciRequests();
  outgoing.set(markName(propagation), markValue(added, mixed, null));
  return fetch(input, { ...init, headers });
}

/** `fetch` takes one text for each name. */
function joiningLines(outgoing: MethodHeaders): MethodHeaders {
  return {
    has: (name) => outgoing.has(name),
    get: (name) => outgoing.get(name),
    set: (name, value) => outgoing.set(name, typeof value === 'string' ? value : value.join(', ')),
  };
}

/** A copy of the kind that was given, as a double of a test may expect it. */
function copyOf(headers: RequestInit['headers']): Headers | Record<string, string> {
  if (headers === undefined) return {};
  const iterable = typeof (headers as Iterable<unknown>)[Symbol.iterator] === 'function';
  return iterable ? new Headers(headers) : { ...(headers as Record<string, string>) };
}

const installed = new Set<HeaderPropagation>();
/** All of the installed in front of the original. */
let chain: Fetch;
let original: Fetch;
let replacement: Fetch;

/**
 * Puts a propagating `fetch` in the place of the global one.
 *
 * @returns undoes it; when the last one is undone and nobody replaced `fetch` since, the original is back
 */
export function propagateGlobalFetch(propagation: HeaderPropagation): () => void {
  checkPropagation(propagation, 'propagateGlobalFetch');
  if (installed.size === 0) replaceFetch();
  installed.add(propagation);
  chainInstalled();
  return () => {
    if (!installed.delete(propagation)) return;
    chainInstalled();
    if (installed.size === 0 && globalThis.fetch === replacement) globalThis.fetch = original;
  };
}

function replaceFetch(): void {
  original = globalThis.fetch;
  replacement = (input, init) => chain(input, init);
  if (isNodesOwn(original)) nodesOwn.add(replacement);
  globalThis.fetch = replacement;
}

function chainInstalled(): void {
  const native = isNodesOwn(original);
  chain = original;
  for (const propagation of installed) {
    chain = propagatingFetch(propagation, chain);
    if (native) nodesOwn.add(chain);
  }
}
