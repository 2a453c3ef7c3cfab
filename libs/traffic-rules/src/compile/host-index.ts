import { HostMap, isWildcard } from './host-name.js';
import type { RegistryService } from './registry.js';
import type { PreparedVirtualService } from './virtual-service.js';

/** Finds which services a VirtualService's hosts speak of, without going through all services for each of them. */
export class HostIndex {
  readonly #services: ReadonlyMap<string, RegistryService>;
  readonly #owners = new HostMap<PreparedVirtualService>();
  /** Hosts spelt backwards, in order: those under a suffix stand side by side. */
  readonly #reversed: readonly string[];

  constructor(
    services: ReadonlyMap<string, RegistryService>,
    virtualServices: readonly PreparedVirtualService[],
  ) {
    this.#services = services;
    this.#reversed = [...services.keys()].map(reverse).sort();
    for (const virtualService of virtualServices) {
      for (const host of virtualService.hosts) this.#owners.add(host, virtualService);
    }
  }

  /** The VirtualService with the most specific host for the service; of equals the first in order. */
  ownerOf(host: string): PreparedVirtualService | undefined {
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

/** A host of a VirtualService with the services it speaks of. */
export interface ResolvedHost {
  host: string;
  /** All that the host overlaps, whether or not this VirtualService is the one in charge. */
  covered: readonly RegistryService[];
  /** Those for which it is. */
  matched: readonly RegistryService[];
}

export function resolveHosts(
  virtualService: PreparedVirtualService,
  services: ReadonlyMap<string, RegistryService>,
  index: HostIndex,
): ResolvedHost[] {
  return virtualService.hosts.map((host) => {
    if (!isWildcard(host)) {
      const service = services.get(host);
      const covered = service === undefined ? [] : [service];
      return { host, covered, matched: covered };
    }
    const covered = index.overlapping(host);
    return {
      host,
      covered,
      matched: covered.filter((service) => index.ownerOf(service.host) === virtualService),
    };
  });
}
