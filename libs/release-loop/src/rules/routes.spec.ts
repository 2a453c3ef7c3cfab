import { Rehearsal } from '../testing/rehearsal.js';

/** Routes as people write them: the canary `cart-2` gets what is said, of the rule that has both. */
const head = `apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata: { name: cart, namespace: shop }
`;
const parents = `spec:
  parentRefs: [{ group: '', kind: Service, name: cart, port: 80 }]
`;
const backends = `    - backendRefs:
        - name: cart-1
          port: 80
          weight: 90
        - name: cart-2
          port: 80
          weight: 10
`;
const plain = `${head}${parents}  rules:\n${backends}`;
const item = plain.replace(/^/gm, '    ').replace(/^ {4}/, '  - ').trimEnd();

const manifests: Record<string, string> = {
  plain,
  'no weights, which are 1 each': plain.replace(/ {10}weight: \d+\n/g, ''),
  'one weight, and a canary that has 1': plain.replace('          weight: 10\n', ''),
  'a canary with 0': plain.replace('weight: 90', 'weight: 1 # all').replace('weight: 10', 'weight: 0'),
  'an odd number': plain.replace('weight: 90', 'weight: 0x5A'),
  'comments in every place': plain.replace(/\n/g, ' # here\n# and here\n'),
  'flow style': `${head}spec: {parentRefs: [{group: "", kind: Service, name: cart}], rules: [ {backendRefs: [ {name: cart-1, port: 80,weight: 9} ,{ port: 80, name: cart-2 }]} ]}\n`,
  'line breaks of Windows, and a byte order mark': `\uFEFF${plain.replaceAll('\n', '\r\n')}`,
  'a List': `apiVersion: v1\nkind: List\nitems:\n${item}\n`,
  JSON: JSON.stringify(
    {
      apiVersion: 'gateway.networking.k8s.io/v1',
      kind: 'HTTPRoute',
      metadata: { name: 'cart', namespace: 'shop' },
      spec: {
        parentRefs: [{ group: '', kind: 'Service', name: 'cart' }],
        rules: [{ backendRefs: [1, 2].map((arm) => ({ name: `cart-${arm}`, port: 80 })) }],
      },
    },
    null,
    2,
  ),
  'several parents': plain.replace('port: 80 }]', 'port: 80 }, { name: public, namespace: gateways }]'),
  'filters of rule and backends': plain
    .replace(
      '          weight: 90',
      '          filters: [{ type: RequestHeaderModifier, requestHeaderModifier: { set: [{ name: v, value: "1" }] } }]\n          weight: 90',
    )
    .replace(
      '    - backendRefs:',
      '    - timeouts: { request: 3s }\n      filters:\n        - type: ResponseHeaderModifier\n          responseHeaderModifier: { remove: [server] }\n      backendRefs:',
    ),
  'rules above and below': plain
    .replace(
      '  rules:\n',
      '  rules:\n    - matches: [{ path: { value: /a } }]\n      backendRefs: [{ name: other, port: 80 }]\n',
    )
    .concat(
      '    - matches: [{ path: { type: Exact, value: /b } }]\n      backendRefs: [{ name: cart-1, port: 80, weight: 7 }]\n',
    ),
  'anchors elsewhere': plain
    .replace('metadata: { name: cart,', 'metadata: { labels: &l { app: cart }, annotations: *l, name: cart,')
    .replace('      backendRefs', '      backendRefs'),
  'another object in the file': `apiVersion: v1\nkind: Service\nmetadata: { name: cart, namespace: shop }\n---\n${plain}`,
};

const target = { httpRoute: 'cart', stable: 'cart-1', canary: 'cart-2' };

