import { analysis, brief } from '../../../test/issues.js';
import { tableOf } from '../../../test/mesh.js';
import { routeConnection } from '../../route/route-connection.js';
import type { Workload } from '../../workload.js';

const service = (name: string, address: number, namespace = 'shop') => `
apiVersion: v1
kind: Service
metadata: {name: ${name}, namespace: ${namespace}}
spec: {clusterIP: 10.0.0.${address}, ports: [{name: tls, port: 443}, {name: tcp, port: 9000}]}
---`;
const services = service('front', 1) + service('a', 2) + service('b', 3) + service('far', 4, 'depot');

const gateway = `
apiVersion: gateway.networking.k8s.io/v1
kind: Gateway
metadata: {name: door, namespace: shop}
spec:
  gatewayClassName: istio
  listeners:
  - {name: pass, port: 443, protocol: TLS, hostname: "*.example.com", tls: {mode: Passthrough}}
  - {name: ended, port: 8443, protocol: TLS, hostname: "*.example.com", tls: {certificateRefs: [{name: c}]}}
  - {name: bytes, port: 9000, protocol: TCP}
---`;
const atDoor: Partial<Workload> = {
  namespace: 'shop',
  labels: { 'gateway.networking.k8s.io/gateway-name': 'door' },
  proxy: 'gateway',
};
const inMesh: Partial<Workload> = { namespace: 'elsewhere', labels: {} };

interface Shape {
  name?: string;
  namespace?: string;
  hostnames?: string;
  parents?: string;
}

function route(kind: 'TLSRoute' | 'TCPRoute', backends: string, shape: Shape = {}): string {
  const { name = 'r', namespace = 'shop', parents = '{name: door}', hostnames = 'x.example.com' } = shape;
  const names = kind === 'TLSRoute' ? `hostnames: [${hostnames}], ` : '';
  return `
apiVersion: gateway.networking.k8s.io/v1
kind: ${kind}
metadata: {name: ${name}, namespace: ${namespace}}
spec: {parentRefs: [${parents}], ${names}rules: [{backendRefs: [${backends}]}]}
---`;
}

const to = (name: string, more = '') => `{name: ${name}, port: 443${more}}`;

/** The first label of the host that a connection leads to; `closed` where there is none. */
function asked(rules: string, port: number, sni: string | null, client = atDoor, draw = 0): string {
  const table = tableOf(services + gateway + rules, client);
  const host = client === atDoor ? (sni ?? 'x') : 'front.shop.svc.cluster.local';
  const decision = routeConnection(table, { host, port, sni }, draw);
  // What no chain takes goes on to where it was dialled: as here, the service itself.
  return decision.kind === 'connect' ? (decision.because.destination?.host.split('.')[0] ?? '') : 'closed';
}

describe('a TLSRoute at a Gateway', () => {
  const rules =
    route('TLSRoute', to('a'), {
      name: 'wide',
      hostnames: '"*.com"',
      parents: '{name: door, sectionName: pass}',
    }) + route('TLSRoute', to('b'), { name: 'exact', parents: '{name: door, sectionName: pass}' });

  it.each([
    ['x.example.com', 'b'],
    ['X.EXAMPLE.com', 'b'],
    ['y.example.com', 'a'],
    ['example.com', 'closed'],
    ['y.com', 'closed'],
    [null, 'closed'],
  ])('takes of the listener’s names the route’s: %s', (sni, backend) => {
    expect(asked(rules, 443, sni)).toBe(backend);
  });

  it('takes every name of a listener that ends TLS, whatever its own are', () => {
    const ended = route('TLSRoute', to('a'), { parents: '{name: door, sectionName: ended}' });
    expect(['x.example.com', 'y.example.com', 'y.com'].map((sni) => asked(ended, 8443, sni))).toEqual([
      'a',
      'a',
      'closed',
    ]);
  });

  it('comes after those whose names are less, a shorter one with a hyphen first', () => {
    const twins =
      route('TLSRoute', to('a'), { name: 'hello' }) + route('TLSRoute', to('b'), { name: 'hello-v2' });
    expect(asked(twins, 443, 'x.example.com')).toBe('b');
  });

  it('is lost with all of its names where one of them is another’s', () => {
    const shared =
      route('TLSRoute', to('a'), { name: 'first' }) +
      route('TLSRoute', to('b'), { name: 'second', hostnames: 'y.example.com, x.example.com' });
    expect([asked(shared, 443, 'x.example.com'), asked(shared, 443, 'y.example.com')]).toEqual([
      'a',
      'closed',
    ]);
  });

  it('shares by weight what it sends to those that have one', () => {
    const split = route(
      'TLSRoute',
      `${to('a', ', weight: 1')}, ${to('b', ', weight: 3')}, ${to('front', ', weight: 0')}`,
    );
    expect([0, 0.24, 0.26, 0.99].map((draw) => asked(split, 443, 'x.example.com', atDoor, draw))).toEqual([
      'a',
      'a',
      'b',
      'b',
    ]);
  });
});

