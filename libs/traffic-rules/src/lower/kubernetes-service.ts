import { asciiLowerCase } from '../ascii.js';
import type { Instance } from '../model/service.js';
import type { EndpointSlice, Service } from '../resources/kubernetes.js';
import type { OwnedService } from './owned-service.js';
import { kubernetesProtocol, protocolWord, spokenBy } from './port-protocol.js';
import { clusterDomain } from './short-name.js';
import type { Workloads } from './workloads.js';

const exportToAnnotation = 'networking.istio.io/exportTo';
const nobody = '~';

/** A Kubernetes Service with its EndpointSlices and what it selects, as the mesh's registry knows it. */
export function kubernetesService(
  service: Service,
  slices: readonly EndpointSlice[],
  workloads: Workloads,
): OwnedService {
  const { metadata, spec } = service;
  const headless = spec.clusterIP === 'None';
  const external = spec.type === 'ExternalName';
  const exported = exportTo(metadata.annotations[exportToAnnotation]);
  const hasIp = spec.clusterIP !== undefined && spec.clusterIP !== '' && !headless;
  return {
    kind: 'Service',
    document: service,
    external: false,
    host: asciiLowerCase(`${metadata.name}.${metadata.namespace}.svc.${clusterDomain}`),
    metadata,
    exportTo: exported,
    traits: '',
    ports: spec.ports.map((port) => ({
      number: port.port,
      name: port.name ?? '',
      ...spokenBy(protocolWord(port)),
      protocol: kubernetesProtocol(port),
    })),
    addresses: hasIp && spec.clusterIP !== undefined ? [spec.clusterIP] : [],
    listenerAddresses: hasIp && spec.clusterIP !== undefined ? [spec.clusterIP] : [],
    hasAddress: !headless && !external,
    subjectAltNames: [],
    headless,
    ...(external && spec.externalName !== undefined && { externalName: asciiLowerCase(spec.externalName) }),
    discovery: 'static',
    // Nobody is told of the endpoints, not even those whom a rule leads there (Istio, controller.go addOrUpdateService; recorded: `scope-rule-to-unexported`).
    instances: external || exported.includes(nobody) ? [] : instancesOf(service, slices, workloads),
    workloads: external ? [] : workloads.selectedLabels(metadata.namespace, spec.selector),
  };
}

function exportTo(annotation: string | undefined): string[] {
  if (annotation === undefined) return [];
  return annotation
    .split(',')
    .map((entry) => entry.trim())
    .filter((entry) => entry !== '');
}

/** A cluster writes the slices itself, of the pods that the Service selects; where no slice is given, it is done here. */
function instancesOf(
  { spec, metadata }: Service,
  slices: readonly EndpointSlice[],
  workloads: Workloads,
): Instance[] {
  const wanted = spec.ports.map(({ name = '', port: number, targetPort: target }) => ({
    name,
    number,
    target,
  }));
  return [
    ...(slices.length > 0
      ? slices.flatMap((slice) => instancesOfSlice(slice, workloads))
      : workloads.pods(metadata.namespace, spec.selector, wanted)),
    ...workloads.entries(metadata.namespace, spec.selector, wanted),
  ];
}

/**
 * An endpoint has the labels of the pod that its `targetRef` names. Without one, as on a laptop without pods, the EndpointSlice's own
 * labels stand for them (those of Kubernetes itself left out): one slice for each version, labelled `version: v1`.
 */
function instancesOfSlice(slice: EndpointSlice, workloads: Workloads): Instance[] {
  const ports = new Map<string, number>();
  for (const { name, port } of slice.ports) if (port !== undefined) ports.set(name ?? '', port);
  const ofSlice = Object.fromEntries(
    Object.entries(slice.metadata.labels).filter(([key]) => !/^([^/]*\.)?(kubernetes|k8s)\.io\//.test(key)),
  );
  return slice.endpoints
    .filter(({ ready, terminating }) => ready || terminating !== true)
    .flatMap(({ addresses, ready, hostname, targetRef }) => {
      const { kind = 'Pod', name, namespace = slice.metadata.namespace } = targetRef ?? {};
      const ofPod = kind === 'Pod' && name !== undefined ? workloads.labelsOf(namespace, name) : undefined;
      const labels = ofPod ?? ofSlice;
      const named = hostname === undefined ? {} : { hostname };
      return addresses.map((address) => ({ address, ports, weight: 1, healthy: ready, labels, ...named }));
    });
}
