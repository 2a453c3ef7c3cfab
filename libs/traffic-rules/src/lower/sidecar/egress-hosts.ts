import { asciiLowerCase } from '../../ascii.js';
import { isWildcard } from '../../host-map.js';

const wildcardNamespace = '*';

interface Hosts {
  taken: string[];
  excluded: string[];
}

/** What the `hosts` of an egress listener let in (istio, sidecar.go convertIstioListenerToWrapper, hostClassification). */
export class EgressHosts {
  readonly #byNamespace = new Map<string, Hosts>();

  /** @param own the workload's namespace, for `.` */
  constructor(written: readonly string[], own: string) {
    for (const entry of written) {
      const slash = entry.indexOf('/');
      const isExcluded = entry.startsWith('~');
      const namespace = entry.slice(isExcluded ? 1 : 0, slash) || wildcardNamespace;
      const hosts = this.#of(namespace === '.' ? own : namespace);
      (isExcluded ? hosts.excluded : hosts.taken).push(asciiLowerCase(entry.slice(slash + 1)));
    }
  }

  /** Whether a service of that namespace is let in. */
  takesService(namespace: string, host: string): boolean {
    return this.#takes(namespace, host, isSubset);
  }

  /** Whether rules of that namespace are let in for one of their hosts; a wildcard on either side will do. */
  takesRules(namespace: string, hosts: readonly string[]): boolean {
    return hosts.some((host) => this.#takes(namespace, host, overlaps));
  }

  #takes(namespace: string, host: string, fits: (host: string, taken: string) => boolean): boolean {
    const scopes = [this.#byNamespace.get(namespace), this.#byNamespace.get(wildcardNamespace)];
    if (scopes.some((hosts) => hosts?.excluded.some((excluded) => isSubset(host, excluded)))) return false;
    return scopes.some((hosts) => hosts?.taken.some((taken) => fits(host, taken)));
  }

  #of(namespace: string): Hosts {
    const hosts = this.#byNamespace.get(namespace) ?? { taken: [], excluded: [] };
    this.#byNamespace.set(namespace, hosts);
    return hosts;
  }
}

/** istio, pkg/config/host/name.go SubsetOf. */
function isSubset(host: string, other: string): boolean {
  if (!isWildcard(other)) return host === other;
  return (isWildcard(host) ? host.slice(1) : host).endsWith(other.slice(1));
}

/** istio, pkg/config/host/name.go Matches. */
function overlaps(host: string, other: string): boolean {
  return isSubset(host, other) || isSubset(other, host);
}
