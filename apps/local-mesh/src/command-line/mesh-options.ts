import type { ClusterOptions, WorkloadOptions } from '@grayscale/command-line';
import type { ProxyLimits } from '../proxy/limits.js';
import type { PortMapping } from './port-mapping.js';
import type { ResolveOverride } from './resolve-override.js';

/** What the command line says, complete with defaults. */
export interface MeshOptions {
  /** Where the rules are: files, folders, kustomizations, or `-`; or a cluster, with files of endpoints on this machine. */
  rules: { filenames: string[] } | { cluster: ClusterOptions; endpoints: string[] };
  /** Where the proxy listens. */
  address: string;
  /** 0: any free port. */
  port: number;
  adminPort: number;
  /** Ports of this machine that stand for services. */
  listen: PortMapping[];
  /** The workload that the mesh stands beside, as far as it is said. */
  caller: WorkloadOptions;
  resolve: ResolveOverride[];
  drainSeconds: number;
  accessLog: 'off' | 'errors' | 'all';
  accessLogFormat: 'text' | 'json';
  limits: Partial<ProxyLimits>;
}
