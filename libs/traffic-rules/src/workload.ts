/** The workload that the mesh stands beside: what decides which rules it sees. */
export interface Workload {
  namespace: string;
  /** The pod's labels; a match's `sourceLabels` must be among them. */
  labels: Readonly<Record<string, string>>;
  /** Where a request for a host that no rule and no service knows goes: through, or nowhere (502). */
  outboundTrafficPolicy: 'ALLOW_ANY' | 'REGISTRY_ONLY';
}
