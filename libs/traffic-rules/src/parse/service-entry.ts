import type { ServiceEntrySpec, ServicePort, WorkloadEndpoint } from '../resources/service-entry.js';
import { list, map, mapped, message, messageOf } from './decode.js';
import { choice, string, text, uint32, writtenPort } from './scalar.js';

const port = messageOf<ServicePort>(
  { number: uint32('8080'), name: string, protocol: text, targetPort: writtenPort('43990') },
  { number: 0, name: '' },
);

/** An endpoint of a ServiceEntry, and the whole of a WorkloadEntry. */
export const workloadEndpoint = messageOf<WorkloadEndpoint>(
  {
    address: string,
    ports: map(uint32('43990')),
    labels: map(string),
    network: text,
    locality: text,
    weight: uint32('1'),
    serviceAccount: text,
  },
  { address: '', ports: {}, labels: {} },
);

const workloadSelector = mapped(message({ labels: map(string) }), ({ labels }) => labels ?? {});

export const serviceEntrySpec = messageOf<ServiceEntrySpec>(
  {
    hosts: list(string),
    addresses: list(string),
    ports: list(port),
    location: choice(['MESH_EXTERNAL', 'MESH_INTERNAL']),
    resolution: choice(['NONE', 'STATIC', 'DNS', 'DNS_ROUND_ROBIN', 'DYNAMIC_DNS']),
    endpoints: list(workloadEndpoint),
    workloadSelector,
    exportTo: list(string),
    subjectAltNames: list(string),
  },
  {
    hosts: [],
    addresses: [],
    ports: [],
    location: 'MESH_EXTERNAL',
    resolution: 'NONE',
    endpoints: [],
    exportTo: [],
    subjectAltNames: [],
  },
);
