import { analysis, brief } from '../../../test/issues.js';
import { outcome, tableOf } from '../../../test/mesh.js';
import type { Workload } from '../../workload.js';

const service = (name: string, namespace = 'hello-page') => `
apiVersion: v1
kind: Service
metadata: {name: ${name}, namespace: ${namespace}}
spec: {clusterIP: 10.0.0.1, ports: [{name: http, port: 8080}]}
---`;
const services = ['front', 'a', 'b'].map((name) => service(name)).join('') + service('far', 'shop');

interface Shape {
  name?: string;
  namespace?: string;
  parent?: string;
  kind?: string;
  more?: string;
}

function route(rules: string, shape: Shape = {}): string {
  const { name = 'r', namespace = 'hello-page', kind = 'HTTPRoute', more = '' } = shape;
  const parent = shape.parent ?? '{group: "", kind: Service, name: front, port: 8080}';
  return `
apiVersion: gateway.networking.k8s.io/v1
kind: ${kind}
metadata: {name: ${name}, namespace: ${namespace}}
spec: {parentRefs: [${parent}], ${more} rules: ${rules}}
---`;
}

const to = (name: string, more = '') => `backendRefs: [{name: ${name}, port: 8080 ${more}}]`;
const prefix = (path: string, more = '') => `matches: [{path: {type: PathPrefix, value: ${path}} ${more}}]`;
const asked = (table: ReturnType<typeof tableOf>, path: string, headers: string[] = [], method = 'GET') =>
  outcome(table, { authority: 'front:8080', path, headers, method }).replace(/\..*/, '');

describe('an HTTPRoute of a Service', () => {
  it('is tried by how specific its rules are, not by their order', () => {
    const table = tableOf(
      services +
        route(`[
          {${to('far', ', namespace: shop')}},
          {matches: [{path: {type: RegularExpression, value: "/a.*"}}], ${to('b')}},
          {${prefix('/a', ', method: POST')}, ${to('b')}},
          {${prefix('/a', ', headers: [{name: u, value: v}]')}, ${to('b')}},
          {${prefix('/a')}, ${to('a')}},
          {${prefix('/a/long/')}, ${to('front')}},
          {matches: [{path: {type: Exact, value: /a/long/x}}], ${to('b')}}]`),
    );
    expect(['/', '/ab', '/a', '/a/long', '/a/long/x', '/a/longer'].map((path) => asked(table, path))).toEqual(
      ['far', 'far', 'a', 'front', 'b', 'a'],
    );
    expect(asked(table, '/a', [], 'POST')).toBe('b');
    expect(asked(table, '/a', ['u', 'v'])).toBe('b');
  });

  it('counts for clients of its own namespace, or of the service’s', () => {
    const of = (namespace: string) =>
      route(`[{${to('a', ', namespace: hello-page')}}]`, {
        namespace,
        parent: '{group: "", kind: Service, name: far, namespace: shop}',
      });
    const asks = (yaml: string, seenBy: Partial<Workload> = {}) =>
      outcome(tableOf(services + yaml, seenBy), { authority: 'far.shop:8080', path: '/' }).replace(
        /\..*/,
        '',
      );
    expect(asks(of('shop'))).toBe('a');
    expect(asks(of('hello-page'))).toBe('a');
    expect(asks(of('third'))).toBe('far');
    expect(asks(of('third'), { namespace: 'third' })).toBe('a');
  });

  it('is put together with a GRPCRoute of the same Service', () => {
    const grpc = route(`[{matches: [{method: {service: pkg.Svc}}], ${to('b')}}]`, {
      kind: 'GRPCRoute',
      name: 'g',
    });
    const table = tableOf(services + grpc + route(`[{${to('a')}}]`));
    expect(asked(table, '/pkg.Svc/Get')).toBe('b');
    expect(asked(table, '/pkg.SvcX/Get')).toBe('a');
  });

  it('needs its Service, and no grant for a backend in another namespace', () => {
    const far = route(`[{${to('far', ', namespace: shop')}}]`);
    expect(asked(tableOf(services + far), '/')).toBe('far');
    const nowhere = far.replace('name: front', 'name: nobody');
    expect(asked(tableOf(services + nowhere), '/')).toBe('front');
  });

  it('answers 500 for what is missing, at its share', () => {
    const table = tableOf(
      services + route('[{backendRefs: [{name: none, port: 8080}, {name: a, port: 8080, weight: 3}]}]'),
    );
    const draw = (at: number) => outcome(table, { authority: 'front:8080', path: '/', draw: at });
    expect([draw(0.2), draw(0.3)]).toEqual([
      'NC outbound|8080||none.hello-page.svc.cluster.local',
      'a.hello-page.svc.cluster.local:8080',
    ]);
    expect(asked(tableOf(services + route('[{}]')), '/')).toBe('500');
  });
});

const gateway: Partial<Workload> = { namespace: 'infra', labels: { app: 'edge' }, proxy: 'gateway' };
const edge = `
apiVersion: v1
kind: Service
metadata: {name: edge, namespace: infra}
spec: {clusterIP: 10.0.0.2, selector: {app: edge}, ports: [{name: http, port: 80, targetPort: 8080}]}
---`;
const listener = (name: string, more = '') => `{name: ${name}, port: 80, protocol: HTTP ${more}}`;
const gatewayOf = (listeners: string) => `
apiVersion: gateway.networking.k8s.io/v1
kind: Gateway
metadata: {name: gw, namespace: infra}
spec: {gatewayClassName: istio, addresses: [{type: Hostname, value: edge}], listeners: [${listeners}]}
---`;
const fromAll = ', allowedRoutes: {namespaces: {from: All}}';
const toGateway = '{name: gw, namespace: infra}';

