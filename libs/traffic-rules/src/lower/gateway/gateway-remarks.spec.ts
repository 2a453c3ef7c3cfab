import { resourcesOf } from '../../../test/mesh.js';
import { analyze } from '../../analyze/analyze.js';
import { compile } from '../../compile/compile.js';
import { gatewayClients } from './gateway-client.js';

/** What is said at the first Gateway, as `code path`. */
function remarks(yaml: string, codes: readonly string[]): string[] {
  const resources = resourcesOf(yaml);
  const [client] = gatewayClients(resources);
  if (client === undefined) throw new Error('no gateway');
  return analyze(compile(resources, client.workload))
    .filter(({ code }) => codes.includes(code))
    .map(({ code, resource, path }) => `${code} ${resource} ${path}`);
}

const gateway = (name: string, servers: string, selector = '{istio: door}') => `
apiVersion: networking.istio.io/v1
kind: Gateway
metadata: {name: ${name}, namespace: yard}
spec: {selector: ${selector}, servers: [${servers}]}
---`;
const server = (number: number, protocol: string, hosts: string, more = '') =>
  `{port: {number: ${number}, name: p${number}, protocol: ${protocol}}, hosts: [${hosts}]${more}}`;
const tls = (credential: string) => `, tls: {mode: SIMPLE, credentialName: ${credential}}`;

describe('servers that are left out', () => {
  const lost = (yaml: string) => remarks(yaml, ['server-lost']);

  it.each([
    ['of plain HTTP with one host', server(80, 'HTTP', 'a.example'), server(80, 'HTTP', 'a.example'), 0],
    ['of TCP behind HTTP', server(80, 'HTTP', 'a.example'), server(80, 'TCP', 'b.example'), 1],
    ['of HTTP behind TCP', server(80, 'TCP', 'a.example'), server(80, 'HTTP', 'a.example'), 1],
    [
      'of HTTPS with other hosts',
      server(443, 'HTTPS', 'a.example', tls('a')),
      server(443, 'HTTPS', 'b.example', tls('b')),
      0,
    ],
    [
      'of HTTPS with one host',
      server(443, 'HTTPS', 'a.example', tls('a')),
      server(443, 'HTTPS', 'a.example', tls('b')),
      1,
    ],
    ['of HTTPS behind HTTP', server(80, 'HTTP', 'a.example'), server(80, 'HTTPS', 'b.example', tls('b')), 1],
    ['of HTTP behind HTTPS', server(80, 'HTTPS', 'a.example', tls('a')), server(80, 'HTTP', 'a.example'), 0],
    ['of TCP behind HTTPS', server(80, 'HTTPS', 'a.example', tls('a')), server(80, 'TCP', 'b.example'), 0],
    [
      'that redirect behind HTTPS with one host',
      server(80, 'HTTPS', 'a.example', tls('a')),
      server(80, 'HTTP', 'a.example', ', tls: {httpsRedirect: true}'),
      1,
    ],
    [
      'with other addresses',
      server(80, 'TCP', '"*"', ', bind: 10.0.0.1'),
      server(80, 'HTTP', '"*"', ', bind: 10.0.0.2'),
      0,
    ],
    ['on ports of their own', server(80, 'HTTP', 'a.example'), server(81, 'TCP', 'b.example'), 0],
  ])('%s', (_what, first, second, count) => {
    expect(lost(gateway('a', first) + gateway('b', second))).toEqual(
      Array(count).fill('server-lost Gateway yard/b spec.servers[0]'),
    );
  });

  it('within one Gateway', () => {
    expect(lost(gateway('a', [server(80, 'HTTP', '"*"'), server(80, 'TCP', '"*"')].join()))).toEqual([
      'server-lost Gateway yard/a spec.servers[1]',
    ]);
  });

  it('not of another workload', () => {
    expect(
      lost(gateway('a', server(80, 'HTTP', '"*"')) + gateway('b', server(80, 'TCP', '"*"'), '{istio: gate}')),
    ).toEqual([]);
  });
});

describe('one name of two servers that end TLS', () => {
  const overlaps = (...hosts: string[]) =>
    remarks(hosts.map((host, at) => gateway(`g${at}`, server(443, 'HTTPS', host, tls('c')))).join(''), [
      'server-hosts-overlap',
    ]);

  it.each([
    ['of two namespaces', ['a/x.example', 'b/x.example'], 1],
    ['of one namespace and of all', ['"*"', '"a/*"'], 1],
    ['in two spellings', ['x.example', 'X.Example'], 1],
    ['a wildcard and a name of it', ['"*.example"', 'x.example'], 0],
  ])('%s', (_, hosts, count) => {
    expect(overlaps(...hosts)).toEqual(
      Array(count).fill('server-hosts-overlap Gateway yard/g1 spec.servers[0]'),
    );
  });
});

