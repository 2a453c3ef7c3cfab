import type { RegistryService } from '../model/service.js';
import type { EndpointSlice, Service } from '../resources/kubernetes.js';
import type { Metadata } from '../resources/metadata.js';
import type { ServiceEntry } from '../resources/service-entry.js';
import type { Workload } from '../workload.js';
import { kubernetesService } from './kubernetes-service.js';
import { servicesOfEntry } from './service-entry.js';
import { visibleTo } from './visibility.js';

/** A service with what decides who sees it. */
export interface OwnedService extends RegistryService {
  metadata: Metadata;
  exportTo: readonly string[];
}

export interface RegistryDocuments {
  services: readonly Service[];
  slices: readonly EndpointSlice[];
  entries: readonly ServiceEntry[];
}

/**
 * The services that the workload sees, one for each host, in a stable order.
 * Of one host in several namespaces the workload's own wins, then a Kubernetes Service, then the first visible
 * one; what one namespace says about one host is pooled (Istio, sidecar.go selectServices; serviceentry/conversion.go).
 */
export function visibleServices(documents: RegistryDocuments, workload: Workload): Map<string, OwnedService> {
  const byHost = new Map<string, OwnedService[]>();
  for (const service of visibleTo(allServices(documents), workload.namespace, ({ exportTo }) => exportTo)) {
    const sameHost = byHost.get(service.host);
    if (sameHost === undefined) byHost.set(service.host, [service]);
    else sameHost.push(service);
  }
  const chosen = new Map<string, OwnedService>();
  for (const [host, candidates] of byHost) {
    const service = poolNamespace(candidates, workload.namespace);
    if (service !== undefined) chosen.set(host, service);
  }
  return chosen;
}

function allServices({ services, slices, entries }: RegistryDocuments): OwnedService[] {
  const slicesOf = groupSlices(slices);
  return [
    ...services.map((service) =>
      kubernetesService(
        service,
        slicesOf.get(`${service.metadata.namespace}/${service.metadata.name}`) ?? [],
      ),
    ),
    ...entries.flatMap(servicesOfEntry),
  ];
}

function groupSlices(slices: readonly EndpointSlice[]): Map<string, EndpointSlice[]> {
  const groups = new Map<string, EndpointSlice[]>();
  for (const slice of slices) {
    const service = slice.metadata.labels['kubernetes.io/service-name'];
    if (service === undefined) continue;
    const key = `${slice.metadata.namespace}/${service}`;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [slice]);
    else group.push(slice);
  }
  return groups;
}

function poolNamespace(
  candidates: readonly OwnedService[],
  workloadNamespace: string,
): OwnedService | undefined {
  const winner =
    candidates.find(({ metadata }) => metadata.namespace === workloadNamespace) ??
    candidates.find(({ kind }) => kind === 'Service') ??
    candidates[0];
  if (winner === undefined || candidates.length === 1) return winner;
  const pool = candidates.filter(({ metadata }) => metadata.namespace === winner.metadata.namespace);
  const base = pool.find(({ kind }) => kind === 'Service') ?? winner;
  return pool.filter((service) => service !== base).reduce(addToPool, base);
}

/** Endpoints are pooled always, ports only of entries that are of one kind. */
function addToPool(base: OwnedService, other: OwnedService): OwnedService {
  const alike =
    base.kind === other.kind &&
    base.discovery === other.discovery &&
    sameTexts(base.exportTo, other.exportTo);
  const newPorts = alike
    ? other.ports.filter(({ number }) => !base.ports.some((port) => port.number === number))
    : [];
  return {
    ...base,
    ports: [...base.ports, ...newPorts],
    instances: [...base.instances, ...other.instances],
  };
}

function sameTexts(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((text, index) => text === b[index]);
}
