import type { HeaderPropagation } from '../header-propagation.js';
import { propagatingDispatcher } from './dispatch.js';

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