describe('hosts that istiod does not survive', () => {
  const panics = (hosts: string) => remarks(gateway('a', server(80, 'HTTP', hosts)), ['istiod-panics']);

  it.each([
    ['"*/*", "*/a.example"', 1],
    ['b.example, "*/*", ./a.example', 2],
  ])('%s', (hosts, index) => {
    expect(panics(hosts)).toEqual([`istiod-panics Gateway yard/a spec.servers[0].hosts[${index}]`]);
  });

  it.each(['"*/*", a.example', '"*/a.example", "*/*"', '"*/*", b/a.example', '"*/*"'])(
    '%s it does',
    (hosts) => {
      expect(panics(hosts)).toEqual([]);
    },
  );
});

it('TLS for any name and plain text on one port', () => {
  const both = (secure: string, protocol: string) =>
    remarks(
      gateway('a', server(80, 'HTTPS', secure, tls('a'))) + gateway('b', server(80, protocol, 'b.example')),
      ['server-hosts-overlap'],
    );
  expect(both('"*"', 'HTTP')).toEqual(['server-hosts-overlap Gateway yard/b spec.servers[0]']);
  expect(both('"*"', 'TCP')).toEqual(['server-hosts-overlap Gateway yard/b spec.servers[0]']);
  expect(both('a.example', 'HTTP')).toEqual([]);
});

describe('addresses of servers', () => {
  const elsewhere = (...binds: string[]) =>
    remarks(gateway('a', binds.map((bind, at) => server(80, 'HTTP', `${at}.example`, bind)).join()), [
      'server-bind-elsewhere',
    ]);

  it.each([
    ['of the pod itself', [', bind: 127.0.0.1'], ['spec.servers[0].bind']],
    ['of its own', [', bind: 10.0.0.1'], []],
    ['of its own, and none', ['', ', bind: 10.0.0.1'], ['spec.servers[0].bind']],
    ['two of its own', [', bind: 10.0.0.1', ', bind: 10.0.0.2'], ['spec.servers[1].bind']],
    ['every one, written', [', bind: 0.0.0.0'], []],
  ])('%s', (_, binds, paths) => {
    expect(elsewhere(...binds)).toEqual(paths.map((path) => `server-bind-elsewhere Gateway yard/a ${path}`));
  });
});

describe('ports that a Service does not have', () => {
  const service = (selector: string, ports: string) => `
apiVersion: v1
kind: Service
metadata: {name: door, namespace: yard}
spec: {selector: ${selector}, ports: [${ports}]}
---`;
  const pod = `
apiVersion: v1
kind: Pod
metadata: {name: door-1, namespace: yard, labels: {istio: door, app: door}}
---`;
  const own = gateway('a', server(80, 'HTTP', '"*"'));
  const told = ['server-port-not-exposed Gateway yard/a spec.servers[0].port.number'];

  it.each([
    ['no Service', '', []],
    ['one with the port', service('{istio: door}', '{name: http, port: 80}'), []],
    [
      'one with the port as its target',
      service('{istio: door}', '{name: http, port: 8000, targetPort: 80}'),
      [],
    ],
    ['one without it', service('{istio: door}', '{name: http, port: 8000}'), told],
    ['one that has it for UDP', service('{istio: door}', '{name: http, port: 80, protocol: UDP}'), told],
    ['one of something else', service('{istio: gate}', '{name: http, port: 8000}'), []],
    [
      'one that selects the pod by another label',
      pod + service('{app: door}', '{name: http, port: 8000}'),
      told,
    ],
  ])('%s', (_what, others, expected) => {
    expect(remarks(own + others, ['server-port-not-exposed'])).toEqual(expected);
  });
});

