import { isWildcard } from './host-map.js';

/**
 * The hosts that both lists cover, each as the narrower of the two says it: `*.a.com` and `x.a.com` have `x.a.com` in
 * common (Istio, names.go Intersection). All in lower case; `*` covers every host.
 */
export function hostsInCommon(some: readonly string[], others: readonly string[]): string[] {
  const common = new Set<string>();
  for (const host of some)
    for (const other of others) {
      if (lies(host, other)) common.add(host);
      else if (lies(other, host)) common.add(other);
    }
  return [...common];
}

/** Whether two hosts have names in common: a wildcard on either side takes what lies under it. */
export function overlap(host: string, other: string): boolean {
  return lies(host, other) || lies(other, host);
}

/** Whether every name of the first is one of the second. */
export function lies(host: string, within: string): boolean {
  if (!isWildcard(within)) return host === within;
  const suffix = within.slice(1);
  if (!isWildcard(host)) return host.endsWith(suffix);
  return host.length >= within.length && host.slice(1).endsWith(suffix);
}
