import fc from 'fast-check';
import { decide, registry, resourcesOf, tableOf, virtualService, workload } from '../../test/mesh.js';
import { compile } from '../compile/compile.js';
import { routesOf } from '../compile/routes.js';
import { explain } from '../explain/explain.js';
import { renderExplanation } from '../explain/render.js';
import { lower } from '../lower/mesh.js';
import { holds } from '../match/match-block.js';
import { RequestView } from '../match/request-view.js';
import { RouteIndex, RouteScan } from '../match/route-index.js';
import type { RouteRequest } from '../request.js';
import type { StringMatch } from '../resources/string-match.js';
import type { HttpMatchRequest, HttpRule, VirtualService } from '../resources/virtual-service.js';
import { defaultRetryPolicy } from '../retry/retry-policy.js';
import { takeAll } from '../steps.js';
import { normalizePath } from './path-normalization.js';
import { route } from './route.js';

// Few names and values, so that rules and requests meet.
const word = fc.constantFrom('', 'a', 'b', 'ab', 'A', '张', 'a,b');
const path = fc.constantFrom('/', '/a', '/b', '/a/b', '/ab', '/A');
const stringMatch = (value: fc.Arbitrary<string>): fc.Arbitrary<StringMatch> =>
  fc.oneof(
    { weight: 4, arbitrary: fc.record({ kind: fc.constant('exact' as const), value }) },
    fc.record({ kind: fc.constant('prefix' as const), value }),
    fc.record({ kind: fc.constant('regex' as const), value: fc.constantFrom('.*', 'a+', '[^b]*', '*', '(') }),
    fc.record({ kind: fc.constant('present' as const) }),
  );
const named = fc.dictionary(fc.constantFrom('user', 'X', 'region', 'x-request-id'), stringMatch(word), {
  maxKeys: 2,
  noNullPrototype: true,
});
const match: fc.Arbitrary<HttpMatchRequest> = fc.record(
  {
    uri: stringMatch(path),
    method: stringMatch(fc.constantFrom('GET', 'POST')),
    port: fc.constantFrom(80, 8080),
    ignoreUriCase: fc.boolean(),
    headers: named,
    withoutHeaders: named,
    queryParams: named,
    sourceLabels: fc.constantFrom({}, { app: 'hello-page' }, { app: 'other' }),
    gateways: fc.constantFrom([], ['mesh'], ['other']),
  },
  { requiredKeys: ['ignoreUriCase', 'headers', 'withoutHeaders', 'queryParams', 'sourceLabels', 'gateways'] },
);
const rule: fc.Arbitrary<HttpRule> = fc.record(
  {
    match: fc.array(match, { maxLength: 2 }),
    route: fc.array(
      fc.record({
        destination: fc.record({ host: fc.constantFrom('one.ext', 'two.ext', 'none.ext') }),
        weight: fc.nat(3),
      }),
      { minLength: 1, maxLength: 3 },
    ),
    mirrors: fc.constant([]),
    timeout: fc.constantFrom(1, 1000),
    rewrite: fc.constantFrom(
      { uri: '/x' },
      { authority: 'x' },
      { uriRegexRewrite: { match: 'a*', rewrite: '\\1-' } },
    ),
    redirect: fc.constantFrom({ uri: '/y' }, { redirectCode: 304 }, { scheme: 'https', prefixRewrite: '/z' }),
    delegate: fc.constant({ name: 'leaf' }),
  },
  { requiredKeys: ['match', 'route', 'mirrors'] },
);
const rules = fc.array(rule, { minLength: 1, maxLength: 30 });
const latin1 = fc.string({
  unit: fc.integer({ min: 0, max: 255 }).map((code) => String.fromCharCode(code)),
  maxLength: 12,
});
const bytes = word.map((text) => Buffer.from(text).toString('latin1'));
const field = fc.tuple(fc.constantFrom('user', 'User', 'x', 'region', 'other'), fc.oneof(bytes, latin1));
const request: fc.Arbitrary<RouteRequest> = fc.record({
  method: fc.constantFrom('GET', 'POST', 'CONNECT', 'OPTIONS'),
  scheme: fc.constantFrom('http' as const, 'https' as const),
  authority: fc.oneof({ weight: 5, arbitrary: fc.constantFrom('t.ext', 'T.ext:1', 'one.ext') }, latin1),
  port: fc.constantFrom(80, 8080, 1),
  path: fc.oneof(
    {
      weight: 5,
      arbitrary: fc
        .tuple(path, fc.constantFrom('', '?user=a', '?X&user', '?region=a&user=b'))
        .map((parts) => parts.join('')),
    },
    latin1,
    latin1.map((text) => `/${text}`),
  ),
  headers: fc.array(field, { maxLength: 4 }).map((fields) => fields.flat()),
});

