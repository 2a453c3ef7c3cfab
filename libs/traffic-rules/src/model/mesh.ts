import type { Document, HiddenRules, HostRules } from './rule.js';
import type { RegistryService, ServicePolicy } from './service.js';

/** All that one workload is told of a set of resources, whatever kinds they were written in. */
export interface Mesh {
  /** By host: every service that the workload sees. */
  services: ReadonlyMap<string, RegistryService>;
  policyFor(service: RegistryService): ServicePolicy;
  /** The documents that policies come from, each with the host that it names. */
  policies: ReadonlyArray<{ document: Document; host: string }>;
  /** The first in order decides for a host. */
  rules: readonly HostRules[];
  /** What the workload is not told. */
  hiddenRules(): Iterable<HiddenRules>;
}
