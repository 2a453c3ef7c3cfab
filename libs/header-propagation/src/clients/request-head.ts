import type { MethodHeaders } from '../inject.js';
import { FlatHeaders } from './raw-headers.js';

/** What Node is about to write: its own table of names and values, or the list that stood in the options, flat or in pairs. */
export type HeadersToWrite = Readonly<Record<string, readonly [string, unknown]>> | readonly unknown[] | null;

/** Headers that come as lines of text, beside a table of the application's: no copy, nothing to check again. */
export class AddedLines implements MethodHeaders {
  text = '';
  readonly #table: object;

  constructor(table: object) {
    this.#table = table;
  }

  /** Where lines alone will do: the application's `baggage` would have to be changed. */
  static suit(headers: HeadersToWrite): headers is Readonly<Record<string, readonly [string, unknown]>> {
    return headers !== null && !Array.isArray(headers) && !('baggage' in headers);
  }

  has(name: string): boolean {
    return name in this.#table;
  }

  get(name: string): unknown {
    return (this.#table as Record<string, readonly [string, unknown]>)[name]?.[1];
  }

  set(name: string, value: string | string[]): void {
    if (typeof value === 'string') this.#write(name, value);
    else for (const line of value) this.#write(name, line);
  }

  #write(name: string, value: string): void {
    // What was captured here is legal; a `Captured` that was made by hand may not be.
    if (!NOT_IN_A_VALUE.test(value)) this.text += `${name}: ${value}\r\n`;
  }
}

const NOT_IN_A_VALUE = /[^\t\x20-\x7e\x80-\xff]/;

/** A copy as a flat list, to add to and to take from. */
export function flatCopy(headers: HeadersToWrite): { flat: unknown[]; outgoing: FlatHeaders } {
  const inPairs = !Array.isArray(headers) || Array.isArray(headers[0]);
  const flat = inPairs ? Object.values(headers ?? {}).flat() : [...headers];
  return { flat, outgoing: new FlatHeaders(flat) };
}
