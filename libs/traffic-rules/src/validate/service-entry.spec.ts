import { findings, serviceEntryOf } from '../../test/issues.js';

type Row = [when: string, spec: string, ...found: string[]];

const port = 'ports: [{number: 80, name: http, protocol: HTTP}]';
const fixed = `${port}\nresolution: STATIC`;
const named = `hosts: [a.ext]\n${port}\nresolution: DNS`;

const rows: Row[] = [
  ['has a host', port, 'error host-missing spec.hosts'],
  ['has no host *', `hosts: ["*"]\n${port}`, 'error host-invalid spec.hosts[0]'],
  ['has no host that is an address', `hosts: [10.0.0.1]\n${port}`, 'error host-invalid spec.hosts[0]'],
  [
    'may have a partial wildcard, with a warning',
    `hosts: ["*a.ext"]\n${port}`,
    'warning host-partial-wildcard spec.hosts[0]',
  ],
  ['may have a short host, no ports, a host twice', 'hosts: [a, a]'],
  [
    'has addresses that are ones',
    `hosts: [a.ext]\naddresses: [240.0.0]\n${port}`,
    'error address-invalid spec.addresses[0]',
  ],
  ['may have a block of addresses', `hosts: [a.ext]\naddresses: [10.0.0.0/8]\n${port}`],
  [
    'has no block of addresses with DNS',
    `${named}\naddresses: [10.0.0.0/8]`,
    'error address-invalid spec.addresses[0]',
  ],
  ...['TCP', 'MONGO', 'REDIS', 'MYSQL', 'TLS'].map(
    (protocol): Row => [
      `can tell only one host of ${protocol} by its addresses`,
      `hosts: [a.ext, b.ext]\naddresses: [10.0.0.1]\nresolution: DNS\nports: [{number: 80, name: a, protocol: ${protocol}}]`,
      'warning host-invalid spec.hosts',
      ...(protocol === 'TLS' ? [] : ['error protocol-unknown spec.ports[0].protocol']),
    ],
  ),
  [
    'can tell several hosts of HTTP',
    `hosts: [a.ext, b.ext]\naddresses: [10.0.0.1]\nresolution: DNS\n${port}`,
  ],
  [
    'has each port number once',
    'hosts: [a.ext]\nports: [{number: 80, name: a, protocol: HTTP}, {number: 80, name: b, protocol: HTTP}]',
    'error port-duplicate spec.ports[1].number',
  ],
  [
    'has each port name once',
    'hosts: [a.ext]\nports: [{number: 80, name: a, protocol: HTTP}, {number: 81, name: a, protocol: HTTP}]',
    'error port-duplicate spec.ports[1].name',
  ],
  [
    'has ports with names',
    'hosts: [a.ext]\nports: [{number: 80, protocol: HTTP}]',
    'error port-name-invalid spec.ports[0].name',
  ],
  [
    'has known protocols',
    'hosts: [a.ext]\nports: [{number: 80, name: a, protocol: HTTPP}]',
    'error protocol-unknown spec.ports[0].protocol',
  ],
  ['has protocols in any case', 'hosts: [a.ext]\nports: [{number: 80, name: a, protocol: Http}]'],
  [
    'has ports in range',
    'hosts: [a.ext]\nports: [{number: 70000, name: a, protocol: HTTP, targetPort: 70000}]',
    'error port-invalid spec.ports[0].number',
    'error port-invalid spec.ports[0].targetPort',
  ],
  [
    'has no null ports',
    'hosts: [a.ext]\nports: [null]',
    'error port-invalid spec.ports[0].number',
    'error port-name-invalid spec.ports[0].name',
    'warning addresses-missing spec.ports[0]',
  ],
  [
    'has an address for TCP',
    'hosts: [a.ext]\nports: [{number: 80, name: a, protocol: TCP}]',
    'warning addresses-missing spec.ports[0]',
  ],
  [
    'NONE: has no endpoints',
    `hosts: [a.ext]\n${port}\nendpoints: [{address: 10.0.0.1}]`,
    'error endpoints-not-allowed spec.endpoints',
  ],
  [
    'NONE: does not use a selector',
    `hosts: [a.ext]\n${port}\nworkloadSelector: {labels: {a: b}}`,
    'warning selector-invalid spec.workloadSelector',
  ],
  [
    'STATIC: has addresses',
    `hosts: [a.ext]\n${fixed}\nendpoints: [{address: a.b}]`,
    'error endpoint-invalid spec.endpoints[0].address',
  ],
  [
    'STATIC: has an address',
    `hosts: [a.ext]\n${fixed}\nendpoints: [{}]`,
    'error endpoint-invalid spec.endpoints[0]',
  ],
  [
    'STATIC: may name a network instead',
    `hosts: [a.ext]\n${fixed}\nendpoints: [{network: vm}]`,
    'warning endpoint-invalid spec.endpoints[0]',
  ],
  ['STATIC: may have a socket', `hosts: [a.ext]\n${fixed}\nendpoints: [{address: unix:///a/b}]`],
  [
    'STATIC: a socket has no ports',
    `hosts: [a.ext]\n${fixed}\nendpoints: [{address: unix:///a/b, ports: {http: 80}}]`,
    'error endpoint-invalid spec.endpoints[0].ports',
  ],
  [
    'STATIC: a socket is a file',
    `hosts: [a.ext]\n${fixed}\nendpoints: [{address: unix://a/}]`,
    'error endpoint-invalid spec.endpoints[0].address',
  ],
  [
    'STATIC: may have an endpoint twice, and a weight of 0',
    `hosts: [a.ext]\n${fixed}\nendpoints: [{address: 10.0.0.1, weight: 0}, {address: 10.0.0.1}]`,
  ],
  [
    'DNS: has names or addresses',
    `${named}\nendpoints: [{address: a_b}, {address: 10.0.0.1}]`,
    'error endpoint-invalid spec.endpoints[0].address',
  ],
  [
    'DNS: has hosts that can be resolved',
    `hosts: ["*.ext"]\n${port}\nresolution: DNS`,
    'error host-invalid spec.hosts[0]',
  ],
  [
    'DNS_ROUND_ROBIN: has one endpoint',
    `hosts: [a.ext]\n${port}\nresolution: DNS_ROUND_ROBIN\nendpoints: [{address: a.b}, {address: a.c}]`,
    'error endpoint-invalid spec.endpoints',
  ],
  [
    'has endpoint ports by name',
    `hosts: [a.ext]\n${fixed}\nendpoints: [{address: 10.0.0.1, ports: {web: 80}}]`,
    'error endpoint-invalid spec.endpoints[0].ports.web',
  ],
  [
    'has labels',
    `hosts: [a.ext]\n${fixed}\nendpoints: [{address: 10.0.0.1, labels: {a: "b c"}}]`,
    'error label-invalid spec.endpoints[0].labels.a',
  ],
  [
    'has a selector or endpoints',
    `hosts: [a.ext]\n${fixed}\nworkloadSelector: {labels: {a: b}}\nendpoints: [{address: 10.0.0.1}]`,
    'error endpoints-not-allowed spec.endpoints',
  ],
  [
    'has a selector without wildcards',
    `hosts: [a.ext]\n${fixed}\nworkloadSelector: {labels: {a: "*"}}`,
    'error selector-invalid spec.workloadSelector.labels.a',
  ],
  [
    'DYNAMIC_DNS: is for wildcards',
    `hosts: [a.ext]\n${port}\nresolution: DYNAMIC_DNS`,
    'error host-invalid spec.hosts[0]',
  ],
  ['DYNAMIC_DNS: may have a partial wildcard', `hosts: ["*foo.ext"]\n${port}\nresolution: DYNAMIC_DNS`],
  [
    'DYNAMIC_DNS: has no endpoints',
    `hosts: ["*.ext"]\n${port}\nresolution: DYNAMIC_DNS\nendpoints: [{address: a.b}]`,
    'error endpoints-not-allowed spec.endpoints',
  ],
  [
    'DYNAMIC_DNS: knows few protocols',
    'hosts: ["*.ext"]\nports: [{number: 80, name: a, protocol: TCP}]\nresolution: DYNAMIC_DNS',
    'error protocol-unknown spec.ports[0].protocol',
  ],
  [
    'tells several hosts by HTTP or TLS',
    'hosts: [a.ext, b.ext]\nports: [{number: 80, name: a, protocol: TCP}]\nresolution: STATIC',
    'error protocol-unknown spec.ports[0].protocol',
  ],
  ['may be exported to nobody', `hosts: [a.ext]\n${port}\nexportTo: ["~"]`],
  [
    'is not exported to nobody and somebody',
    `hosts: [a.ext]\n${port}\nexportTo: ["~", a]`,
    'error export-to-invalid spec.exportTo',
  ],
];

describe('a ServiceEntry', () => {
  it.each(rows)('%s', (_when, spec, ...found) => {
    expect(findings(serviceEntryOf(spec))).toEqual(found);
  });
});
