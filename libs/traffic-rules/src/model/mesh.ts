import type { RetryPolicy } from '../retry/retry-policy.js';
import type { OutboundTrafficPolicy } from '../workload.js';
import { type GatewayServer, meshGateway } from './gateway.js';
import type { Document } from './place.js';
import type { HiddenRules, HiddenService, HostRules } from './rule.js';
import type { RegistryService, ServicePolicy } from './service.js';

/** All that one workload is told of a set of resources, whatever kinds they were written in. */
export interface Mesh {
  /** By host: every service that the workload sees. */
  services: ReadonlyMap<string, RegistryService>;
  /**
   * What a sidecar listens for, in the order in which a listener goes to the first. Documents for one host stand here one by one, each with its own
   * ports and addresses (Istio, listener.go takes an egress listener's services before sidecar.go appendSidecarServices merges them).
   */
  listened: readonly RegistryService[];
  policyFor(service: RegistryService): ServicePolicy;
  /** The documents that policies come from, each with the host that it names. */
  policies: readonly PolicyDocument[];
  /** Of a sidecar the first in order decides for a host; a gateway puts those of one host together. */
  rules: readonly HostRules[];
  /** Where a gateway listens; a sidecar has none. */
  gateway?: MeshGateway;
  /** What the workload is not told. */
  hiddenRules(): Iterable<HiddenRules>;
  hiddenServices(): Iterable<HiddenService>;
  outboundTrafficPolicy: OutboundTrafficPolicy;
  pathNormalization: PathNormalization;
  /** Of services that no rule is for. */
  defaultRetry: RetryPolicy;
}

/** What a document says of how a host is reached. */
export interface PolicyDocument {
  document: Document;
  host: string;
  /** The names of its subsets. */
  subsets: readonly string[];
  /** Why it is not in force for a service that it names, as `is not exported to shop`, with what to do about it; undefined: it may be. */
  whyNot(service: RegistryService): string | undefined;
}

/** What becomes of a path before rules see it: `BASE` resolves dots, the others take slashes together as well. */
export type PathNormalization = 'NONE' | 'BASE' | 'MERGE_SLASHES' | 'DECODE_AND_MERGE_SLASHES';

/** What a gateway is, beside the rules that are bound to it. */
export interface MeshGateway {
  /** Those of the oldest resource first. */
  servers: readonly GatewayServer[];
  /** The ports that clients dial to reach one that its process listens on. */
  portsTo(bindPort: number): readonly number[];
}

/** Through what requests come: `mesh` at a sidecar, else the gateways by their `namespace/name`. */
export function gatewaysOf({ gateway }: Mesh): readonly string[] {
  return gateway === undefined
    ? [meshGateway]
    : [...new Set(gateway.servers.map((server) => server.gateway))];
}
