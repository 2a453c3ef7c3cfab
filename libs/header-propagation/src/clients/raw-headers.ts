import type { RemovableHeaders } from '../inject.js';

/** `[name, value, name, value]`, undici's raw form and what Node takes beside a record. */
export class FlatHeaders implements RemovableHeaders {
  readonly #flat: unknown[];
  /** In lower case, in the places of the names. */
  readonly #names: string[] = [];

  constructor(flat: unknown[]) {
    this.#flat = flat;
    for (let at = 0; at < flat.length; at += 2) this.#names.push(String(flat[at]).toLowerCase());
  }

  hasAny(names: ReadonlySet<string>): boolean {
    return this.#names.some((name) => names.has(name));
  }

  has(name: string): boolean {
    return this.#names.includes(name);
  }

  /** The value; a list where the name comes several times. */
  get(name: string): unknown {
    const at = this.#names.indexOf(name);
    const value = this.#flat[at * 2 + 1];
    if (typeof value === 'string' && !this.#names.includes(name, at + 1)) return value;
    const lines = this.#flat
      .filter((_, index) => index % 2 === 1 && this.#names[(index - 1) / 2] === name)
      .flat();
    return lines.length > 1 ? lines.map(String) : String(lines[0]);
  }

  set(name: string, value: string | string[]): void {
    this.delete(name);
    // One entry for several lines: undici and Node both write a line for each.
    this.#flat.push(name, value);
    this.#names.push(name);
  }

  delete(name: string): void {
    for (let at = this.#names.indexOf(name); at !== -1; at = this.#names.indexOf(name)) {
      this.#flat.splice(at * 2, 2);
      this.#names.splice(at, 1);
    }
  }
}
