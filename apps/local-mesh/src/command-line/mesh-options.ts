import type { ClusterOptions, WorkloadOptions } from '@grayscale/command-line';
import type { CertificateFiles } from '../gateway/given-certificate.js';
import type { GatewayMapping, ServiceMapping } from '../listeners/port-mapping.js';
import type { ProxyLimits } from '../proxy/limits.js';
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
  listen: ServiceMapping[];
  /** Ports of this machine for those of the gateway that the mesh stands for, where they are not the usual ones. */
  gatewayPorts: GatewayMapping[];
  /** A certificate and its key for all of the gateway's servers, instead of what they name. */
  certificate?: CertificateFiles;
  /** The gateway's servers that have no certificate get one that is made for them. */
  selfSigned: boolean;
  /** The workload that the mesh stands beside, as far as it is said. */
  caller: WorkloadOptions;
  resolve: ResolveOverride[];
  drainSeconds: number;
  accessLog: 'off' | 'errors' | 'all';
  accessLogFormat: 'text' | 'json';
  limits: Partial<ProxyLimits>;
}
