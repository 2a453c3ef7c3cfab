/** What an annotation of Istio's may stand on. */
export type AnnotatedKind =
  | 'Any'
  | 'Pod'
  | 'Service'
  | 'ServiceEntry'
  | 'Namespace'
  | 'WorkloadEntry'
  | 'Ingress'
  | 'AuthorizationPolicy'
  | 'Gateway'
  | 'GatewayClass';

/** How the value of an annotation is written, as far as Istio checks it (Istio, pkg/kube/inject/validate.go). */
export type ValueForm = 'boolean' | 'whole-number' | 'port' | 'ports' | 'subnets' | 'interception-mode';

export interface KnownAnnotation {
  kinds: readonly AnnotatedKind[];
  isDeprecated: boolean;
  form?: ValueForm;
}

/** Istio's annotations of 1.32 (istio.io/api, annotation/annotations.yaml), by what they may stand on. */
const names: ReadonlyArray<[kinds: readonly AnnotatedKind[], prefix: string, names: string]> = [
  [['Pod'], 'prometheus.istio.io/', 'merge-metrics'],
  [['Service'], 'alpha.istio.io/', '-kubernetes-serviceaccounts -canonical-serviceaccounts'],
  [['Service'], 'networking.istio.io/', 'exportTo'],
  [['Gateway'], 'networking.istio.io/', 'service-type'],
  [['Namespace', 'Service', 'ServiceEntry'], 'networking.istio.io/', 'traffic-distribution'],
  [['Namespace', 'Service', 'ServiceEntry'], 'istio.io/', 'use-waypoint-canary-weight'],
  [
    ['Pod'],
    'sidecar.istio.io/',
    '-inject status rewriteAppHTTPProbers -discoveryAddress proxyImage proxyImageType proxyCPU proxyCPULimit proxyMemory proxyMemoryLimit interceptionMode bootstrapOverride -statsInclusionPrefixes -statsInclusionSuffixes -statsInclusionRegexps statsHistogramBuckets statsFlushInterval statsEvictionInterval statsHistogramBins -statsCompression userVolume userVolumeMount logLevel componentLogLevel agentLogLevel nativeSidecar -extraStatTags',
  ],
  [['Pod'], 'status.sidecar.istio.io/', 'port'],
  [
    ['Pod'],
    'readiness.status.sidecar.istio.io/',
    'initialDelaySeconds periodSeconds failureThreshold applicationPorts',
  ],
  [['Service'], 'traffic.istio.io/', 'nodeSelector'],
  [
    ['Pod'],
    'traffic.sidecar.istio.io/',
    'includeOutboundIPRanges excludeOutboundIPRanges includeInboundPorts excludeInboundPorts excludeInterfaces includeOutboundPorts excludeOutboundPorts -kubevirtInterfaces',
  ],
  [['Ingress'], 'kubernetes.io/', 'ingress.class'],
  [['Any'], 'galley.istio.io/', 'analyze-suppress'],
  [['Pod'], 'proxy.istio.io/', 'config overrides'],
  [['AuthorizationPolicy'], 'istio.io/', 'dry-run'],
  [['Pod'], 'istio.io/', 'rev reroute-virtual-interfaces'],
  [['Pod'], 'inject.istio.io/', 'templates'],
  [['WorkloadEntry'], 'istio.io/', 'autoRegistrationGroup workloadController connectedAt disconnectedAt'],
  [['Namespace'], 'topology.istio.io/', 'controlPlaneClusters'],
  [['Any'], 'gateway.istio.io/', 'controller-version'],
  [['Gateway'], 'gateway.istio.io/', 'service-account name-override'],
  [['Pod'], 'ambient.istio.io/', 'redirection bypass-inbound-capture dns-capture'],
  [['GatewayClass', 'Gateway'], 'ambient.istio.io/', 'waypoint-inbound-binding'],
];

const forms: Readonly<Record<string, ValueForm>> = {
  'prometheus.istio.io/merge-metrics': 'boolean',
  'sidecar.istio.io/interceptionMode': 'interception-mode',
  'status.sidecar.istio.io/port': 'port',
  'readiness.status.sidecar.istio.io/initialDelaySeconds': 'whole-number',
  'readiness.status.sidecar.istio.io/periodSeconds': 'whole-number',
  'readiness.status.sidecar.istio.io/failureThreshold': 'whole-number',
  'traffic.sidecar.istio.io/includeOutboundIPRanges': 'subnets',
  'traffic.sidecar.istio.io/excludeOutboundIPRanges': 'subnets',
  'traffic.sidecar.istio.io/includeInboundPorts': 'ports',
  'traffic.sidecar.istio.io/excludeInboundPorts': 'ports',
  'traffic.sidecar.istio.io/excludeOutboundPorts': 'ports',
};

/** By their whole names; a `-` before a name above says that it is deprecated. */
export const knownAnnotations: ReadonlyMap<string, KnownAnnotation> = new Map(
  names.flatMap(([kinds, prefix, list]) =>
    list.split(' ').map((written) => {
      const name = `${prefix}${written.replace(/^-/, '')}`;
      const form = forms[name];
      return [
        name,
        { kinds, isDeprecated: written.startsWith('-'), ...(form !== undefined && { form }) },
      ] as const;
    }),
  ),
);
