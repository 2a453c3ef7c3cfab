import type { PathNormalization } from '../model/mesh.js';
import type { MeshConfigSpec } from '../resources/mesh-config.js';
import type { Resource } from '../resources/resource.js';
import type { RetryPolicy } from '../retry/retry-policy.js';
import type { OutboundTrafficPolicy } from '../workload.js';
import { ofKind } from './of-kind.js';
import { retryPolicyOf } from './retry-policy.js';

/** MeshConfig with Istio's defaults in place (istio, pkg/config/mesh/mesh.go DefaultMeshConfig). */
export interface MeshOptions {
  /** Where what is meant for the whole mesh lives. */
  rootNamespace: string;
  outboundTrafficPolicy: OutboundTrafficPolicy;
  /** What counts as `exportTo` where a document says nothing. */
  exportTo: Readonly<Record<'service' | 'virtualService' | 'destinationRule', readonly string[]>>;
  pathNormalization: PathNormalization;
  /** For rules without `retries`, and for services without rules. */
  defaultRetry: RetryPolicy;
  /** Whether named ports of HTTP are spoken to in HTTP/2 unless a DestinationRule says otherwise. */
  http2: boolean;
  connectTimeoutMs: number;
}

const everyone = ['*'];
const defaultConnectTimeoutMs = 10_000;

/** The options that are in force: of several MeshConfigs that of the ConfigMap `istio`, else the first. */
export function meshOptions(resources: readonly Resource[]): MeshOptions {
  const spec = meshConfigOf(resources);
  return {
    rootNamespace: spec.rootNamespace ?? 'istio-system',
    outboundTrafficPolicy: policyOf(spec.outboundTrafficPolicy),
    exportTo: {
      service: written(spec.defaultServiceExportTo),
      virtualService: written(spec.defaultVirtualServiceExportTo),
      destinationRule: written(spec.defaultDestinationRuleExportTo),
    },
    pathNormalization: normalizationOf(spec),
    defaultRetry: retryPolicyOf(spec.defaultHttpRetryPolicy),
    http2: spec.h2UpgradePolicy === 'UPGRADE',
    connectTimeoutMs: spec.connectTimeout ?? defaultConnectTimeoutMs,
  };
}

/** What is written in the MeshConfig that is in force. */
export function meshConfigOf(resources: readonly Resource[]): MeshConfigSpec {
  const configs = ofKind(resources, 'MeshConfig');
  return (configs.find(({ metadata }) => metadata.name === 'istio') ?? configs[0])?.spec ?? {};
}

/** Names that Envoy would look up itself lead to the same place here. */
export function policyOf(written: MeshConfigSpec['outboundTrafficPolicy']): OutboundTrafficPolicy {
  return written?.mode === 'REGISTRY_ONLY' ? 'REGISTRY_ONLY' : 'ALLOW_ANY';
}

function written(exportTo: readonly string[] = []): readonly string[] {
  return exportTo.length === 0 ? everyone : exportTo;
}

/** `DEFAULT` is `BASE` (istio, listener_builder.go). */
function normalizationOf({ pathNormalization }: MeshConfigSpec): PathNormalization {
  const { normalization = 'DEFAULT' } = pathNormalization ?? {};
  return normalization === 'DEFAULT' ? 'BASE' : normalization;
}
