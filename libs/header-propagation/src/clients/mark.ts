import { randomBytes } from 'node:crypto';
import type { HeaderPropagation } from '../header-propagation.js';
import type { Added } from '../inject.js';

/**
 * undici copies a request's headers and options from hop to hop: interceptors for redirects and retries, queues of
 * pools. Only a header travels through all of them, so ours are marked by one more header, which says what is ours.
 * It is taken off where undici builds the request that it writes (`undici-requests.ts`) and never reaches the wire.
 * Its name is made anew in each process, so that nobody outside can write one.
 */
const PREFIX = `x-header-propagation-${randomBytes(8).toString('hex')}-`;

/** What a mark says. */
export interface Mark {
  /** Undefined when the propagation is gone: then nothing of it may go out. */
  readonly propagation: HeaderPropagation | undefined;
  readonly added: Added;
  /** The `Host` that the request had then; null when it had none. */
  readonly host: string | null;
}

const names = new WeakMap<HeaderPropagation, string>();
const propagations = new Map<string, WeakRef<HeaderPropagation>>();

/** The name of the header that marks what this propagation added. */
export function markName(propagation: HeaderPropagation): string {
  let name = names.get(propagation);
  if (name === undefined) {
    name = `${PREFIX}${propagations.size}`;
    names.set(propagation, name);
    propagations.set(name, new WeakRef(propagation));
  }
  return name;
}

export function markValue(added: Added, host: string | null): string {
  return JSON.stringify([added.names, added.members, host]);
}

/** Takes the marks off a list of `[name, value, ...]` and gives what they say. */
export function takeMarks(headers: unknown[]): Mark[] {
  const marks: Mark[] = [];
  for (let at = headers.length - 2; at >= 0; at -= 2) {
    const name = headers[at];
    if (typeof name !== 'string' || !name.startsWith(PREFIX)) continue;
    const [, value] = headers.splice(at, 2);
    const propagation = propagations.get(name)?.deref();
    marks.push({ propagation, ...readMark(String(value)) });
  }
  return marks.length === 0 ? none : marks;
}

const none: Mark[] = [];

/** The values that were read last: most requests of a service carry the same names to the same hosts. */
const known = new Map<string, Pick<Mark, 'added' | 'host'>>();
const MOST_KNOWN = 64;

function readMark(value: string): Pick<Mark, 'added' | 'host'> {
  const before = known.get(value);
  if (before !== undefined) return before;
  const [names, members, host] = JSON.parse(value);
  const mark = { added: { names, members }, host };
  if (known.size >= MOST_KNOWN) known.clear();
  known.set(value, mark);
  return mark;
}
