import type { ResourceBase } from './metadata.js';

/** core/v1 Service. */
export interface Service extends ResourceBase {
  kind: 'Service';
  spec: {
    type: 'ClusterIP' | 'NodePort' | 'LoadBalancer' | 'ExternalName';
    /** `None` for a headless service; absent where the cluster would give one. */
    clusterIP?: string;
    externalName?: string;
    selector: Record<string, string>;
    ports: KubernetesServicePort[];
  };
}

export interface KubernetesServicePort {
  name?: string;
  port: number;
  targetPort?: number | string;
  appProtocol?: string;
  /** TCP unless written. */
  protocol: 'TCP' | 'UDP' | 'SCTP';
}

/** discovery.k8s.io/v1 EndpointSlice: where the pods of a Service listen. On a laptop it is written by hand. */
export interface EndpointSlice extends ResourceBase {
  kind: 'EndpointSlice';
  addressType: 'IPv4' | 'IPv6' | 'FQDN';
  ports: Array<{ name?: string; port?: number; appProtocol?: string }>;
  endpoints: Array<{
    addresses: string[];
    ready: boolean;
    serving?: boolean;
    terminating?: boolean;
    /** What a pod of a headless Service is called under the Service's name. */
    hostname?: string;
    /** What answers there. */
    targetRef?: { kind?: string; name?: string; namespace?: string };
  }>;
}

/** core/v1 Namespace: only its name and labels matter here. */
export interface Namespace extends ResourceBase {
  kind: 'Namespace';
}
