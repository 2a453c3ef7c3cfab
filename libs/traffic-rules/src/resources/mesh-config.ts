import type { LabelSelector } from './label-selector.js';
import type { ResourceBase } from './metadata.js';
import type { OutboundTrafficPolicyMode } from './sidecar.js';
import type { HttpRetry } from './virtual-service.js';

/** MeshConfig, Istio's options for the whole mesh: the key `mesh` of the ConfigMap `istio`, or a file of its own. */
export interface MeshConfig extends ResourceBase {
  kind: 'MeshConfig';
  spec: MeshConfigSpec;
}

/** What of MeshConfig changes where requests go; durations are milliseconds. */
export interface MeshConfigSpec {
  rootNamespace?: string;
  outboundTrafficPolicy?: { mode: OutboundTrafficPolicyMode };
  defaultServiceExportTo?: string[];
  defaultVirtualServiceExportTo?: string[];
  defaultDestinationRuleExportTo?: string[];
  pathNormalization?: { normalization?: PathNormalization };
  defaultHttpRetryPolicy?: HttpRetry;
  h2UpgradePolicy?: 'DO_NOT_UPGRADE' | 'UPGRADE';
  connectTimeout?: number;
  /** Of namespaces that are looked at; none: all are. */
  discoverySelectors?: LabelSelector[];
}

export type PathNormalization = 'DEFAULT' | 'NONE' | 'BASE' | 'MERGE_SLASHES' | 'DECODE_AND_MERGE_SLASHES';
