import type { MeshConfigSpec } from '../resources/mesh-config.js';
import { list, mapped, message } from './decode.js';
import type { Decoder } from './decoder.js';
import { retries } from './http-rule.js';
import { choice, duration, string, text } from './scalar.js';
import { outboundTrafficPolicyMode } from './sidecar.js';

const fields = message(
  {
    rootNamespace: text,
    outboundTrafficPolicy: message({ mode: outboundTrafficPolicyMode }, 'ignored'),
    defaultServiceExportTo: list(string),
    defaultVirtualServiceExportTo: list(string),
    defaultDestinationRuleExportTo: list(string),
    pathNormalization: message({
      normalization: choice(['DEFAULT', 'NONE', 'BASE', 'MERGE_SLASHES', 'DECODE_AND_MERGE_SLASHES']),
    }),
    defaultHttpRetryPolicy: retries,
    h2UpgradePolicy: choice(['DO_NOT_UPGRADE', 'UPGRADE']),
    connectTimeout: duration,
  },
  'ignored',
);

/** What of MeshConfig changes where requests go; everything else is passed over. */
export const meshConfigSpec: Decoder<MeshConfigSpec> = mapped(fields, (decoded) => decoded);
