import { asciiLowerCase } from '../ascii.js';
import type { Discovery } from '../cluster.js';
import type { Instance, RegistryPort } from '../model/service.js';
import type { Resolution, ServiceEntry, WorkloadEndpoint } from '../resources/service-entry.js';
import type { OwnedService } from './owned-service.js';
import { spokenBy } from './port-protocol.js';
import { compareText } from './visibility.js';
import type { Workloads } from './workloads.js';

const discoveries: Readonly<Record<Resolution, Discovery>> = {
  NONE: 'original-destination',
  STATIC: 'static',
  DNS: 'dns',
  DNS_ROUND_ROBIN: 'dns',
  DYNAMIC_DNS: 'dynamic-dns',
};

/**
 * One service for each host of the entry. A `workloadSelector` takes pods and WorkloadEntries of its own namespace.
 */
export function servicesOfEntry(entry: ServiceEntry, workloads: Workloads): OwnedService[] {
  const { spec, metadata } = entry;
  const ports = spec.ports.map(
    ({ number, name, protocol, targetPort }): RegistryPort => ({
      number,
      name,
      ...spokenBy(protocol),
      ...(targetPort !== undefined && targetPort !== 0 && { targetPort }),
    }),
  );
  const traits = traitsOf(entry);
  const addresses = spec.addresses.map(withoutFullPrefix);
  return spec.hosts.map((written) => {
    const host = asciiLowerCase(written);
    return {
      kind: 'ServiceEntry',
      document: entry,
      external: spec.location === 'MESH_EXTERNAL',
      host,
      metadata,
      exportTo: spec.exportTo,
      traits,
      ports,
      // istiod makes a service for each address, and the last one of a host stays.
      addresses: addresses.slice(-1).filter((address) => !address.includes('/')),
      listenerAddresses: addresses,
      hasAddress: addresses.length > 0,
      subjectAltNames: spec.subjectAltNames,
      headless: false,
      discovery: discoveries[spec.resolution],
      instances: [...instancesOf(entry, host, ports), ...selectedBy(entry, ports, workloads)],
      workloads:
        spec.workloadSelector === undefined
          ? []
          : workloads.selectedLabels(metadata.namespace, spec.workloadSelector),
    };
  });
}

/** Istio, sidecar.go canMergeServices. */
function traitsOf({ metadata, spec }: ServiceEntry): string {
  const sorted = (labels: Readonly<Record<string, string>> = {}) =>
    Object.entries(labels).sort(([a], [b]) => compareText(a, b));
  return JSON.stringify([spec.resolution, sorted(metadata.labels), sorted(spec.workloadSelector)]);
}

/** A block of one address is that address (istio, serviceentry/conversion.go convertServices). */
function withoutFullPrefix(address: string): string {
  return address.replace(address.includes(':') ? /\/128$/ : /\/32$/, '');
}

function instancesOf({ spec }: ServiceEntry, host: string, ports: readonly RegistryPort[]): Instance[] {
  if (spec.resolution === 'NONE' || spec.resolution === 'DYNAMIC_DNS') return [];
  if (spec.endpoints.length > 0) {
    const reachable = spec.endpoints.filter(({ address }) => address !== '');
    return reachable.map((endpoint) => instanceOf(endpoint, ports));
  }
  const byName = spec.resolution !== 'STATIC' && spec.workloadSelector === undefined;
  return byName ? [instanceOf({ address: host, ports: {}, labels: {} }, ports)] : [];
}

function selectedBy(
  { spec, metadata }: ServiceEntry,
  ports: readonly RegistryPort[],
  workloads: Workloads,
): Instance[] {
  const { workloadSelector, resolution } = spec;
  if (workloadSelector === undefined || resolution === 'NONE' || resolution === 'DYNAMIC_DNS') return [];
  const wanted = ports.map(({ name, number, targetPort: target }) => ({ name, number, target }));
  return [
    ...workloads.entries(metadata.namespace, workloadSelector, wanted),
    ...workloads.pods(metadata.namespace, workloadSelector, wanted),
  ];
}

/** Which port to dial: the endpoint's own for that name, else the target port, else the service's number. */
function instanceOf(endpoint: WorkloadEndpoint, ports: readonly RegistryPort[]): Instance {
  const unix = endpoint.address.startsWith('unix:');
  return {
    address: endpoint.address,
    ports: new Map(
      ports.map(({ name, number, targetPort }) => [
        name,
        unix ? 0 : (endpoint.ports[name] ?? targetPort ?? number),
      ]),
    ),
    weight: Math.max(1, endpoint.weight ?? 1),
    healthy: true,
    labels: endpoint.labels,
  };
}
