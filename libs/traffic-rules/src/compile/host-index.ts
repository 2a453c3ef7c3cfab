import { HostMap, isWildcard } from '../host-map.js';
import type { HostRules } from '../model/rule.js';
import type { RegistryService } from '../model/service.js';

/** Finds which services the hosts of rules stand for, without going through all services for each of them. */
export class HostIndex {
  readonly #services: ReadonlyMap<string, RegistryService>;
  readonly #owners = new HostMap<HostRules>();
  /** Hosts spelt backwards, in order: those under a suffix stand side by side. */
  readonly #reversed: readonly string[];

  constructor(services: ReadonlyMap<string, RegistryService>, rules: readonly HostRules[]) {
    this.#services = services;
    this.#reversed = [...services.keys()].map(reverse).sort();
    for (const owner of rules) {
      for (const host of owner.hosts) this.#owners.add(host, owner);
    }
  }

  /** The rules with the most specific host for the service; of equals the first in order. */
  ownerOf(host: string): HostRules | undefined {
    return this.#owners.findCovering(host);
  }

  /** Services whose host overlaps a wildcard: those under it, and wildcards above it. */
  overlapping(pattern: string): RegistryService[] {
    const suffix = pattern.slice(1);
    const found: RegistryService[] = [];
    for (let index = this.#firstUnder(suffix); index < this.#reversed.length; index++) {
      const reversed = this.#reversed[index] as string;
      if (!reversed.startsWith(reverse(suffix))) break;
      this.#push(found, reverse(reversed));
    }
    for (let start = 1; start <= suffix.length; start++) this.#push(found, `*${suffix.slice(start)}`);
    return found;
  }

  #push(found: RegistryService[], host: string): void {
    const service = this.#services.get(host);
    if (service !== undefined) found.push(service);
  }

  #firstUnder(suffix: string): number {
    const wanted = reverse(suffix);
    let low = 0;
    let high = this.#reversed.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#reversed[middle] as string) < wanted) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

function reverse(text: string): string {
  return [...text].reverse().join('');
}

/** A host of rules with the services it stands for. */
export interface ResolvedHost {
  host: string;
  /** All that the host overlaps, whether or not these rules are the ones in charge. */
  covered: readonly RegistryService[];
  /** Those for which they are. */
  matched: readonly RegistryService[];
}

/** The services that each of the rules' hosts stands for; a wildcard may stand for many. */
export function resolveHosts(
  owner: HostRules,
  services: ReadonlyMap<string, RegistryService>,
  index: HostIndex,
): ResolvedHost[] {
  return owner.hosts.map((host) => {
    if (!isWildcard(host)) {
      const service = services.get(host);
      const covered = service === undefined ? [] : [service];
      return { host, covered, matched: covered };
    }
    const covered = index.overlapping(host);
    return {
      host,
      covered,
      matched: covered.filter((service) => index.ownerOf(service.host) === owner),
    };
  });
}
