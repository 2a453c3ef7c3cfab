import { AsyncLocalStorage } from 'node:async_hooks';
import type { HeaderRecord } from '../captured.js';
import type { RemovableHeaders } from '../inject.js';
import type { Mark } from './mark.js';

/**
 * A mark that goes with the call instead of with its headers, where those may end elsewhere than in undici: a `fetch` of
 * another make, an axios adapter of the application's own.
 */
export interface CarriedMark extends Mark {
  /** What was added: a request that the call causes may have headers of the same names that are not ours. */
  readonly headers: HeaderRecord;
}

const carried = new AsyncLocalStorage<CarriedMark>();

/** Runs a call whose requests carry this mark. */
export function carryMark<T>(mark: CarriedMark, call: () => T): T {
  return carried.run(mark, call);
}

/** The mark of the current call. */
export function carriedMark(): CarriedMark | undefined {
  return carried.getStore();
}

/** What the mark of a call says of a request with these headers: a mark of what is ours among them. */
export function markAmong(headers: RemovableHeaders, mark: CarriedMark): Mark {
  const names = mark.added.names.filter((name) => {
    const ours = mark.headers[name];
    return ours !== undefined && headers.has(name) && joined(headers.get(name)) === joined(ours);
  });
  return names.length === mark.added.names.length ? mark : { ...mark, added: { ...mark.added, names } };
}

function joined(value: unknown): string {
  return typeof value === 'string' ? value : [value].flat().join(', ');
}
