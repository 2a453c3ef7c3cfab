import { suggest } from '../fields/suggestion.js';
import { gatewayApiGroup } from '../resources/gateway-api.js';
import type { Metadata } from '../resources/metadata.js';
import { type PodController, podControllers } from '../resources/pod.js';
import type { Resource } from '../resources/resource.js';
import type { Source } from '../source.js';
import type { Cursor } from './cursor.js';
import type { Decoder } from './decoder.js';
import { destinationRuleSpec } from './destination-rule.js';
import type { Envelope } from './envelope.js';
import { gatewaySpec } from './gateway.js';
import { grpcRouteSpec, httpRouteSpec, kubernetesGatewaySpec, referenceGrantSpec } from './gateway-api.js';
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

const groupsOfControllers: Partial<Record<PodController['kind'], string>> = {
  ReplicationController: '',
  Job: 'batch',
  CronJob: 'batch',
  Rollout: 'argoproj.io',
};

export const kinds: readonly KnownKind[] = [
  istioKind('VirtualService', virtualServiceSpec, (spec, rest) => ({
    kind: 'VirtualService',
    ...rest,
    spec,
  })),
  istioKind('ServiceEntry', serviceEntrySpec, (spec, rest) => ({ kind: 'ServiceEntry', ...rest, spec })),
  istioKind('DestinationRule', destinationRuleSpec, (spec, rest) => ({
    kind: 'DestinationRule',
    ...rest,
    spec,
  })),
  istioKind('Gateway', gatewaySpec, (spec, rest) => ({ kind: 'Gateway', group: istioGroup, ...rest, spec })),
  gatewayApiKind('HTTPRoute', ['v1', 'v1beta1'], httpRouteSpec, (spec, rest) => ({
    kind: 'HTTPRoute',
    ...rest,
    spec,
  })),
  gatewayApiKind('GRPCRoute', ['v1'], grpcRouteSpec, (spec, rest) => ({ kind: 'GRPCRoute', ...rest, spec })),
  gatewayApiKind('Gateway', ['v1', 'v1beta1'], kubernetesGatewaySpec, (spec, rest) => ({
    kind: 'Gateway',
    group: gatewayApiGroup,
    ...rest,
    spec,
  })),
  gatewayApiKind('ReferenceGrant', ['v1', 'v1beta1'], referenceGrantSpec, (spec, rest) => ({
    kind: 'ReferenceGrant',
    ...rest,
    spec,
  })),
  {
    kind: 'Service',
    group: '',
    versions: ['v1'],
    decode({ value, metadata, source }, at) {
      const spec = at.within('spec', () => serviceSpec(value.spec ?? null, at));
      return spec && { kind: 'Service', metadata, source, spec };
    },
  },
  {
    kind: 'EndpointSlice',
    group: 'discovery.k8s.io',
    versions: ['v1', 'v1beta1'],
    decode({ value, metadata, source }, at) {
      const slice = endpointSlice(value, at);
      return slice && { kind: 'EndpointSlice', metadata, source, ...slice };
    },
  },
  {
    kind: 'Namespace',
    group: '',
    versions: ['v1'],
    decode: ({ metadata, source }) => ({ kind: 'Namespace', metadata, source }),
  },
  istioKind('Sidecar', sidecarSpec, (spec, rest) => ({ kind: 'Sidecar', ...rest, spec })),
  istioKind('WorkloadEntry', workloadEndpoint, (spec, rest) => ({ kind: 'WorkloadEntry', ...rest, spec })),
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
  ...podControllers.map(podController),
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
  {
    kind: 'MeshConfig',
    written: 'ConfigMap',
    group: '',
    versions: ['v1'],
    isPeekedAt: true,
    concerns: isMeshConfigMap,
    decode: meshConfigOfMap,
  },
];

function podController(kind: PodController['kind']): KnownKind {
  return {
    kind,
    group: groupsOfControllers[kind] ?? 'apps',
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
