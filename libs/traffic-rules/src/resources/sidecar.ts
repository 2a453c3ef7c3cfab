import type { ResourceBase } from './metadata.js';

/** networking.istio.io Sidecar: what the proxies of a namespace, or of some workloads, are told of the mesh. */
export interface Sidecar extends ResourceBase {
  kind: 'Sidecar';
  spec: SidecarSpec;
}

export interface SidecarSpec {
  /** Absent: every workload of the namespace, or of the mesh where it is the root namespace. */
  workloadSelector?: Record<string, string>;
  egress: EgressListener[];
  outboundTrafficPolicy?: { mode: OutboundTrafficPolicyMode };
  /** What concerns incoming requests is not read. */
  hasIngress: boolean;
  hasInboundConnectionPool: boolean;
}

export interface EgressListener {
  /** Absent: every port that no other listener has. */
  port?: { number: number; name?: string; protocol?: string };
  bind?: string;
  captureMode?: 'DEFAULT' | 'IPTABLES' | 'NONE';
  /** `namespace/host`; the namespace may be `.`, `*` or `~`, with `~` before another one for what is taken out again. */
  hosts: string[];
}

export type OutboundTrafficPolicyMode = 'REGISTRY_ONLY' | 'ALLOW_ANY' | 'ALLOW_ANY_DYNAMIC_DNS';
