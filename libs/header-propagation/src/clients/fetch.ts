import { runInThisContext } from 'node:vm';
import type { HeaderPropagation } from '../header-propagation.js';
import { type DispatchOptions, withHeaders } from './undici.js';

interface DispatcherLike {
  dispatch(options: DispatchOptions, handler: unknown): boolean;
}

type Fetch = typeof globalThis.fetch;

/**
 * A `fetch` that adds the current request's headers; the one given is not changed. Works on Node's own `fetch`,
 * with or without a `dispatcher` in its options. It is asked for each hop of a redirect, so one that leaves
 * `targets` takes nothing along.
 */
export function propagatingFetch(propagation: HeaderPropagation, fetch: Fetch = globalThis.fetch): Fetch {
  return (input, init) => {
    if (propagation.captured() === undefined) return fetch(input, init);
    const dispatcher = propagatingDispatcher(propagation, (init as { dispatcher?: unknown })?.dispatcher);
    return fetch(input, { ...init, dispatcher } as RequestInit);
  };
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
  original = before;
  replacement = (input, init) => {
    let fetch: Fetch = before;
    for (const propagation of installed) fetch = propagatingFetch(propagation, fetch);
    return fetch(input, init);
  };
  globalThis.fetch = replacement;
}

function restoreFetch(): void {
  if (original !== undefined && globalThis.fetch === replacement) globalThis.fetch = original;
}

/** A dispatcher in front of another, or of the one that Node's `fetch` uses by default. */
export function propagatingDispatcher(propagation: HeaderPropagation, dispatcher?: unknown): unknown {
  const base = (dispatcher ?? globalDispatcher()) as DispatcherLike;
  const dispatch: DispatcherLike['dispatch'] = (options, handler) =>
    base.dispatch(withHeaders(propagation, options), handler);
  return new Proxy(base, {
    get: (target, key) => {
      if (key === 'dispatch') return dispatch;
      const value = Reflect.get(target, key, target);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
}

/**
 * undici keeps its global dispatcher under a symbol with the number of the dispatcher interface, which changed
 * with undici 8: Node's bundled copy and the npm package may be of two kinds. Node's `fetch` looks on the main
 * global object, which is not `globalThis` where code runs in a vm context, as it does under Jest.
 */
function globalDispatcher(): unknown {
  const main = runInThisContext('globalThis') as typeof globalThis & Record<symbol, unknown>;
  // Node loads its undici on the first use of one of its globals.
  void main.Response;
  const version = Number.parseInt(process.versions.undici ?? '7', 10) >= 8 ? 2 : 1;
  return main[Symbol.for(`undici.globalDispatcher.${version}`)];
}
