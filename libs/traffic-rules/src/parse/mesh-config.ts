import type { MeshConfigSpec } from '../resources/mesh-config.js';
import { list, mapped, message, messageOf } from './decode.js';
import { retries } from './http-rule.js';
import { labelSelector } from './label-selector.js';
import { choice, duration, string, text } from './scalar.js';
import { outboundTrafficPolicyMode } from './sidecar.js';

/** What of MeshConfig changes where requests go; everything else is passed over. */
export const meshConfigSpec = messageOf<MeshConfigSpec>(
  {
    rootNamespace: text,
    // An empty one is not none: the mode's zero value is REGISTRY_ONLY (recorded: `mesh-policy-empty`).
    outboundTrafficPolicy: mapped(
      message({ mode: outboundTrafficPolicyMode }, 'ignored'),
      ({ mode = 'REGISTRY_ONLY' as const }) => ({ mode }),
    ),
    defaultServiceExportTo: list(string),
    defaultVirtualServiceExportTo: list(string),
    defaultDestinationRuleExportTo: list(string),
    pathNormalization: message({
      normalization: choice(['DEFAULT', 'NONE', 'BASE', 'MERGE_SLASHES', 'DECODE_AND_MERGE_SLASHES']),
    }),
    defaultHttpRetryPolicy: retries,
    h2UpgradePolicy: choice(['DO_NOT_UPGRADE', 'UPGRADE']),
    connectTimeout: duration,
    discoverySelectors: list(labelSelector),
  },
  {},
  'ignored',
);
