import { isIP } from 'node:net';
import { toBytes } from '../match/bytes.js';

/** The domain of Kubernetes' own DNS names; Istio's default, and what every laptop's rules assume. */
export const clusterDomain = 'cluster.local';

/**
 * A name without a dot is a service of the document's own namespace; every other name is taken as it is,
 * so that `hello.hello-1` names no Kubernetes service (Istio, config.go ResolveShortnameToFQDN).
 */
export function qualifyHost(host: string, namespace: string): string {
  if (host === '' || host === '*' || host.includes('.') || isIP(host) !== 0) return host;
  return `${host}.${namespace}.svc.${clusterDomain}`;
}

export function isWildcard(host: string): boolean {
  return host.startsWith('*');
}

/** Letter case of ASCII only, as HTTP's host names and Envoy's comparisons have it. */
export function asciiLowerCase(text: string): string {
  return /[A-Z]/.test(text) ? text.replace(/[A-Z]+/g, (letters) => letters.toLowerCase()) : text;
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