const template = resourcesOf(
  virtualService('[{route: [{destination: {host: one.ext}}]}]'),
)[0] as VirtualService;
const services = resourcesOf(registry);

function withRules(http: HttpRule[], hosts = ['t.ext'], name = 'rules'): VirtualService {
  return { ...template, metadata: { ...template.metadata, name }, spec: { ...template.spec, hosts, http } };
}

describe('for any rules and any request', () => {
  it('routing throws nothing, and says the same again', () => {
    fc.assert(
      fc.property(
        rules,
        rules,
        request,
        fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
        (http, leaf, asked, draw) => {
          const resources = [...services, withRules(http), withRules(leaf, [], 'leaf')];
          const decision = route(compile(resources, workload), asked, draw);
          expect(route(compile(resources, workload), asked, draw)).toEqual(decision);
        },
      ),
      { numRuns: 150 },
    );
  });

  it('an index finds what a scan finds', () => {
    fc.assert(
      fc.property(
        rules,
        request,
        fc.constantFrom('each' as const, 'joined' as const),
        (http, asked, repeatedHeaders) => {
          const [lowered] = takeAll(lower([withRules(http)], workload)).rules;
          const at = { port: 8080, workload, gateway: 'mesh' };
          const context = {
            ...at,
            clusters: new Map(),
            services: new Map(),
            defaultRetry: defaultRetryPolicy,
          };
          const routes = lowered === undefined ? [] : routesOf(lowered, context);
          const view = new RequestView(asked, normalizePath(asked.path) ?? '/', repeatedHeaders);
          const found = new RouteIndex(routes).find(view);
          expect(found).toBe(new RouteScan(routes).find(view));
          expect(found).toBe(routes.find(({ block }) => holds(block, view)));
        },
      ),
      { numRuns: 700 },
    );
  });

  it('an explanation tells of the same decision, as plain data and as text', () => {
    fc.assert(
      fc.property(rules, request, (http, asked) => {
        const table = compile([...services, withRules(http)], workload);
        const explanation = explain(table, asked);
        const { kind, because } = route(table, asked, 0);
        expect(explanation.decision).toEqual({ kind, because });
        expect(JSON.parse(JSON.stringify(explanation))).toMatchObject({ decision: { kind } });
        expect(renderExplanation(explanation)).toContain(explanation.summary);
        const total = explanation.destinations.reduce((sum, { share }) => sum + share, 0);
        expect([0, 1]).toContain(Math.round(total * 1e9) / 1e9);
      }),
      { numRuns: 150 },
    );
  });
});

it('a normal path is normal', () => {
  fc.assert(
    fc.property(
      fc.oneof(
        latin1,
        fc.string({ unit: fc.constantFrom('/', '.', '%2e', '%2F', 'a', '\\', '%'), maxLength: 12 }),
      ),
      (text) => {
        const once = normalizePath(`/${text}`);
        fc.pre(once !== undefined);
        expect(once.startsWith('/')).toBe(true);
        expect(once.split('?')[0]?.split('/')).not.toContain('..');
      },
    ),
    { numRuns: 1000 },
  );
});

it('delegates that lead to each other end', () => {
  const loop = ['a', 'b'].map((name) =>
    virtualService(
      `[{delegate: {name: ${name === 'a' ? 'b' : 'a'}}}, {route: [{destination: {host: one.ext}}]}]`,
      { name, hosts: '[]' },
    ),
  );
  const table = tableOf(virtualService('[{delegate: {name: a}}]') + loop.join(''));
  expect(decide(table, '/')).toMatchObject({
    kind: 'forward',
    because: { rule: { index: 1, delegate: { name: 'a' } } },
  });
});
