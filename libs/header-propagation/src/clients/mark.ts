import { randomBytes } from 'node:crypto';
import type { HeaderPropagation } from '../header-propagation.js';
import type { Added } from '../inject.js';
import { memoize } from '../memoize.js';

/**
 * undici copies a request's headers and options from hop to hop: interceptors for redirects and retries, queues of
 * pools. Only a header travels through all of them, so ours are marked by one more header, which says what is ours.
 * It is taken off where undici builds the request that it writes (`undici-requests.ts`) and never reaches the wire.
 * Its name is made anew in each process, so that nobody outside can write one, and has at most 24 characters, up to which
 * V8 brings a text to lower case without a call to C++: undici does that with each name that it does not know.
 */
const PREFIX = `x-mark-${randomBytes(8).readBigUInt64BE().toString(36).padStart(13, '0')}-`;

/** What a mark says. */
export interface Mark {
  /** Undefined when the propagation is gone: then nothing of it may go out. */
  readonly propagation: HeaderPropagation | undefined;
  readonly added: Added;
  /** The `Host` that the request had then; null when it had none. */
  readonly host: string | null;
}

/** What most marks say: whatever this propagation sends is ours, since the application set none of it. */
const ALL_ITS_NAMES = 'all';

/** The name of the header that marks what one propagation added, and how to read it. */
class Marker {
  readonly name = `${PREFIX}${markers.size}`;
  readonly #propagation: WeakRef<HeaderPropagation>;
  /** Of a propagation that is gone, what it added is still to be taken off. */
  readonly #all: Pick<Mark, 'added' | 'host'>;
  readonly #read = memoize(readMark);

  constructor(propagation: HeaderPropagation) {
    this.#propagation = new WeakRef(propagation);
    this.#all = { added: { names: [...propagation.names], members: [] }, host: null };
  }

  read(value: string): Mark {
    const { added, host } = value === ALL_ITS_NAMES ? this.#all : this.#read(value);
    return { propagation: this.#propagation.deref(), added, host };
  }
}

const markers = new Map<string, Marker>();
const names = new WeakMap<HeaderPropagation, string>();

/** The name of the header that marks what this propagation added. */
export function markName(propagation: HeaderPropagation): string {
  let name = names.get(propagation);
  if (name === undefined) {
    const marker = new Marker(propagation);
    name = marker.name;
    names.set(propagation, name);
    markers.set(name, marker);
  }
  return name;
}

/** @param mixed whether the application set some of the headers that this propagation sends */
export function markValue(added: Added, mixed: boolean, host: string | null): string {
  return mixed || host !== null ? JSON.stringify([added.names, added.members, host]) : ALL_ITS_NAMES;
}

function readMark(value: string): Pick<Mark, 'added' | 'host'> {
  const [names, members, host] = JSON.parse(value);
  return { added: { names, members }, host };
}

/** Whether the last of `[name, value, ...]` is a mark. */
export function endsWithMark(headers: readonly unknown[]): boolean {
  return isMark(headers[headers.length - 2]);
}

function isMark(name: unknown): name is string {
  return typeof name === 'string' && name.length > PREFIX.length && name.startsWith(PREFIX);
}

/** Takes the marks off a list of `[name, value, ...]` and gives what they say. */
export function takeMarks(headers: unknown[]): readonly Mark[] {
  let marks = none;
  for (let at = headers.length - 2; at >= 0; at -= 2) {
    const name = headers[at];
    if (!isMark(name)) continue;
    const read = marksOf(name, String(headers[at + 1]));
    if (at + 2 < headers.length) headers.splice(at, 2);
    else {
      // Nearly every mark is the last of its list, and a splice makes a list of what it takes off.
      headers.pop();
      headers.pop();
    }
    marks = marks.length === 0 ? read : [...marks, ...read];
  }
  return marks;
}

const none: readonly Mark[] = [];

/** What was read last. Most programs have one propagation, and most of its marks say the same. */
let last = { name: '', value: '', marks: none };

function marksOf(name: string, value: string): readonly Mark[] {
  if (name === last.name && value === last.value) return last.marks;
  const mark = markers.get(name)?.read(value);
  last = { name, value, marks: mark === undefined ? none : [mark] };
  return last.marks;
}
