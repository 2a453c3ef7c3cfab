import type { Discovery } from '../cluster.js';
import type { EndpointSlice, Service } from '../resources/kubernetes.js';
import type { Metadata, Source } from '../resources/metadata.js';
import type { ServiceEntry } from '../resources/service-entry.js';
import type { Workload } from '../workload.js';
import { kubernetesService } from './kubernetes-service.js';
import type { PortProtocol } from './port-protocol.js';
import { servicesOfEntry } from './service-entry.js';
import { visibleTo } from './visibility.js';

/** A service that the mesh knows, from a Kubernetes Service or from one host of a ServiceEntry. */
export interface RegistryService {
  kind: 'Service' | 'ServiceEntry';
  /** Lower-case and fully qualified; a ServiceEntry's may be a wildcard. */
  host: string;
  metadata: Metadata;
  source: Source;
  exportTo: readonly string[];
  ports: readonly RegistryPort[];
  /** Virtual IP addresses: where clients dial, and further names of the virtual host. */
  addresses: readonly string[];
  /** Whether clients dial an address of the service's own, so that a sniffed port gets a listener of its own. */
  hasAddress: boolean;
  headless: boolean;
  /** Set for `type: ExternalName`: another name of this host, with no endpoints of its own. */
  externalName?: string;
  discovery: Discovery;
  instances: readonly Instance[];
}

export interface RegistryPort {
  number: number;
  name: string;
  protocol: PortProtocol;
  targetPort?: number;
}

/** One address behind a service; its ports go by the names of the service's ports. */
export interface Instance {
  address: string;
  ports: ReadonlyMap<string, number>;
  weight: number;
  healthy: boolean;
  labels: Readonly<Record<string, string>>;
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
export function visibleServices(
  documents: RegistryDocuments,
  workload: Workload,
): Map<string, RegistryService> {
  const byHost = new Map<string, RegistryService[]>();
  for (const service of visibleTo(allServices(documents), workload.namespace, ({ exportTo }) => exportTo)) {
    const sameHost = byHost.get(service.host);
    if (sameHost === undefined) byHost.set(service.host, [service]);
    else sameHost.push(service);
  }
  const chosen = new Map<string, RegistryService>();
  for (const [host, candidates] of byHost) {
    const service = poolNamespace(candidates, workload.namespace);
    if (service !== undefined) chosen.set(host, service);
  }
  return chosen;
}

function allServices({ services, slices, entries }: RegistryDocuments): RegistryService[] {
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
  candidates: readonly RegistryService[],
  workloadNamespace: string,
): RegistryService | undefined {
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
function addToPool(base: RegistryService, other: RegistryService): RegistryService {
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
