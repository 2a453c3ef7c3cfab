import { toBytes } from './bytes.js';

export function isWildcard(host: string): boolean {
  return host.startsWith('*');
}

/** A map from host patterns to values: exact names, and wildcards of which the longest wins. */
export class HostMap<V> {
  readonly #exact = new Map<string, V>();
  readonly #suffixes = new Map<string, V>();
  #lengths: number[] = [];

  /** @returns false when the pattern is taken already: the first entry stays. */
  add(pattern: string, value: V): boolean {
    const wildcard = isWildcard(pattern);
    const map = wildcard ? this.#suffixes : this.#exact;
    const key = toBytes(wildcard ? pattern.slice(1) : pattern);
    if (map.has(key)) return false;
    map.set(key, value);
    if (wildcard && !this.#lengths.includes(key.length)) {
      this.#lengths = [...this.#lengths, key.length].sort((a, b) => b - a);
    }
    return true;
  }

  /** Every value, as often as it has patterns. */
  *values(): Iterable<V> {
    yield* this.#exact.values();
    yield* this.#suffixes.values();
  }

  /** The value of the most specific pattern that covers the name; a wildcard stands for at least one character. */
  find(host: string): V | undefined {
    const exact = this.#exact.get(host);
    return exact ?? this.#longestSuffix(host);
  }

  /** As {@link find}, for a pattern that may be a wildcard itself: of what covers all of it. */
  findCovering(pattern: string): V | undefined {
    if (!isWildcard(pattern)) return this.find(pattern);
    const rest = pattern.slice(1);
    return this.#suffixes.get(rest) ?? this.#longestSuffix(rest);
  }

  #longestSuffix(host: string): V | undefined {
    if (this.#suffixes.size === 0) return undefined;
    for (const length of this.#lengths) {
      if (length >= host.length) continue;
      const found = this.#suffixes.get(host.slice(host.length - length));
      if (found !== undefined) return found;
    }
    return undefined;
  }
}
