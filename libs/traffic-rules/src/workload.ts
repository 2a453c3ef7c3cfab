/** Where a request for a host that no rule and no service knows goes: through, or nowhere (502). */
export type OutboundTrafficPolicy = 'ALLOW_ANY' | 'REGISTRY_ONLY';

/** A gateway, by the `namespace/name` (or the name alone, where it is unique) of a Gateway that it serves. */
export interface NamedGateway {
  gateway: string;
}

/** Whose requests are asked about. */
export type Client = Workload | NamedGateway;

/** The client of a table: the workload whose requests it decides. Its namespace and labels say which rules it sees. */
export interface Workload {
  namespace: string;
  /** The pod's labels; a match's `sourceLabels` must be among them. */
  labels: Readonly<Record<string, string>>;
  /** What is done with strangers, whatever a Sidecar or MeshConfig says. Absent: what they say. */
  outboundTrafficPolicy?: OutboundTrafficPolicy;
  /**
   * What decides: a sidecar beside the workload, for what the workload itself sends; or the workload is a gateway and
   * decides for whoever dials it. Default: a sidecar.
   */
  proxy?: 'sidecar' | 'gateway';
}

/**
 * The name by which requests of a workload are counted, as far as its labels tell: Istio's canonical service, which is the name of its Deployment as a rule
 * (https://istio.io/latest/docs/ops/deployment/app-requirements/#canonical-service). Undefined where no label has it.
 */
export function canonicalName({ labels }: Pick<Workload, 'labels'>): string | undefined {
  return labels['service.istio.io/canonical-name'] ?? labels['app.kubernetes.io/name'] ?? labels.app;
}
