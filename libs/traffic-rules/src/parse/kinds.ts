import { suggest } from '../fields/suggestion.js';
import { gatewayApiGroup } from '../resources/gateway-api.js';
import type { Metadata } from '../resources/metadata.js';
import type { PodController } from '../resources/pod.js';
import type { Resource } from '../resources/resource.js';
import type { Source } from '../source.js';
import type { Cursor } from './cursor.js';
import type { Decoder } from './decoder.js';
import { destinationRuleSpec } from './destination-rule.js';
import type { Envelope } from './envelope.js';
import { gatewaySpec } from './gateway.js';
import {
  grpcRouteSpec,
  httpRouteSpec,
  kubernetesGatewaySpec,
  listenerSetSpec,
  referenceGrantSpec,
  tcpRouteSpec,
  tlsRouteSpec,
} from './gateway-api.js';
import { endpointSlice, serviceSpec } from './kubernetes.js';
import { isMeshConfigMap, meshConfigOfMap } from './mesh-config-document.js';
import { matchLabels, podStatus, podTemplate, templateOf } from './pod.js';
import { serviceEntrySpec, workloadEndpoint } from './service-entry.js';
import { sidecarSpec } from './sidecar.js';
import { virtualServiceSpec } from './virtual-service.js';

export interface KnownKind {
  kind: Resource['kind'];
  /** How it is written, where that is another word. */
  written?: string;
  group: string;
  /** The first is the one to recommend. */
  versions: readonly string[];
  decode(document: Envelope, at: Cursor): Resource | undefined;
  /** What is read of `spec`, for kinds that have one schema. */
  spec?: Decoder<unknown>;
  /** Whether a document of it takes part in routing; absent: each does. */
  concerns?(value: Record<string, unknown>): boolean;
  /** Only what routing asks for is read, and whatever is wrong with it is left to the API server. */
  isPeekedAt?: boolean;
  /** An API server is not asked for it. */
  isInFilesOnly?: boolean;
}

export const istioGroup = 'networking.istio.io';
const istioVersions = ['v1', 'v1beta1', 'v1alpha3'];

/** By kind of resource: the type checker asks for each. Two APIs have a Gateway. */
const kindsOf: Readonly<Record<Resource['kind'], readonly KnownKind[]>> = {
  VirtualService: [
    istioKind('VirtualService', virtualServiceSpec, (spec, rest) => ({
      kind: 'VirtualService',
      ...rest,
      spec,
    })),
  ],
  ServiceEntry: [
    istioKind('ServiceEntry', serviceEntrySpec, (spec, rest) => ({ kind: 'ServiceEntry', ...rest, spec })),
  ],
  DestinationRule: [
    istioKind('DestinationRule', destinationRuleSpec, (spec, rest) => ({
      kind: 'DestinationRule',
      ...rest,
      spec,
    })),
  ],
  Gateway: [
    istioKind('Gateway', gatewaySpec, (spec, rest) => ({
      kind: 'Gateway',
      group: istioGroup,
      ...rest,
      spec,
    })),
    gatewayApiKind('Gateway', ['v1', 'v1beta1'], kubernetesGatewaySpec, (spec, rest) => ({
      kind: 'Gateway',
      group: gatewayApiGroup,
      ...rest,
      spec,
    })),
  ],
  HTTPRoute: [
    gatewayApiKind('HTTPRoute', ['v1', 'v1beta1'], httpRouteSpec, (spec, rest) => ({
      kind: 'HTTPRoute',
      ...rest,
      spec,
    })),
  ],
  GRPCRoute: [
    gatewayApiKind('GRPCRoute', ['v1'], grpcRouteSpec, (spec, rest) => ({
      kind: 'GRPCRoute',
      ...rest,
      spec,
    })),
  ],
  TLSRoute: [
    gatewayApiKind('TLSRoute', ['v1', 'v1alpha3', 'v1alpha2'], tlsRouteSpec, (spec, rest) => ({
      kind: 'TLSRoute',
      ...rest,
      spec,
    })),
  ],
  TCPRoute: [
    gatewayApiKind('TCPRoute', ['v1', 'v1alpha2'], tcpRouteSpec, (spec, rest) => ({
      kind: 'TCPRoute',
      ...rest,
      spec,
    })),
  ],
  ListenerSet: [
    gatewayApiKind('ListenerSet', ['v1'], listenerSetSpec, (spec, rest) => ({
      kind: 'ListenerSet',
      ...rest,
      spec,
    })),
  ],
  ReferenceGrant: [
    gatewayApiKind('ReferenceGrant', ['v1', 'v1beta1'], referenceGrantSpec, (spec, rest) => ({
      kind: 'ReferenceGrant',
      ...rest,
      spec,
    })),
  ],
  Service: [
    {
      kind: 'Service',
      group: '',
      versions: ['v1'],
      decode({ value, metadata, source }, at) {
        const spec = at.within('spec', () => serviceSpec(value.spec ?? null, at));
        return spec && { kind: 'Service', metadata, source, spec };
      },
    },
  ],
  EndpointSlice: [
    {
      kind: 'EndpointSlice',
      group: 'discovery.k8s.io',
      versions: ['v1', 'v1beta1'],
      decode({ value, metadata, source }, at) {
        const slice = endpointSlice(value, at);
        return slice && { kind: 'EndpointSlice', metadata, source, ...slice };
      },
    },
  ],
  Namespace: [
    {
      kind: 'Namespace',
      group: '',
      versions: ['v1'],
      decode: ({ metadata, source }) => ({ kind: 'Namespace', metadata, source }),
    },
  ],
  Sidecar: [istioKind('Sidecar', sidecarSpec, (spec, rest) => ({ kind: 'Sidecar', ...rest, spec }))],
  WorkloadEntry: [
    istioKind('WorkloadEntry', workloadEndpoint, (spec, rest) => ({ kind: 'WorkloadEntry', ...rest, spec })),
  ],
  Pod: [
    {
      kind: 'Pod',
      group: '',
      versions: ['v1'],
      isPeekedAt: true,
      decode: ({ value, metadata, source }) => ({
        kind: 'Pod',
        metadata,
        source,
        ...podTemplate(value),
        ...podStatus(value.status),
      }),
    },
  ],
  Deployment: [podController('Deployment', 'apps')],
  StatefulSet: [podController('StatefulSet', 'apps')],
  DaemonSet: [podController('DaemonSet', 'apps')],
  ReplicaSet: [podController('ReplicaSet', 'apps')],
  ReplicationController: [podController('ReplicationController', '')],
  Job: [podController('Job', 'batch')],
  CronJob: [podController('CronJob', 'batch')],
  Rollout: [podController('Rollout', 'argoproj.io')],
  RequestAuthentication: [
    {
      kind: 'RequestAuthentication',
      group: 'security.istio.io',
      versions: ['v1', 'v1beta1'],
      isPeekedAt: true,
      decode: ({ value, metadata, source }) => ({
        kind: 'RequestAuthentication',
        metadata,
        source,
        selector: matchLabels(value.spec),
      }),
    },
  ],
  MeshConfig: [
    {
      kind: 'MeshConfig',
      written: 'ConfigMap',
      group: '',
      versions: ['v1'],
      isPeekedAt: true,
      concerns: isMeshConfigMap,
      decode: meshConfigOfMap,
    },
  ],
};

