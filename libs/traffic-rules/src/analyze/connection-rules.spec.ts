import { resourcesOf, workload } from '../../test/mesh.js';
import { compile } from '../compile/compile.js';
import { gatewayClients } from '../lower/gateway/gateway-client.js';
import { analyze } from './analyze.js';

function remarks(yaml: string, atGateway = false): string[] {
  const resources = resourcesOf(yaml);
  const [client] = atGateway ? gatewayClients(resources) : [];
  return analyze(compile(resources, client?.workload ?? workload))
    .filter(({ code }) =>
      [
        'analysis-incomplete',
        'connection-rules-overlap',
        'host-not-served',
        'rule-shadowed',
        'rule-without-server',
        'server-hosts-overlap',
        'match-shadowed',
      ].includes(code),
    )
    .map(({ code, resource, path }) => `${code} ${resource} ${path}`);
}

const service = (host: string, ports: string) => `
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: ${host}, namespace: hello-page}
spec: {hosts: [${host}], addresses: [240.0.0.1], resolution: STATIC, ports: [${ports}], endpoints: [{address: 10.0.0.1}]}
---`;
const mysql = '{number: 3306, name: tcp, protocol: TCP}';
const tls = '{number: 443, name: tls, protocol: TLS}';
const http = '{number: 80, name: http, protocol: HTTP}';
const to = (host: string, port: number) => `route: [{destination: {host: ${host}, port: {number: ${port}}}}]`;
const rule = (name: string, host: string, rules: string, more = '') => `
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: ${name}, namespace: hello-page}
spec: {${more}hosts: [${host}], ${rules}}
---`;
const gateway = (servers: string) => `
apiVersion: networking.istio.io/v1
kind: Gateway
metadata: {name: door, namespace: hello-page}
spec: {selector: {istio: door}, servers: [${servers}]}
---`;
const bound = 'gateways: [door], ';

const numbered = (count: number, match: (index: number) => string) =>
  Array.from({ length: count }, (_, index) => `{match: [{${match(index)}}], ${to('db.ext', 3306)}}`);

