import { analysis } from '../../../test/issues.js';
import { type Ask, decide, outcome, tableOf } from '../../../test/mesh.js';
import type { Forward } from '../../decision.js';

const service = (name: string, namespace = 'hello-page') => `
apiVersion: v1
kind: Service
metadata: {name: ${name}, namespace: ${namespace}}
spec: {clusterIP: 10.0.0.1, ports: [{name: http, port: 8080}]}
---`;
const services = ['front', 'a', 'b'].map((name) => service(name)).join('');

/** A route of the Service `front`, with these rules. */
const routeOf = (rules: string, kind = 'HTTPRoute') => `
apiVersion: gateway.networking.k8s.io/v1
kind: ${kind}
metadata: {name: r, namespace: hello-page}
spec: {parentRefs: [{group: "", kind: Service, name: front, port: 8080}], rules: [${rules}]}
---`;

const toA = 'backendRefs: [{name: a, port: 8080}]';
const decided = (rules: string, ask: Ask = {}) =>
  decide(tableOf(services + routeOf(rules)), { authority: 'front:8080', ...ask });
const forwarded = (rules: string, ask: Ask = {}) => decided(rules, ask) as Forward;
const filter = (type: string, value: string) =>
  `{type: ${type}, ${type.charAt(0).toLowerCase()}${type.slice(1)}: ${value}}`;

describe('the time limits of a rule', () => {
  it.each([
    ['', 0],
    [', timeouts: {request: 5s}', 5000],
    [', timeouts: {request: 5s, backendRequest: 2s}', 2000],
    [', timeouts: {request: 0s, backendRequest: 0s}', 0],
  ])('%j: %d ms for all', (timeouts, expected) => {
    expect(forwarded(`{${toA}${timeouts}}`).timeoutMs).toBe(expected);
  });
});

describe('the changes of headers', () => {
  const modify = (part: string, changes: string) => filter(`${part}HeaderModifier`, changes);
  const changes =
    '{set: [{name: X-A, value: "1"}, {name: x-a, value: "2"}], add: [{name: b, value: c}], remove: [d]}';
  const named = (mutations: Forward['requestHeaders']) =>
    mutations.map(({ kind, name }) => `${kind} ${name}`);

  it('of a rule are for its requests or its answers; of one name the first counts', () => {
    const request = forwarded(`{${toA}, filters: [${modify('Request', changes)}]}`);
    expect(named(request.requestHeaders)).toEqual(['remove d', 'set x-a', 'add b']);
    expect(request.requestHeaders[1]).toMatchObject({ value: ['1'] });
    expect(request.responseHeaders).toEqual([]);
    const response = forwarded(`{${toA}, filters: [${modify('Response', changes)}]}`);
    expect([named(response.requestHeaders), named(response.responseHeaders)]).toEqual([
      ...[[], ['remove d', 'set x-a', 'add b']],
    ]);
  });

  it('of a backend are for what goes to it alone', () => {
    const own = `filters: [${modify('Request', '{set: [{name: x, value: v}]}')}, ${modify('Response', '{remove: [z]}')}]`;
    const rule = `{backendRefs: [{name: a, port: 8080, ${own}}, {name: b, port: 8080}]}`;
    const [a, b] = [forwarded(rule, { draw: 0.2 }), forwarded(rule, { draw: 0.7 })];
    expect([a.cluster.service.name, named(a.requestHeaders), named(a.responseHeaders)]).toEqual([
      ...['a', ['set x'], ['remove z']],
    ]);
    expect([b.cluster.service.name, b.requestHeaders, b.responseHeaders]).toEqual(['b', [], []]);
  });
});

describe('what is sent', () => {
  const rewrite = (value: string) =>
    `{matches: [{path: {type: PathPrefix, value: /old}}], ${toA}, filters: [${filter('URLRewrite', value).replace('uRLRewrite', 'urlRewrite')}]}`;

  it.each([
    ['{hostname: new.ext}', 'new.ext', '/old/x?y'],
    ['{path: {type: ReplaceFullPath, replaceFullPath: /new}}', 'front:8080', '/new?y'],
    ['{path: {type: ReplacePrefixMatch, replacePrefixMatch: /new}}', 'front:8080', '/new/x?y'],
    ['{path: {type: ReplacePrefixMatch, replacePrefixMatch: /new/}}', 'front:8080', '/new/x?y'],
    ['{path: {type: ReplacePrefixMatch, replacePrefixMatch: /}}', 'front:8080', '/x?y'],
  ])('with a rewrite: %s', (value, authority, path) => {
    expect(forwarded(rewrite(value), { path: '/old/x?y' })).toMatchObject({ authority, path });
  });
});

describe('a redirect', () => {
  const to = (value: string) =>
    `{matches: [{path: {type: PathPrefix, value: /old}}], filters: [${filter('RequestRedirect', value)}]}`;

  it.each([
    ['{hostname: new.ext}', '302 http://new.ext:8080/old/x'],
    ['{scheme: https}', '302 https://front:8080/old/x'],
    ['{port: 81, statusCode: 301}', '301 http://front:81/old/x'],
    ['{path: {type: ReplaceFullPath, replaceFullPath: /new}}', '302 http://front:8080/new'],
    ['{path: {type: ReplacePrefixMatch, replacePrefixMatch: /new}}', '302 http://front:8080/new/x'],
  ])('%s', (value, expected) => {
    expect(outcome(tableOf(services + routeOf(to(value))), { authority: 'front:8080', path: '/old/x' })).toBe(
      expected,
    );
  });
});