describe('a certificate of two Gateways', () => {
  const shared = (yaml: string) => remarks(yaml, ['certificate-shared']);
  const a = gateway('a', server(443, 'HTTPS', 'a.example', tls('wild')));

  it('is told of each', () => {
    expect(shared(a + gateway('b', server(443, 'HTTPS', 'b.example', tls('wild'))))).toEqual([
      'certificate-shared Gateway yard/a spec.servers[0].tls',
      'certificate-shared Gateway yard/b spec.servers[0].tls',
    ]);
  });

  it('is nothing to tell of with one for each, or for other workloads', () => {
    expect(shared(a + gateway('b', server(443, 'HTTPS', 'b.example', tls('own'))))).toEqual([]);
    expect(shared(a + gateway('b', server(443, 'HTTPS', 'b.example', tls('wild')), '{istio: gate}'))).toEqual(
      [],
    );
  });

  it.each([
    [
      'that share hosts is told of',
      443,
      '"*.example"',
      ['certificate-shared Gateway yard/a spec.servers[1].tls'],
    ],
    ['on two ports is nothing to tell of', 8443, '"*.example"', []],
    ['with hosts of their own is nothing to tell of', 443, 'b.example', []],
  ])('of two servers of one Gateway %s', (_what, port, hosts, expected) => {
    const second = server(port, 'HTTPS', hosts, tls('w'));
    expect(shared(gateway('a', [server(443, 'HTTPS', 'a.example', tls('w')), second].join()))).toEqual(
      expected,
    );
  });
});

describe('rules for gateways', () => {
  const rule = (bound: string, spec: string) => `
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: r, namespace: yard}
spec: {hosts: [a.example], gateways: [${bound}], ${spec}}
---
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: s, namespace: yard}
spec: {hosts: [s.example], resolution: STATIC, ports: [{number: 3306, name: tcp, protocol: TCP}], endpoints: [{address: 10.0.0.1}]}
---`;
  const route = '[{destination: {host: s.example, port: {number: 3306}}}]';
  const http = `http: [{route: ${route}}]`;

  it.each([
    ['tcp', `tcp: [{route: ${route}}]`, server(3306, 'TCP', '"*"')],
    [
      'tls',
      `tls: [{match: [{sniHosts: [a.example]}], route: ${route}}]`,
      server(443, 'TLS', 'a.example', ', tls: {mode: PASSTHROUGH}'),
    ],
    ['http', http, server(80, 'HTTP', '"*"')],
  ])('%s: a host that a server takes is served', (_layer, spec, taking) => {
    expect(remarks(gateway('a', taking) + rule('a', spec), ['host-not-served'])).toEqual([]);
  });

  it('a host that only servers of another kind take is not', () => {
    const yaml = gateway('a', server(80, 'HTTP', 'b.example')) + rule('a', `tcp: [{route: ${route}}]`);
    expect(remarks(yaml, ['host-not-served'])).toEqual([
      'host-not-served VirtualService yard/r spec.hosts[0]',
    ]);
  });

  it.each([
    ['a', []],
    ['front', ['gateway-unknown VirtualService yard/r spec.gateways[0]']],
    [
      'yard/front-istio-autogenerated-k8s-gateway-http',
      ['gateway-unknown VirtualService yard/r spec.gateways[0]'],
    ],
  ])('bound to %s', (bound, expected) => {
    const api = `
apiVersion: gateway.networking.k8s.io/v1
kind: Gateway
metadata: {name: front, namespace: yard}
spec: {gatewayClassName: istio, listeners: [{name: http, port: 80, protocol: HTTP}]}
---`;
    const yaml = gateway('a', server(80, 'HTTP', '"*"')) + api + rule(bound, http);
    expect(remarks(yaml, ['gateway-unknown'])).toEqual(expected);
  });
});

it('rules for sidecars do not apply to requests that come through a gateway', () => {
  const rules = (name: string, more: string, host: string, destination: string) => `
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: ${name}, namespace: yard}
spec: {${more}hosts: [${host}], http: [{route: [{destination: {host: ${destination}}}]}]}
---`;
  const service = `
apiVersion: v1
kind: Service
metadata: {name: shed, namespace: yard}
spec: {ports: [{port: 80, name: http}]}
---`;
  const yaml =
    gateway('a', server(80, 'HTTP', '"*"')) +
    service +
    rules('through', 'gateways: [a], ', 'a.example', 'shed') +
    rules('split', '', 'shed', 'shed');
  expect(remarks(yaml, ['destination-rules-not-applied'])).toEqual([
    'destination-rules-not-applied VirtualService yard/through spec.http[0].route[0].destination',
  ]);
  const alone = yaml
    .replace('gateways: [a], ', 'gateways: [a, mesh], ')
    .replace('hosts: [shed]', 'hosts: [b.example]');
  expect(remarks(alone, ['destination-rules-not-applied'])).toEqual([]);
});