describe('rules that share what they ask for', () => {
  const ports = service('db.ext', `${mysql}, ${tls}`);
  const tlsMatch = (match: string) => `{match: [{${match}}], ${to('db.ext', 443)}}`;
  const tcpMatch = (match: string) => `{match: [{${match}}], ${to('db.ext', 3306)}}`;
  const overlap = (path: string) => [`connection-rules-overlap VirtualService hello-page/r ${path}`];

  // Put to a real istiod and Envoy, which refuses the listener where a warning is expected.
  it.each([
    ['a server name', ['sniHosts: [a.ext]', 'sniHosts: [b.ext, A.ext]'], overlap('spec.tls[1].match[0]')],
    ['other server names', ['sniHosts: [a.ext]', 'sniHosts: ["*.ext"]'], []],
    [
      'the same names in another order',
      ['sniHosts: [a.ext, b.ext]', 'sniHosts: [b.ext, a.ext]'],
      overlap('spec.tls[1].match[0]'),
    ],
    [
      'the same names once more',
      ['sniHosts: [a.ext, b.ext]', 'sniHosts: [a.ext, b.ext]'],
      ['rule-shadowed VirtualService hello-page/r spec.tls[1].match[0]'],
    ],
    [
      'a name on different ports',
      ['sniHosts: [a.ext], port: 443', 'sniHosts: [a.ext, b.ext], port: 444'],
      [],
    ],
    [
      'a name for different addresses',
      [
        'sniHosts: [a.ext], destinationSubnets: [10.0.0.0/8]',
        'sniHosts: [a.ext, b.ext], destinationSubnets: [11.0.0.0/8]',
      ],
      [],
    ],
  ])('%s of tls', (_case, matches, expected) => {
    const text = rule('r', 'db.ext', `tls: [${matches.map(tlsMatch).join(', ')}]`);
    expect(
      remarks(
        ports +
          text
            .replaceAll('a.ext', 'db.ext')
            .replaceAll('A.ext', 'DB.ext')
            .replace('hosts: [db.ext]', 'hosts: [db.ext, b.ext, "*.ext"]'),
      ).filter((one) => !one.startsWith('host-not-served')),
    ).toEqual(expected);
  });

  it.each([
    [
      'a block',
      ['destinationSubnets: [10.0.0.0/8]', 'destinationSubnets: [10.0.0.0/8, 11.0.0.0/8]'],
      overlap('spec.tcp[1].match[0]'),
    ],
    ['other blocks', ['destinationSubnets: [10.0.0.0/8]', 'destinationSubnets: [10.1.0.0/16]'], []],
    ['none that is in force', ['port: 3306', 'destinationSubnets: [10.0.0.0/8]'], []],
  ])('%s of tcp', (_case, matches, expected) => {
    const text = rule('r', 'db.ext', `tcp: [${matches.map(tcpMatch).join(', ')}]`);
    expect(remarks(ports + text).filter((one) => one.startsWith('connection-rules-overlap'))).toEqual(
      expected,
    );
  });

  // What takes the rest is for the blocks of the service itself.
  it.each([
    ['and what takes the rest', ['{destinationSubnets: [10.0.0.0/8]}', ''], overlap('spec.tcp[1]')],
    ['and nothing else', ['{destinationSubnets: [10.0.0.0/8]}'], []],
    ['a part of it, and what takes the rest', ['{destinationSubnets: [10.1.0.0/16]}', ''], []],
  ])('the block of the service %s', (_case, matches, expected) => {
    const service = ports.replace('240.0.0.1', '10.0.0.0/8');
    const rules = matches.map((match) => `{${match && `match: [${match}], `}${to('db.ext', 3306)}}`);
    const text = rule('r', 'db.ext', `tcp: [${rules.join(', ')}]`);
    expect(remarks(service + text).filter((one) => one.startsWith('connection-rules-overlap'))).toEqual(
      expected,
    );
  });
});

describe('many rules of tcp', () => {
  const subnets = (index: number) => `destinationSubnets: ["10.${index >> 8}.${index & 255}.0/24"]`;

  // Each compared with each would take minutes.
  it('are compared with those before them that they have something in common with', () => {
    const rules = [...numbered(15_000, subnets), ...numbered(1, () => subnets(7))];
    const text = service('db.ext', mysql) + rule('r', 'db.ext', `tcp: [${rules.join(', ')}]`);
    expect(remarks(text)).toEqual([
      'rule-shadowed VirtualService hello-page/r spec.tcp[15000].match[0]',
      'connection-rules-overlap VirtualService hello-page/r spec.tcp[15000].match[0]',
    ]);
  });

  it('that have much in common are compared as far as that takes no long time, and it is said how far', () => {
    const rules = numbered(1000, (index) => `port: 3306, gateways: [mesh, g${index}]`);
    const text =
      service('db.ext', mysql) + rule('r', 'db.ext', `tcp: [${rules.join(', ')}]`, 'gateways: [mesh], ');
    expect(remarks(text)).toEqual([
      expect.stringMatching(
        /^analysis-incomplete VirtualService hello-page\/r spec\.tcp\[[3-9]\d\d\]\.match\[0\]$/,
      ),
    ]);
  });
});

