import { helloManifest } from '../testing/manifests.js';
import { manifestSetOf, ruleBookOf, ruleSetOf } from '../testing/rule-book.js';
import { buildRuleSet, isRefused, ruleSetInSteps } from './rule-set.js';
import { summarize } from './rule-summary.js';

const request = {
  method: 'GET',
  scheme: 'http',
  authority: 'hello.com',
  port: 80,
  path: '/',
  headers: [],
} as const;

describe('a set of rules', () => {
  it('has a hash that changes with its text alone', () => {
    const one = ruleSetOf(helloManifest({ share: 90 }));
    expect(ruleSetOf(helloManifest({ share: 90 })).hash).toBe(one.hash);
    expect(ruleSetOf(helloManifest({ share: 91 })).hash).not.toBe(one.hash);
  });

  const refusals: Array<[string, string, string]> = [
    ['is not YAML', 'a: [', 'yaml-syntax'],
    [
      'Envoy would refuse',
      helloManifest().replace('- route:', '- headers: {request: {set: {a: "%BOGUS%"}}}\n    route:'),
      'envoy-refuses',
    ],
  ];
  it.each(refusals)('is refused when it %s', (_, text, code) => {
    const built = buildRuleSet(manifestSetOf(text), ruleBookOf(helloManifest()).workload);
    expect(isRefused(built)).toBe(true);
    expect(built.issues).toEqual([expect.objectContaining({ code: expect.stringContaining(code) })]);
  });

  it('is built in as many steps as it has documents, and more: between them requests are served', () => {
    const many = Array.from({ length: 200 }, (_, index) =>
      helloManifest().replaceAll('name: hello', `name: hello-${index}`),
    ).join('---\n');
    const steps = ruleSetInSteps(manifestSetOf(many), ruleBookOf(helloManifest()).workload);
    let count = 0;
    while (!steps.next().done) count++;
    expect(count).toBeGreaterThan(3 * 200);
  });

  it('says in few lines what many rules do', () => {
    const many = Array.from({ length: 100 }, (_, index) =>
      helloManifest()
        .replaceAll('name: hello', `name: hello-${index}`)
        .replaceAll('hello.com', `hello-${index}.com`),
    ).join('---\n');
    const lines = summarize(ruleSetOf(many), '1 file');
    expect(lines.length).toBeLessThan(35);
    expect(lines.at(-1)).toMatch(/^ {2}\.\.\. and \d+ VirtualServices more$/);
  });

  it('counts the rules of each kind by its name', () => {
    const route = (name: string) => `---
apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata: {name: ${name}, namespace: hello-page}
spec:
  parentRefs: [{group: networking.istio.io, kind: ServiceEntry, name: ${name}}]
---
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: ${name}, namespace: hello-page}
spec: {hosts: [${name}.ext], ports: [{number: 80, name: http, protocol: HTTP}], resolution: DNS}
`;
    const [first] = summarize(ruleSetOf(`${helloManifest()}${route('a')}${route('b')}`), '1 file');
    expect(first).toMatch(/in force: 2 HTTPRoutes and 1 VirtualService from 1 file$/);
  });

  it('tells a person what it does', () => {
    const text = helloManifest().replace(
      '- route:',
      '- match:\n    - headers: {user: {exact: test}}\n      uri: {prefix: /a}\n    - queryParams: {q: {}}\n    redirect: {uri: /b}\n  - route:',
    );
    expect(summarize(ruleSetOf(text), '1 file')).toEqual([
      expect.stringMatching(/^rules [0-9a-f]{12} in force: 1 VirtualService from 1 file$/),
      '  hello.com  VirtualService hello-page/hello (rules.yaml:21)',
      '    path starting with "/a" and header user exactly "test" or query parameter q -> redirect 301',
      '    any request -> hello-1.external:80 90 %, hello-2.external:80 10 %',
    ]);
  });
});

describe('a rule book', () => {
  it('decides by the newest good set and tells of every change', () => {
    const book = ruleBookOf(helloManifest({ share: 100 }));
    const changes: unknown[] = [];
    book.onChange(({ inForce, refused }) => changes.push([inForce.hash, refused?.issues.length]));
    const next = ruleSetOf(helloManifest({ share: 0 }));
    const first = book.inForce;
    book.replace(buildRuleSet(manifestSetOf('a: ['), book.workload));
    expect(book.refused).toBeDefined();
    expect(book.route(request, 0.5)).toMatchObject({
      because: { destination: { host: 'hello-1.external' } },
    });
    book.replace(next);
    expect(book.refused).toBeUndefined();
    expect(book.route(request, 0.5)).toMatchObject({
      because: { destination: { host: 'hello-2.external' } },
    });
    expect(changes).toEqual([
      [first.hash, 1],
      [next.hash, undefined],
    ]);
  });

  it('takes what the analysis found for issues of the set in force, which is not a reload', () => {
    const book = ruleBookOf(helloManifest());
    const changes: unknown[] = [];
    book.onChange(({ inForce, isReload }) => changes.push([inForce.hash, inForce.issues.length, isReload]));
    const before = book.inForce;
    book.found(ruleSetOf(helloManifest()).issues);
    const issue = { code: 'host-taken', severity: 'warning', message: 'm', resource: '', path: '' } as const;
    book.found([{ ...issue, file: 'a', line: 1, column: 1 }]);
    expect(changes).toEqual([
      [before.hash, before.issues.length, false],
      [before.hash, before.issues.length + 1, false],
    ]);
    expect(book.inForce.table).toBe(before.table);
  });

  it('knows on which ports Istio would listen, and for which hosts', () => {
    const book = ruleBookOf(helloManifest());
    const looksAt = [80, 81].map((port) => book.inspection({ host: 'hello.com', port }));
    expect(looksAt).toEqual(['protocol', 'nothing']);
    expect(['hello.com', 'other.com'].map((host) => book.knowsHost(host, 80))).toEqual([true, false]);
  });
});
