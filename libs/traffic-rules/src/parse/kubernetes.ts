import type { EndpointSlice, KubernetesServicePort, Service } from '../resources/kubernetes.js';
import { list, map, mapped, message } from './decode.js';
import type { Decoder } from './decoder.js';
import { boolean, choice, string, text, uint32 } from './scalar.js';

/** `targetPort`: a number, or the name of a container's port. */
const portOrName: Decoder<number | string> = (value, at) =>
  typeof value === 'string' ? text(value, at) : uint32('8080')(value, at);

const protocol = choice(['TCP', 'UDP', 'SCTP']);

const servicePort: Decoder<KubernetesServicePort> = mapped(
  message({ name: text, port: uint32('80'), targetPort: portOrName, appProtocol: text, protocol }, 'ignored'),
  (decoded) => ({ ...decoded, port: decoded.port ?? 0, protocol: decoded.protocol ?? 'TCP' }),
);

/** Fields of a Service that do not concern routing are passed over: the API server knows them better. */
export const serviceSpec: Decoder<Service['spec']> = mapped(
  message(
    {
      type: choice(['ClusterIP', 'NodePort', 'LoadBalancer', 'ExternalName']),
      clusterIP: text,
      externalName: text,
      selector: map(string),
      ports: list(servicePort),
    },
    'ignored',
  ),
  (decoded) => ({
    ...decoded,
    type: decoded.type ?? 'ClusterIP',
    selector: decoded.selector ?? {},
    ports: decoded.ports ?? [],
  }),
);

const conditions = message({ ready: boolean, serving: boolean, terminating: boolean }, 'ignored');

type SliceEndpoint = EndpointSlice['endpoints'][number];

const targetRef = message({ kind: text, name: text, namespace: text }, 'ignored');

const endpoint: Decoder<SliceEndpoint> = mapped(
  message({ addresses: list(string), conditions, hostname: text, targetRef }, 'ignored'),
  ({ addresses, conditions: { ready, ...rest } = {}, ...others }) => ({
    addresses: addresses ?? [],
    ready: ready ?? true,
    ...rest,
    ...others,
  }),
);

/** An EndpointSlice has its fields at the top, without a spec. */
export const endpointSlice: Decoder<Pick<EndpointSlice, 'addressType' | 'ports' | 'endpoints'>> = mapped(
  message(
    {
      addressType: choice(['IPv4', 'IPv6', 'FQDN']),
      ports: list(message({ name: text, port: uint32('8080'), appProtocol: text }, 'ignored')),
      endpoints: list(endpoint),
    },
    'ignored',
  ),
  (decoded) => ({
    addressType: decoded.addressType ?? 'IPv4',
    ports: decoded.ports ?? [],
    endpoints: decoded.endpoints ?? [],
  }),
);
