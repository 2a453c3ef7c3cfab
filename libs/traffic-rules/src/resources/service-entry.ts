import type { ResourceBase } from './metadata.js';

/** networking.istio.io ServiceEntry. */
export interface ServiceEntry extends ResourceBase {
  kind: 'ServiceEntry';
  spec: ServiceEntrySpec;
}

export type Resolution = 'NONE' | 'STATIC' | 'DNS' | 'DNS_ROUND_ROBIN' | 'DYNAMIC_DNS';

export interface ServiceEntrySpec {
  hosts: string[];
  addresses: string[];
  ports: ServicePort[];
  location: 'MESH_EXTERNAL' | 'MESH_INTERNAL';
  resolution: Resolution;
  endpoints: WorkloadEndpoint[];
  workloadSelector?: Record<string, string>;
  exportTo: string[];
  subjectAltNames: string[];
}

export interface ServicePort {
  number: number;
  name: string;
  /** As written (any case); absent: Istio detects the protocol. */
  protocol?: string;
  targetPort?: number;
}

export interface WorkloadEndpoint {
  /** IP address, DNS name or `unix:///path`; empty when left out. */
  address: string;
  /** Port name of the entry -> port of the endpoint. */
  ports: Record<string, number>;
  labels: Record<string, string>;
  network?: string;
  locality?: string;
  /** 0 counts as 1, as in Istio. */
  weight?: number;
  serviceAccount?: string;
}