describe('rules of tcp and tls at a sidecar', () => {
  const ports = service('db.ext', `${mysql}, ${tls}`);
  const tcpRule = `tcp: [{match: [{port: 3306}], ${to('db.ext', 3306)}}]`;
  const tlsRule = (name: string) => `tls: [{match: [{sniHosts: [${name}]}], ${to('db.ext', 443)}}]`;
  const unserved = ['host-not-served VirtualService hello-page/r spec.hosts[0]'];

  it.each([
    ['tcp for a host with a port of TCP', ports + rule('r', 'db.ext', tcpRule), []],
    ['tls for a host with a port of TLS', ports + rule('r', 'db.ext', tlsRule('db.ext')), []],
    ['tcp for a host that nobody registers', ports + rule('r', 'alias.ext', tcpRule), unserved],
    [
      'tcp for a host with ports of HTTP alone',
      ports + service('web.ext', http) + rule('r', 'web.ext', tcpRule),
      unserved,
    ],
    [
      'tls for a host with ports of TCP alone',
      ports + service('raw.ext', mysql) + rule('r', 'raw.ext', tlsRule('raw.ext')),
      unserved,
    ],
  ])('%s', (_what, yaml, expected) => {
    expect(remarks(yaml)).toEqual(expected);
  });

  it.each([
    ['the same match again', `{match: [{port: 3306}], ${to('db.ext', 3306)}}`, 1],
    [
      'a narrower match behind it',
      `{match: [{port: 3306, destinationSubnets: [10.0.0.0/8]}], ${to('db.ext', 3306)}}`,
      1,
    ],
    ['another port', `{match: [{port: 3307}], ${to('db.ext', 3306)}}`, 0],
  ])('%s', (_what, second, count) => {
    const yaml =
      ports + rule('r', 'db.ext', `tcp: [{match: [{port: 3306}], ${to('db.ext', 3306)}}, ${second}]`);
    expect(remarks(yaml)).toEqual(
      Array(count).fill('rule-shadowed VirtualService hello-page/r spec.tcp[1].match[0]'),
    );
  });

  it('a rule with addresses leaves the others to the next', () => {
    const first = `{match: [{destinationSubnets: [10.0.0.0/8]}], ${to('db.ext', 3306)}}`;
    expect(remarks(ports + rule('r', 'db.ext', `tcp: [${first}, {${to('db.ext', 3306)}}]`))).toEqual([]);
  });
});

