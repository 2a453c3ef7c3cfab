import type { Workload } from '@grayscale/traffic-rules';
import type { ProxyLimits } from '../proxy/limits.js';
import type { ResolveOverride } from './resolve-override.js';

/** What the command line says, complete with defaults. */
export interface MeshOptions {
  /** Files, folders, kustomizations, or `-`. */
  filenames: string[];
  /** Where the proxy listens. */
  address: string;
  /** 0: any free port. */
  port: number;
  adminPort: number;
  /** The workload that the mesh stands beside. */
  workload: Workload;
  resolve: ResolveOverride[];
  drainSeconds: number;
  accessLog: 'off' | 'errors' | 'all';
  accessLogFormat: 'text' | 'json';
  limits: Partial<ProxyLimits>;
}
