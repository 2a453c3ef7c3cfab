import type { RegistryPort } from '../model/service.js';
import type { OwnedService } from './owned-service.js';

/** What the workload's proxy is told of services. */
export interface ToldServices {
  /** By host. */
  byHost: Map<string, OwnedService>;
  /** What it listens for: of each host the service of every document that has a say, with its own ports and addresses. */
  listened: readonly OwnedService[];
}

interface Pool {
  /** Whose clusters there are; with the ports of all that go with it. */
  service: OwnedService;
  /** Ports that clients find, by their numbers. */
  found: Map<number, RegistryPort>;
}

/**
 * The services of a proxy by their hosts, in the order in which it comes to know them. Of one host it has one: a Kubernetes
 * Service, else the first; to ports that others have clients listen in vain, unless they are alike (Istio, sidecar.go appendSidecarServices).
 */
export class ServicePools {
  readonly #pools = new Map<string, Pool>();
  readonly #listened: OwnedService[] = [];
  readonly #withInstances: (service: OwnedService) => OwnedService;

  /** @param withInstances the service with all endpoints that there are of its host in its namespace */
  constructor(withInstances: (service: OwnedService) => OwnedService) {
    this.#withInstances = withInstances;
  }

  /** A service that clients reach by its name, but for the ports that are marked. */
  addListened(service: OwnedService): void {
    const complete = this.#withInstances(service);
    this.#listened.push(complete);
    const { found } = this.#add(complete);
    for (const port of service.ports)
      if (port.destinationOnly !== true && !found.has(port.number)) found.set(port.number, port);
  }

  /** A service that some rule leads to. */
  addDestination(service: OwnedService): void {
    this.#add(this.#withInstances(service));
  }

  told(): ToldServices {
    const byHost = new Map<string, OwnedService>();
    for (const [host, { service, found }] of this.#pools)
      byHost.set(host, { ...service, ports: portsOf(service, found) });
    return { byHost, listened: this.#listened };
  }

  #add(service: OwnedService): Pool {
    const pool = this.#pools.get(service.host);
    if (pool === undefined) {
      const first = { service, found: new Map<number, RegistryPort>() };
      this.#pools.set(service.host, first);
      return first;
    }
    if (pool.service.kind !== 'Service' && service.kind === 'Service') pool.service = service;
    else if (areAlike(pool.service, service)) pool.service = withPortsOf(pool.service, service);
    return pool;
  }
}

/** Istio, sidecar.go canMergeServices. */
function areAlike(a: OwnedService, b: OwnedService): boolean {
  return (
    a.kind === b.kind &&
    a.metadata.namespace === b.metadata.namespace &&
    a.traits === b.traits &&
    a.exportTo.toSorted().join() === b.exportTo.toSorted().join()
  );
}

function withPortsOf(service: OwnedService, other: OwnedService): OwnedService {
  const more = other.ports.filter(({ number }) => !service.ports.some((port) => port.number === number));
  return more.length === 0 ? service : { ...service, ports: [...service.ports, ...more] };
}

function portsOf({ ports }: OwnedService, found: ReadonlyMap<number, RegistryPort>): RegistryPort[] {
  const served = new Set(ports.map(({ number }) => number));
  const unserved = [...found.values()].filter(({ number }) => !served.has(number));
  return [
    ...ports.map(({ destinationOnly: _, ...port }) =>
      found.has(port.number) ? port : { ...port, destinationOnly: true as const },
    ),
    ...unserved.map((port) => ({ ...port, unserved: true as const })),
  ];
}
