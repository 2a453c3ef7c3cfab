import type { SidecarSpec } from '../resources/sidecar.js';
import { list, map, mapped, message, notModelled } from './decode.js';
import type { Decoder } from './decoder.js';
import { choice, string, text, uint32 } from './scalar.js';

/** Numbers as in networking/v1alpha3/sidecar.proto. */
export const outboundTrafficPolicyMode = choice(['REGISTRY_ONLY', 'ALLOW_ANY', 'ALLOW_ANY_DYNAMIC_DNS']);

const port = mapped(
  message({ number: uint32('9080'), name: text, protocol: text, targetPort: uint32('9080') }),
  ({ number = 0, targetPort: _, ...decoded }) => ({ ...decoded, number }),
);

const egressListener = mapped(
  message(
    { port, bind: text, captureMode: choice(['DEFAULT', 'IPTABLES', 'NONE']), hosts: list(string) },
    'refused',
    ['localhostServerTls'],
  ),
  (decoded) => ({ ...decoded, hosts: decoded.hosts ?? [] }),
);

const egressProxy = notModelled(
  message({ host: string, subset: text, port: message({ number: uint32('443') }) }),
  'requests to hosts outside of the mesh go straight there here, not by way of the egress proxy.',
);

const outboundTrafficPolicy = mapped(
  message({ mode: outboundTrafficPolicyMode, egressProxy }),
  ({ mode = 'REGISTRY_ONLY' as const }) => ({ mode }),
);

/** What is for incoming requests: whether it is there, whatever it is. */
const inbound: Decoder<boolean> = (value) => !Array.isArray(value) || value.length > 0;

export const sidecarSpec: Decoder<SidecarSpec> = mapped(
  message(
    {
      workloadSelector: mapped(message({ labels: map(string) }), ({ labels }) => labels ?? {}),
      egress: list(egressListener),
      ingress: inbound,
      outboundTrafficPolicy,
      inboundConnectionPool: inbound,
    },
    'refused',
    ['localhost'],
  ),
  ({ ingress = false, inboundConnectionPool = false, egress = [], ...decoded }) => ({
    ...decoded,
    egress,
    hasIngress: ingress,
    hasInboundConnectionPool: inboundConnectionPool,
  }),
);
