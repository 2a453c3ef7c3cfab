import { compile, parse, type RouteTable, route } from '@grayscale/traffic-rules';
import { Rehearsal } from '../testing/rehearsal.js';

const services = ['cart', 'cart-1', 'cart-2', 'beta']
  .map(
    (name) => `apiVersion: v1
kind: Service
metadata: { name: ${name}, namespace: shop }
spec: { ports: [{ name: http, port: 80 }] }
`,
  )
  .join('---\n');

/** A route that splits, with other rules above or below. */
function routeWith({ above = '', below = '', filters = '' } = {}): string {
  return `apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata: { name: cart, namespace: shop }
spec:
  parentRefs: [{ group: '', kind: Service, name: cart }]
  rules:
${above}    - backendRefs:
        - { name: cart-1, port: 80, weight: 100 }
        - { name: cart-2, port: 80, weight: 0 }
${filters}${below}`;
}

const beta = `    - matches: [{ headers: [{ name: x-beta, value: "1" }] }]
      backendRefs: [{ name: beta, port: 80 }]
`;
const target = { httpRoute: 'cart', stable: 'cart-1', canary: 'cart-2' };
const users = [{ header: 'user', exact: ['test', 'demo'] }];

/** Where requests with these headers go, with a draw that the split would send to stable. */
function answers(text: string): (headers: Record<string, string>) => string {
  const { resources } = parse(`${services}---\n${text}`, 'cart.yaml');
  const table: RouteTable = compile(resources, { namespace: 'shop', labels: {} });
  return (headers) => {
    const decision = route(
      table,
      {
        method: 'GET',
        scheme: 'http',
        authority: 'cart.shop',
        path: '/',
        headers: Object.entries(headers).flat(),
        port: 80,
      },
      0.5,
    );
    return decision.kind === 'forward' ? decision.cluster.service.name : decision.kind;
  };
}

it('users go to the canary while the release runs, and the bytes come back', async () => {
  const text = routeWith({ above: beta });
  await using stage = await Rehearsal.of({ 'cart.yaml': text }, { targets: [target], users });
  const loop = await stage.open();
  expect(await loop.start()).toEqual([]);
  await stage.tick();
  const to = answers(await stage.text('cart'));
  expect(
    [{}, { user: 'test' }, { user: 'demo' }, { user: 'other' }, { user: 'test', 'x-beta': '1' }].map(to),
  ).toEqual(['cart-1', 'cart-2', 'cart-2', 'cart-1', 'beta']);
  await loop.command({ kind: 'abort' });
  await stage.runToEnd();
  expect(await stage.text('cart')).toBe(text);
});

it('sticky sends each bucket to its side, also while it grows', async () => {
  await using stage = await Rehearsal.of(
    { 'cart.yaml': routeWith() },
    { targets: [target], sticky: { header: 'x-bucket', digits: 2 }, users },
  );
  const loop = await stage.open();
  expect(await loop.start()).toEqual([]);
  for (const percent of [25, 50]) {
    await stage.tick();
    while (loop.state?.percent !== percent) await stage.tick();
    const to = answers(await stage.text('cart'));
    const buckets = Array.from({ length: 100 }, (_, bucket) => String(bucket).padStart(2, '0'));
    expect(buckets.filter((bucket) => to({ 'x-bucket': bucket }) === 'cart-2')).toEqual(
      buckets.slice(0, percent),
    );
    expect(to({ 'x-bucket': '99', user: 'test' })).toBe('cart-2');
  }
  await stage.runToEnd();
  expect(await stage.text('cart')).not.toContain('grayscale');
});

it('a cookie is added by a filter, beside those that are there', async () => {
  const filters = `      filters:
        - type: ResponseHeaderModifier
          responseHeaderModifier: { add: [{ name: vary, value: cookie }] }
`;
  for (const text of [routeWith(), routeWith({ filters })]) {
    await using stage = await Rehearsal.of(
      { 'cart.yaml': text },
      { targets: [target], sticky: { cookie: 'gs' } },
    );
    expect(await (await stage.open()).start()).toEqual([]);
    await stage.tick();
    const to = answers(await stage.text('cart'));
    const ids = ['00000000', '3fffffff', '40000000', 'ffffffff'];
    expect(ids.map((id) => to({ 'x-request-id': id }))).toEqual(['cart-2', 'cart-2', 'cart-1', 'cart-1']);
    expect(ids.map((id) => to({ cookie: `a=b; gs=${id}`, 'x-request-id': '0' }))).toEqual([
      'cart-2',
      'cart-2',
      'cart-1',
      'cart-1',
    ]);
    await stage.runToEnd();
    expect(await stage.text('cart')).not.toContain('set-cookie');
  }
});

it.each<[string, string, RegExp]>([
  [
    'another rule would come after them',
    routeWith({ below: beta }),
    /"grayscale-plan-users" would take requests of rule #1 \(.*cart\.yaml:10\).* Move that rule above the one that splits/,
  ],
  [
    'the split rule asks for that header',
    routeWith({ below: '      matches: [{ headers: [{ name: User, value: x }] }]\n' }),
    /already matches on the header user/,
  ],
])('are refused with words where %s', async (_, text, message) => {
  const { release } = await Rehearsal.of({ 'cart.yaml': text }, { targets: [target], users });
  const preview = await release.preview(0);
  expect((preview as { messages: string[] }).messages?.join('\n')).toMatch(message);
});