describe('a release over an HTTPRoute', () => {
  it.each(Object.keys(manifests))('reaches 100 %% and undo gives the bytes back: %s', async (name) => {
    const text = manifests[name] as string;
    await using stage = await Rehearsal.of({ 'cart.yaml': text }, { targets: [target], from: 25 });
    const loop = await stage.open();
    expect(await loop.start()).toEqual([]);
    await stage.tick();
    const written = await stage.text('cart');
    expect(withoutWeights(written)).toBe(withoutWeights(text));
    expect(await stage.runToEnd()).toEqual({ kind: 'finished', outcome: 'completed' });
    await loop.command({ kind: 'undo' });
    expect(await stage.tick()).toEqual({ kind: 'finished', outcome: 'undone' });
    expect(await stage.text('cart')).toBe(text);
  });

  it('is aborted with the bytes of the start', async () => {
    const text = manifests['one weight, and a canary that has 1'] as string;
    await using stage = await Rehearsal.of({ 'cart.yaml': text }, { targets: [target] });
    const loop = await stage.open();
    await loop.start();
    await stage.tick();
    expect(await stage.weights('cart')).toEqual([3, 1]);
    stage.failing = 80;
    expect(await stage.runToEnd()).toEqual({ kind: 'finished', outcome: 'aborted' });
    expect(await stage.text('cart')).toBe(text);
  });

  it('finds its rule by the name, or by the index where there are several', async () => {
    const two = plain.replace(
      '  rules:\n',
      '  rules:\n    - { name: beta, matches: [{ headers: [{ name: beta, value: "1" }] }], backendRefs: [{ name: cart-1, port: 80 }, { name: cart-2, port: 80 }] }\n',
    );
    for (const [rule, weights] of [
      ['beta', [3, 1, 90, 10]],
      [1, [75, 25]],
    ] as const) {
      await using stage = await Rehearsal.of(
        { 'cart.yaml': two },
        { targets: [{ ...target, rule }], from: 25 },
      );
      expect(await (await stage.open()).start()).toEqual([]);
      await stage.tick();
      expect(await stage.weights('cart')).toEqual(weights);
    }
    await using stage = await Rehearsal.of({ 'cart.yaml': two }, { targets: [target] });
    expect(await (await stage.open()).start()).toEqual([
      expect.stringMatching(
        /^several rules of HTTPRoute shop\/cart send to both cart-1 and cart-2: #0 "beta" \(.*cart\.yaml:7\), #1 \(.*cart\.yaml:8\); add rule: NAME, or rule: INDEX/,
      ),
    ]);
  });

  it('of a GRPCRoute is the same', async () => {
    const text = plain.replace('HTTPRoute', 'GRPCRoute');
    await using stage = await Rehearsal.of(
      { 'cart.yaml': text },
      { targets: [{ grpcRoute: 'shop/cart', stable: 'cart-1.shop', canary: 'cart-2.shop' }] },
    );
    const loop = await stage.open();
    expect(await loop.start()).toEqual([]);
    expect(await stage.runToEnd()).toEqual({ kind: 'finished', outcome: 'completed' });
    expect(await stage.weights('cart')).toEqual([0, 100]);
  });

  it.each<[string, string, RegExp]>([
    [
      'one backend only',
      plain.slice(0, plain.indexOf('        - name: cart-2')),
      /no rule sends to cart-2; its destinations are cart-1\.shop\.svc/,
    ],
    ['weights of 0 only', plain.replace(/weight: \d+/g, 'weight: 0'), /has only weights of 0/],
    [
      'a backend twice',
      `${plain}        - { name: cart-2, port: 80 }\n`,
      /cart-2 matches several destinations of the rule/,
    ],
    [
      'a VirtualService of that name alone',
      plain.replace(head, head.replace('HTTPRoute', 'GRPCRoute')),
      /HTTPRoute shop\/cart is in none of the files/,
    ],
    ['a negative weight', plain.replace('weight: 10', 'weight: -1'), /-1/],
  ])('is not started: %s', async (_, text, message) => {
    await using stage = await Rehearsal.of({ 'cart.yaml': text }, { targets: [target] });
    expect((await (await stage.open()).start()).join('\n')).toMatch(message);
    expect(await stage.text('cart')).toBe(text);
  });

  it.each<[string, string, RegExp]>([
    [
      'an anchor that is used elsewhere',
      plain.replace('weight: 90', 'weight: &w 50').replace('weight: 10', 'weight: *w'),
      /cart\.yaml:10:19.*anchor &w/,
    ],
    [
      'backends by an alias',
      `${plain.replace('- backendRefs:', '- backendRefs: &b')}    - matches: [{ path: { value: /x } }]\n      backendRefs: *b\n`,
      /cart\.yaml:7:20.*anchor &b/,
    ],
    [
      'a merge key',
      plain
        .replace('        - name: cart-1\n          port: 80\n', '        - <<: { port: 80, name: cart-1 }\n')
        .replace('          weight: 90\n', ''),
      /cart\.yaml:8:11.*merge key/,
    ],
  ])('is refused with file and line: %s', async (_, text, message) => {
    const { release } = await Rehearsal.of({ 'cart.yaml': text }, { targets: [{ ...target, rule: 0 }] });
    const preview = await release.preview(0);
    expect(preview).toMatchObject({ kind: 'impossible' });
    expect((preview as { messages: string[] }).messages.join('\n')).toMatch(message);
  });
});

/** Also without what a weight that was not there brings with it. */
function withoutWeights(text: string): string {
  return text.replace(/,?\s*"?weight"?: *\w+/g, '');
}