function atGateway(yaml: string, authority: string, path = '/') {
  return outcome(tableOf(services + edge + yaml, gateway), { authority, port: 80, path }).replace(/\..*/, '');
}

describe('an HTTPRoute of a Gateway', () => {
  const all = route(`[{${to('a')}}]`, { parent: toGateway });

  it('attaches from its own namespace, or from where the listener says', () => {
    const own = route(`[{${to('far', ', namespace: shop')}}]`, { namespace: 'infra', parent: '{name: gw}' });
    const grant = `
apiVersion: gateway.networking.k8s.io/v1
kind: ReferenceGrant
metadata: {name: g, namespace: shop}
spec: {from: [{group: gateway.networking.k8s.io, kind: HTTPRoute, namespace: infra}], to: [{group: "", kind: Service}]}
---`;
    expect(atGateway(gatewayOf(listener('x')) + all, 'h.com')).toBe('404');
    expect(atGateway(gatewayOf(listener('x', fromAll)) + all, 'h.com')).toBe('a');
    expect(atGateway(gatewayOf(listener('x')) + own, 'h.com')).toBe('NC UnknownService');
    expect(atGateway(gatewayOf(listener('x')) + own + grant, 'h.com')).toBe('far');
  });

  it('attaches from namespaces by their labels', () => {
    const selected = ', allowedRoutes: {namespaces: {from: Selector, selector: {matchLabels: {team: mine}}}}';
    const namespace = (team: string) =>
      `\napiVersion: v1\nkind: Namespace\nmetadata: {name: hello-page, labels: {team: ${team}}}\n---`;
    expect(atGateway(gatewayOf(listener('x', selected)) + all + namespace('mine'), 'h.com')).toBe('a');
    expect(atGateway(gatewayOf(listener('x', selected)) + all + namespace('other'), 'h.com')).toBe('404');
  });

  it('is for the hosts that it has in common with its listener, the more exact listener first', () => {
    const listeners = [
      listener('wide', `, hostname: "*.h.com" ${fromAll}`),
      listener('narrow', `, hostname: a.h.com ${fromAll}`),
    ].join(', ');
    const wide = route(`[{${to('a')}}]`, { parent: '{name: gw, namespace: infra, sectionName: wide}' });
    const narrow = route(`[{${to('b')}}]`, {
      name: 's',
      parent: '{name: gw, namespace: infra, sectionName: narrow}',
    });
    const yaml = gatewayOf(listeners) + wide + narrow;
    expect(['x.h.com', 'a.h.com', 'h.com', 'other.com'].map((host) => atGateway(yaml, host))).toEqual([
      'a',
      'b',
      '404',
      '404',
    ]);
  });

  it('does not listen where the Gateway does not', () => {
    const table = tableOf(services + edge + gatewayOf(listener('x', fromAll)) + all, gateway);
    expect(outcome(table, { authority: 'h.com', port: 81 })).toBe('blocked tcp');
  });
});

describe('what a route says in vain', () => {
  const replaced = (by: string) =>
    `{type: URLRewrite, urlRewrite: {path: {type: ReplacePrefixMatch, replacePrefixMatch: ${by}}}}`;

  it.each([
    ['/', '/'],
    ['/old', '/new'],
    ['/old', '/'],
  ])('the prefix %s may be replaced by %s', (from, by) => {
    const yaml = route(`[{filters: [${replaced(by)}], ${prefix(from)}, ${to('a')}}]`);
    expect(analysis(services + yaml).map(({ code }) => code)).not.toContain('rewrite-not-as-meant');
  });

  it.each([
    [
      'a parent that is not there',
      route('[{}]', { parent: '{group: "", kind: Service, name: none}' }),
      'route-not-attached spec.parentRefs[0]',
    ],
    [
      'a Gateway that is not there',
      route('[{}]', { parent: '{name: none}' }),
      'route-not-attached spec.parentRefs[0]',
    ],
    [
      'a backend that is not there',
      route(`[{${to('none')}}]`),
      'backend-missing spec.rules[0].backendRefs[0]',
    ],
    [
      'hosts beside a Service',
      route(`[{${to('a')}}]`, { more: 'hostnames: [h.com],' }),
      'hostnames-ignored spec.hostnames',
    ],
    [
      'a filter that nobody knows',
      route(`[{filters: [{type: ExtensionRef, extensionRef: {group: a, kind: B, name: c}}], ${to('a')}}]`),
      'route-lost spec.rules[0].filters[0].type',
    ],
    [
      'the prefix / replaced',
      route(`[{filters: [${replaced('/new/')}], ${prefix('/')}, ${to('a')}}]`),
      'rewrite-not-as-meant spec.rules[0].filters[0].urlRewrite.path.replacePrefixMatch',
    ],
    [
      'the prefix of a rule for all replaced in a redirect',
      route(
        '[{filters: [{type: RequestRedirect, requestRedirect: {path: {type: ReplacePrefixMatch, replacePrefixMatch: /new}}}]}]',
      ),
      'rewrite-not-as-meant spec.rules[0].filters[0].requestRedirect.path.replacePrefixMatch',
    ],
    [
      'a mirror to nobody',
      route(
        `[{filters: [{type: RequestMirror, requestMirror: {backendRef: {name: none, port: 80}}}], ${to('a')}}]`,
      ),
      'backend-missing spec.rules[0].filters[0].requestMirror.backendRef',
    ],
  ])('%s is a warning', (_, yaml, expected) => {
    expect(analysis(services + yaml).map(brief)).toContain(`warning ${expected}`);
  });

  it('is nothing where all is well', () => {
    const codes = analysis(services + route(`[{${to('a')}}]`)).map(({ code }) => code);
    expect(codes.filter((code) => code !== 'destination-no-endpoints')).toEqual([]);
  });
});