describe('a TCPRoute', () => {
  it('takes every connection of its listener, the first by name', () => {
    const rules =
      route('TCPRoute', to('b'), { name: 'second' }) + route('TCPRoute', to('a'), { name: 'first' });
    expect(asked(rules, 9000, null)).toBe('a');
    expect(asked(rules, 443, 'x.example.com')).toBe('closed');
  });

  it('closes connections where no backend has a weight or is there', () => {
    expect(asked(route('TCPRoute', to('a', ', weight: 0')), 9000, null)).toBe('closed');
    expect(asked(route('TCPRoute', to('nope')), 9000, null)).toBe('closed');
  });

  it('of a Service counts for clients of every namespace, on the port that it names', () => {
    const parents = '{group: "", kind: Service, name: front, namespace: shop, port: 9000}';
    const rules = route('TCPRoute', '{name: a, namespace: shop, port: 9000}', {
      namespace: 'depot',
      parents,
    });
    expect(asked(rules, 9000, null, inMesh)).toBe('a');
    expect(asked(rules.replace('port: 9000}]', 'port: 9001}]'), 9000, null, inMesh)).toBe('front');
  });
});

describe('a TLSRoute of a Service', () => {
  const parents = '{group: "", kind: Service, name: front}';
  const byName = (hostnames: string) => (sni: string) =>
    asked(route('TLSRoute', to('a'), { parents, hostnames }), 443, sni, inMesh);

  it('takes a single name as it is, of several those of the Service, and every name where there is none', () => {
    const own = 'front.shop.svc.cluster.local';
    expect(['x.example.com', own].map(byName('x.example.com'))).toEqual(['a', 'front']);
    expect(['x.example.com', own].map(byName(`x.example.com, ${own}`))).toEqual(['front', 'a']);
    expect(['z.example.com', own].map(byName('x.example.com, y.example.com'))).toEqual(['a', 'a']);
  });
});

describe('what is said of routes of connections', () => {
  const said = (rules: string) => analysis(services + gateway + rules).map(brief);

  it.each<[string, string, string[]]>([
    [
      'a hostname that no listener has',
      route('TLSRoute', to('a'), { hostnames: 'x.example.org' }),
      ['warning route-not-attached spec.parentRefs[0]'],
    ],
    [
      'a listener that does not take the kind',
      route('TLSRoute', to('a'), { parents: '{name: door, sectionName: bytes}' }),
      ['warning route-not-attached spec.parentRefs[0]'],
    ],
    [
      'a TCPRoute at a listener that passes TLS on',
      route('TCPRoute', to('a'), { parents: '{name: door, sectionName: pass}' }),
      ['warning route-not-attached spec.parentRefs[0]'],
    ],
    [
      'a backend that is missing',
      route('TCPRoute', to('nope')),
      ['warning backend-missing spec.rules[0].backendRefs[0]'],
    ],
    [
      'a backend that is not granted',
      route('TLSRoute', to('far', ', namespace: depot')),
      ['warning backend-missing spec.rules[0].backendRefs[0]'],
    ],
    [
      'weights of 0',
      route('TLSRoute', to('a', ', weight: 0')),
      ['warning backend-missing spec.rules[0].backendRefs'],
    ],
    [
      'a name with a dot',
      route('TLSRoute', to('a.shop')),
      ['warning route-lost spec.rules[0].backendRefs[0]'],
    ],
    [
      'hostnames in the mesh that are not the Service’s',
      route('TLSRoute', to('a'), {
        parents: '{group: "", kind: Service, name: front}',
        hostnames: 'x.example.com, front.shop.svc.cluster.local',
      }),
      ['warning hostnames-ignored spec.hostnames'],
    ],
  ])('%s', (_, rules, expected) => {
    expect(said(rules).filter((line) => line.startsWith('warning'))).toEqual(expected);
  });
});