describe('rules at a gateway', () => {
  const server = (number: number, protocol: string, more = '') =>
    `{port: {number: ${number}, name: p${number}, protocol: ${protocol}}, hosts: ['*.example']${more}}`;
  const passing = server(443, 'TLS', ', tls: {mode: PASSTHROUGH}');
  const automatic = server(443, 'TLS', ', tls: {mode: AUTO_PASSTHROUGH}');
  const ending = server(443, 'HTTPS', ', tls: {mode: SIMPLE, credentialName: c}');
  const endingTcp = server(443, 'TLS', ', tls: {mode: SIMPLE, credentialName: c}');
  const db = service('db.ext', `${mysql}, ${tls}, ${http}`);
  const ofHttp = (match = '') => `http: [{${match}${to('db.ext', 80)}}]`;
  const ofTls = (port = 443) =>
    `tls: [{match: [{port: ${port}, sniHosts: [a.example]}], ${to('db.ext', 443)}}]`;
  const ofTcp = (port = 3306) => `tcp: [{match: [{port: ${port}}], ${to('db.ext', 3306)}}]`;

  it.each([
    ['http at HTTP', server(80, 'HTTP'), ofHttp(), []],
    ['http where TLS ends', ending, ofHttp(), []],
    ['http where TLS is passed on', passing, ofHttp(), ['spec.http[0]']],
    [
      'http on a port that no server has',
      server(80, 'HTTP'),
      ofHttp('match: [{port: 8080}], '),
      ['spec.http[0].match[0].port'],
    ],
    ['tls where TLS is passed on', passing, ofTls(), []],
    ['tls where names of clusters alone are passed on', automatic, ofTls(), ['spec.tls[0].match[0]']],
    ['tls where TLS ends', endingTcp, ofTls(), ['spec.tls[0].match[0]']],
    ['tls on a port that no server has', passing, ofTls(8443), ['spec.tls[0].match[0]']],
    ['tcp at TCP', server(3306, 'TCP'), ofTcp(), []],
    ['tcp where TLS ends', endingTcp, ofTcp(443), []],
    ['tcp at HTTP', server(80, 'HTTP'), ofTcp(), ['spec.tcp[0].match[0]']],
  ])('%s', (_what, servers, rules, paths) => {
    expect(remarks(gateway(servers) + db + rule('r', 'a.example', rules, bound), true)).toEqual(
      paths.map((path) => `rule-without-server VirtualService hello-page/r ${path}`),
    );
  });

  it('of two hosts on one port of TCP the first has all connections', () => {
    const yaml = (servers: string) =>
      gateway(servers) +
      db +
      rule('a', 'a.example', ofTcp(), bound) +
      rule('b', 'b.example', `tcp: [{match: [{port: 3307}, {port: 3306}], ${to('db.ext', 3306)}}]`, bound);
    expect(remarks(yaml(`${server(3306, 'TCP')}, ${server(3307, 'TCP')}`), true)).toEqual([
      'rule-shadowed VirtualService hello-page/b spec.tcp[0].match[1]',
    ]);
  });

  it('hosts that the Gateway takes from another namespace', () => {
    const elsewhere = `{port: {number: 80, name: http, protocol: HTTP}, hosts: [other/a.example]}`;
    expect(remarks(gateway(elsewhere) + db + rule('r', 'a.example', ofHttp(), bound), true)).toEqual([
      'host-not-served VirtualService hello-page/r spec.hosts[0]',
    ]);
  });

  it.each([
    ['/books', '/books/new', 1],
    ['/books/new', '/books', 0],
    ['/', '/books', 0],
    ['/shop', '/books', 0],
  ])('of two VirtualServices for a host: %s before %s', (first, second, count) => {
    const yaml =
      gateway(server(80, 'HTTP')) +
      db +
      rule('a', 'a.example', ofHttp(`match: [{uri: {prefix: ${first}}}], `), bound) +
      rule('b', 'a.example', ofHttp(`match: [{uri: {prefix: ${second}}}], `), bound);
    expect(remarks(yaml, true)).toEqual(
      Array(count).fill('match-shadowed VirtualService hello-page/b spec.http[0].match[0]'),
    );
  });
});

describe('a name whose TLS ends at one server of a port and is passed on at another', () => {
  const servers = (protocol: string, host: string) =>
    `{port: {number: 443, name: ends, protocol: ${protocol}}, hosts: ['${host}'], tls: {mode: SIMPLE, credentialName: one}}, {port: {number: 443, name: passes, protocol: TLS}, hosts: ['*.shop.ext'], tls: {mode: PASSTHROUGH}}`;
  const passed = (name: string) =>
    rule('r', '"*.shop.ext"', `tls: [{match: [{sniHosts: ["${name}"]}], ${to('db.ext', 443)}}]`, bound);
  const refused = ['server-hosts-overlap VirtualService hello-page/r spec.tls[0].match[0]'];

  // Put to a real istiod and Envoy (recorded: `gateway-https-and-passed-*`, `gateway-tls-and-passed-name`).
  it.each([
    ['HTTPS', 'a.shop.ext', 'a.shop.ext', refused],
    ['HTTPS', 'hello-page/A.shop.ext', 'a.shop.ext', refused],
    ['TLS', 'a.shop.ext', 'a.shop.ext', refused],
    ['HTTPS', 'a.shop.ext', '*.shop.ext', []],
    ['HTTPS', '*', 'a.shop.ext', []],
  ])('%s for %s and %s', (protocol, host, name, expected) => {
    const yaml = service('db.ext', tls) + gateway(servers(protocol, host)) + passed(name);
    const rules = rule('ends', 'a.shop.ext', `http: [{${to('db.ext', 443)}}]`, bound);
    expect(remarks(yaml + rules, true).filter((line) => line.startsWith('server-hosts'))).toEqual(expected);
  });
});