describe('a policy of CORS', () => {
  const rule = `{${toA}, filters: [${filter('CORS', '{allowOrigins: ["http://a.ext", "http://*.b.ext", ""], allowMethods: [GET, PUT], allowHeaders: [x], exposeHeaders: [e, f], maxAge: 9, allowCredentials: true}').replace('cORS', 'cors')}]}`;

  it('says what browsers are told, and answers strangers as well', () => {
    expect(forwarded(rule).cors).toMatchObject({
      allowOrigins: [
        { kind: 'exact', value: 'http://a.ext', ignoreCase: false },
        { kind: 'regex', value: 'http://.*\\.b\\.ext', ignoreCase: false },
      ],
      allowMethods: 'GET,PUT',
      allowHeaders: 'x',
      exposeHeaders: 'e,f',
      maxAge: 9,
      allowCredentials: true,
      forwardUnmatchedPreflights: false,
    });
  });
});

describe('mirrors', () => {
  it.each([
    ['', 100],
    [', percent: 25', 25],
    [', fraction: {numerator: 1, denominator: 8}', 12.5],
    [', percent: 0', undefined],
  ])('get a share of the requests: %j', (share, expected) => {
    const mirror = filter('RequestMirror', `{backendRef: {name: b, port: 8080}${share}}`);
    expect(forwarded(`{${toA}, filters: [${mirror}]}`).mirrors.map(({ percentage }) => percentage)).toEqual(
      expected === undefined ? [] : [expected],
    );
  });
});

describe('backends', () => {
  const problems = (backend: string) =>
    analysis(services + routeOf(`{backendRefs: [{${backend}}]}`)).flatMap(({ code, message }) =>
      code === 'backend-missing' || code === 'route-lost' ? [`${code} ${message}`] : [],
    );

  it.each([
    ['name: none, port: 8080', /^backend-missing .*there is no Service none in the namespace hello-page/],
    ['name: a, namespace: shop, port: 8080', /there is no Service a in the namespace shop/],
    ['name: a.b, port: 8080', /^route-lost .*a\.b is not the name of a Service, which has no dots/],
    ['name: a', /^route-lost .*the port of a is missing/],
    [
      'group: networking.istio.io, kind: Hostname, name: n.ext, port: 8080',
      /^backend-missing .*no Service and no ServiceEntry has the host n\.ext/,
    ],
    [
      'group: networking.istio.io, kind: Hostname, name: n.ext',
      /^route-lost .*the port of n\.ext is missing/,
    ],
    [
      'group: networking.istio.io, kind: Hostname, name: n.ext, namespace: shop, port: 8080',
      /^route-lost .*a Hostname has no namespace/,
    ],
    [
      'group: apps, kind: Deployment, name: a, port: 8080',
      /^backend-missing .*a backend cannot be a Deployment \(apps\); Istio knows Service, and Hostname of networking\.istio\.io/,
    ],
  ])('%s', (backend, expected) => {
    expect(problems(backend)).toEqual([expect.stringMatching(expected)]);
  });

  it('that get nothing are not missed', () => {
    const rule = `{backendRefs: [{name: a, port: 8080}, {name: none, port: 8080, weight: 0}]}`;
    expect(problems('name: a, port: 8080')).toEqual([]);
    expect(analysis(services + routeOf(rule)).map(({ code }) => code)).not.toContain('backend-missing');
  });
});

describe('a grant for a backend in another namespace', () => {
  const gateway = `
apiVersion: v1
kind: Service
metadata: {name: edge, namespace: infra}
spec: {clusterIP: 10.0.0.2, selector: {app: edge}, ports: [{name: http, port: 80, targetPort: 8080}]}
---
apiVersion: gateway.networking.k8s.io/v1
kind: Gateway
metadata: {name: gw, namespace: infra}
spec: {gatewayClassName: istio, addresses: [{type: Hostname, value: edge}], listeners: [{name: x, port: 80, protocol: HTTP}]}
---
apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata: {name: r, namespace: infra}
spec: {parentRefs: [{name: gw}], rules: [{backendRefs: [{name: far, namespace: shop, port: 8080}]}]}
---`;
  const grant = (namespace: string, from: string, to: string) => `
apiVersion: gateway.networking.k8s.io/v1beta1
kind: ReferenceGrant
metadata: {name: g, namespace: ${namespace}}
spec: {from: [{${from}}], to: [{${to}}]}
---`;
  const from = (kind: string, namespace: string) =>
    `group: gateway.networking.k8s.io, kind: ${kind}, namespace: ${namespace}`;

  it.each([
    ['shop', from('HTTPRoute', 'infra'), 'group: "", kind: Service', true],
    ['shop', from('HTTPRoute', 'infra'), 'group: "", kind: Service, name: far', true],
    ['shop', from('HTTPRoute', 'infra'), 'group: "", kind: Service, name: other', false],
    ['shop', from('HTTPRoute', 'infra'), 'group: "", kind: Secret', false],
    ['shop', from('HTTPRoute', 'shop'), 'group: "", kind: Service', false],
    ['shop', from('GRPCRoute', 'infra'), 'group: "", kind: Service', false],
    ['infra', from('HTTPRoute', 'infra'), 'group: "", kind: Service', false],
  ])('stands in %s, from %s to %s: %s', (namespace, who, what, isGranted) => {
    const yaml = service('far', 'shop') + gateway + grant(namespace, who, what);
    const seenBy = { namespace: 'infra', labels: { app: 'edge' }, proxy: 'gateway' } as const;
    expect(outcome(tableOf(yaml, seenBy), { authority: 'h.com', port: 80 })).toBe(
      isGranted ? 'far.shop.svc.cluster.local:8080' : 'NC UnknownService',
    );
  });
});