export const kinds: readonly KnownKind[] = Object.values(kindsOf).flat();

function podController(kind: PodController['kind'], group: string): KnownKind {
  return {
    kind,
    group,
    versions: ['v1', 'v1beta2', 'v1beta1', 'v1alpha1'],
    isPeekedAt: true,
    isInFilesOnly: true,
    decode: ({ value, metadata, source }) => ({
      kind,
      metadata,
      source,
      template: templateOf(kind, value.spec),
    }),
  };
}

function istioKind<Spec>(
  kind: Resource['kind'],
  decodeSpec: Decoder<Spec>,
  build: (spec: Spec, rest: { metadata: Metadata; source: Source }) => Resource,
): KnownKind {
  return {
    kind,
    group: istioGroup,
    versions: istioVersions,
    spec: decodeSpec,
    decode({ value, metadata, source }, at) {
      for (const field of Object.keys(value)) {
        if (topLevel.has(field)) continue;
        at.within(field, () => at.report('field-unknown', misplaced(field)));
      }
      const spec = at.within('spec', () => decodeSpec(value.spec ?? null, at));
      return spec && build(spec, { metadata, source });
    },
  };
}

/** The API server's schema says what is wrong with the fields. */
function gatewayApiKind<Spec>(
  kind: Resource['kind'],
  versions: readonly string[],
  decodeSpec: Decoder<Spec>,
  build: (spec: Spec, rest: { metadata: Metadata; source: Source }) => Resource,
): KnownKind {
  return {
    kind,
    group: gatewayApiGroup,
    versions,
    spec: decodeSpec,
    decode({ value, metadata, source }, at) {
      const spec = at.within('spec', () => decodeSpec(value.spec ?? null, at));
      return spec && build(spec, { metadata, source });
    },
  };
}

const topLevel = new Set(['apiVersion', 'kind', 'metadata', 'spec', 'status']);

function misplaced(field: string): string {
  const meant = suggest(field, topLevel);
  const advice = meant === undefined ? 'did you mean it inside of spec?' : `did you mean "${meant}"?`;
  return `there is no field ${JSON.stringify(field.slice(0, 80))} beside spec; ${advice}`;
}
