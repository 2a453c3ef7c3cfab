import { portEntry, tableOf } from '../../test/mesh.js';
import { explainConnection } from '../explain/explain-connection.js';
import { renderExplanation } from '../explain/render.js';
import { connectionFromUrl } from '../request-from-url.js';
import { type Connection, routeConnection } from '../route/route-connection.js';
import type { Workload } from '../workload.js';

/** A ServiceEntry whose host is `NAME.ext`. */
function entry(name: string, protocol: string, number: number, more = ''): string {
  return portEntry(name, `{number: ${number}, name: p, protocol: ${protocol}}`, more);
}

function rules(spec: string, hosts = '[main.ext]', name = 'rules'): string {
  return `
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: ${name}, namespace: hello-page}
spec: {hosts: ${hosts}, ${spec}}
---`;
}

function leads(
  yaml: string,
  connection: Partial<Connection>,
  draw = 0,
  seenBy: Partial<Workload> = {},
): string {
  const asked = { host: 'elsewhere.ext', port: 9000, address: '192.0.2.1', sni: null, ...connection };
  const decision = routeConnection(tableOf(yaml, seenBy), asked, draw);
  return decision.kind === 'connect' ? decision.cluster.service.host.replace('.ext', '') : decision.kind;
}

const tcp = entry('main', 'TCP', 9000) + entry('other', 'TCP', 9001) + entry('third', 'TCP', 9002);
const to = (name: string, more = '') => `{destination: {host: ${name}.ext} ${more}}`;

describe('rules of TCP', () => {
  it('split connections by weight', () => {
    const yaml =
      tcp + rules(`tcp: [{route: [${to('other', ', weight: 3')}, ${to('third', ', weight: 1')}]}]`);
    expect([0, 0.74, 0.75, 0.99].map((draw) => leads(yaml, {}, draw))).toEqual([
      'other',
      'other',
      'third',
      'third',
    ]);
  });

  it('go by the address dialled, the narrowest block first, and leave the rest to the service', () => {
    const subnet = (block: string, name: string) =>
      `{match: [{destinationSubnets: ["${block}"]}], route: [${to(name)}]}`;
    const yaml = tcp + rules(`tcp: [${subnet('10.0.0.0/8', 'other')}, ${subnet('10.1.0.0/16', 'third')}]`);
    expect(leads(yaml, { address: '10.2.0.1' })).toBe('other');
    expect(leads(yaml, { address: '10.1.0.1' })).toBe('third');
    expect(leads(yaml, { address: '192.0.2.1' })).toBe('main');
  });

  it('count for their port and their source alone', () => {
    const of = (match: string) => tcp + rules(`tcp: [{match: [${match}], route: [${to('other')}]}]`);
    expect(leads(of('{port: 9000}'), {})).toBe('other');
    expect(leads(of('{port: 9001}'), {})).toBe('main');
    expect(leads(of('{sourceLabels: {app: hello-page}}'), {})).toBe('other');
    expect(leads(of('{sourceLabels: {app: x}}'), {})).toBe('main');
    expect(leads(of('{gateways: [mesh]}'), {})).toBe('other');
    expect(leads(of('{gateways: [gw]}'), {})).toBe('main');
  });

  it('close what leads nowhere', () => {
    expect(leads(tcp + rules(`tcp: [{route: [${to('none')}]}]`), {})).toBe('blocked');
  });
});

describe('rules of TLS', () => {
  const tls = entry('main', 'TLS', 9000) + entry('other', 'TLS', 9001) + entry('third', 'TLS', 9002);
  const rule = (sni: string, name: string) => `{match: [{sniHosts: ["${sni}"]}], route: [${to(name)}]}`;

  it('go by the server name, the narrowest first, whatever their order', () => {
    const yaml =
      tls +
      entry('wild', 'TLS', 9000).replace('wild.ext', '"*.main.ext"') +
      rules(`tls: [${rule('*.main.ext', 'other')}, ${rule('a.main.ext', 'third')}]`, '["*.main.ext"]');
    expect(leads(yaml, { sni: 'b.main.ext' })).toBe('other');
    expect(leads(yaml, { sni: 'A.main.ext' })).toBe('third');
    expect(leads(yaml, { sni: 'main.ext' })).toBe('main');
    expect(leads(yaml, { sni: 'far.ext' })).toBe('pass-through');
    expect(leads(yaml, {})).toBe('pass-through');
  });

  it('are told by explain, with every share', () => {
    const table = tableOf(
      tls +
        rules(
          `tls: [{match: [{sniHosts: [main.ext]}], route: [${to('other', ', weight: 1')}, ${to('none', ', weight: 1')}]}]`,
        ),
    );
    const connection = connectionFromUrl('tls://main.ext:9000');
    const text = renderExplanation(explainConnection(table, connection ?? { host: '', port: 0 }));
    expect(text).toContain('tls://main.ext:9000\nVirtualService hello-page/rules, tls[0].match[0] decides.');
    expect(text).toContain('50 %  other.ext:9001, 1 of 2');
    expect(text).toContain('there is no outbound|9000||none.ext: the connection is closed');
  });
});

describe('a gateway that takes connections', () => {
  const gateway: Partial<Workload> = { namespace: 'infra', labels: { app: 'edge' }, proxy: 'gateway' };
  const server = (protocol: string, more = '') => `
apiVersion: networking.istio.io/v1
kind: Gateway
metadata: {name: gw, namespace: infra}
spec: {selector: {app: edge}, servers: [{port: {number: 9000, name: p, protocol: ${protocol}}, hosts: ["*"] ${more}}]}
---`;
  const bound = 'gateways: [infra/gw],';

  it('passes plain TCP to the first rule that fits', () => {
    const yaml =
      tcp +
      server('TCP') +
      rules(
        `${bound} tcp: [{match: [{port: 1}], route: [${to('third')}]}, {match: [{port: 9000}], route: [${to('other')}]}]`,
      );
    expect(leads(yaml, {}, 0, gateway)).toBe('other');
    expect(leads(yaml, { port: 9001 }, 0, gateway)).toBe('blocked');
  });

  it('passes TLS on by the server name, and closes what nobody asks for', () => {
    const yaml =
      tcp +
      server('TLS', ', tls: {mode: PASSTHROUGH}') +
      rules(`${bound} tls: [{match: [{sniHosts: [a.ext]}], route: [${to('other')}]}]`, '[a.ext]');
    expect(leads(yaml, { sni: 'a.ext' }, 0, gateway)).toBe('other');
    expect(leads(yaml, { sni: 'b.ext' }, 0, gateway)).toBe('blocked');
    expect(leads(yaml, {}, 0, gateway)).toBe('blocked');
  });
});

describe('connectionFromUrl', () => {
  it.each([
    ['tls://a.com', { host: 'a.com', port: 443, sni: 'a.com' }],
    ['TLS://a.com:8443/', { host: 'a.com', port: 8443, sni: 'a.com' }],
    ['tcp://db.data:5432', { host: 'db.data', port: 5432, sni: null }],
    ['tcp://[::1]:5432', { host: '::1', port: 5432, sni: null }],
    ['http://a.com', undefined],
  ])('%s', (url, expected) => {
    expect(connectionFromUrl(url)).toEqual(expected);
  });

  it.each(['tcp://a.com', 'tcp://a.com:0', 'tls://', 'tls://a.com:99999', 'tcp://a:b:1'])(
    'refuses %s',
    (url) => {
      expect(() => connectionFromUrl(url)).toThrow(RangeError);
    },
  );
});
