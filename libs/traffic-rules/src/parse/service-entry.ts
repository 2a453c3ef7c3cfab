import type { ServiceEntrySpec, WorkloadEndpoint } from '../resources/service-entry.js';
import { list, map, mapped, message } from './decode.js';
import type { Decoder } from './decoder.js';
import { choice, string, text, uint32 } from './scalar.js';

const port = mapped(
  message({ number: uint32('8080'), name: string, protocol: text, targetPort: uint32('43990') }),
  ({ targetPort, ...decoded }) => ({
    ...decoded,
    number: decoded.number ?? 0,
    name: decoded.name ?? '',
    ...(targetPort ? { targetPort } : {}),
  }),
);

/** An endpoint of a ServiceEntry, and the whole of a WorkloadEntry. */
export const workloadEndpoint: Decoder<WorkloadEndpoint> = mapped(
  message({
    address: string,
    ports: map(uint32('43990')),
    labels: map(string),
    network: text,
    locality: text,
    weight: uint32('1'),
    serviceAccount: text,
  }),
  (decoded) => ({
    ...decoded,
    address: decoded.address ?? '',
    ports: decoded.ports ?? {},
    labels: decoded.labels ?? {},
  }),
);

const workloadSelector = mapped(message({ labels: map(string) }), ({ labels }) => labels ?? {});

const fields = message({
  hosts: list(string),
  addresses: list(string),
  ports: list(port),
  location: choice(['MESH_EXTERNAL', 'MESH_INTERNAL']),
  resolution: choice(['NONE', 'STATIC', 'DNS', 'DNS_ROUND_ROBIN', 'DYNAMIC_DNS']),
  endpoints: list(workloadEndpoint),
  workloadSelector,
  exportTo: list(string),
  subjectAltNames: list(string),
});

export const serviceEntrySpec: Decoder<ServiceEntrySpec> = mapped(fields, (decoded) => ({
  ...decoded,
  hosts: decoded.hosts ?? [],
  addresses: decoded.addresses ?? [],
  ports: decoded.ports ?? [],
  location: decoded.location ?? 'MESH_EXTERNAL',
  resolution: decoded.resolution ?? 'NONE',
  endpoints: decoded.endpoints ?? [],
  exportTo: decoded.exportTo ?? [],
  subjectAltNames: decoded.subjectAltNames ?? [],
}));
