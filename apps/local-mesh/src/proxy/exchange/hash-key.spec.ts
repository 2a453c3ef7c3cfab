import { PlayedExchange } from '../../../test/played-exchange.js';
import { rulesFor } from '../../../test/rules.js';
import { type HashPolicy, hashKey } from './hash-key.js';

/** The key of a request that a rule made for all of its headers. */
function keyOf(policy: HashPolicy, headers: string[] = [], target = '/'): ReturnType<typeof hashKey> {
  return hashKey(policy, new PlayedExchange(rulesFor([1]), { headers, target }).context);
}

describe('a consistent hash goes by', () => {
  it.each([
    [['X-User', 'a'], 'a'],
    [['X-User', 'a', 'x-user', 'b'], 'a'],
    [['X-User', ''], ''],
    [['X-Users', 'a', 'Y', 'x-user'], undefined],
  ])('a header, in any case: %j', (headers, expected) => {
    expect(keyOf({ kind: 'header', name: 'x-USER' }, headers)).toEqual({ key: expected });
  });

  it.each([
    ['/p?user=a', 'a'],
    ['/p?x=user&user=a&user=b', 'a'],
    ['/p?user=a=b', 'a'],
    ['/p?user', ''],
    ['/p?user=', ''],
    ['/p?users=a', undefined],
    ['/user=a', undefined],
    ['/p', undefined],
  ])('a parameter of the query: %s', (target, expected) => {
    expect(keyOf({ kind: 'query-parameter', name: 'user' }, [], target)).toEqual({ key: expected });
  });

  it("the client's address, without the port", () => {
    expect(keyOf({ kind: 'source-ip' })).toEqual({ key: '127.0.0.1' });
  });

  it.each([
    ['lane=a', 'a'],
    ['x=1; lane=a;lane=b', 'a'],
    ['x=lane;  lane="a b" ; y', 'a b'],
    ['lane="a', '"a'],
    ['lane=a"b"', 'a"b"'],
    ['lane=a=b', 'a'],
    ['Lane=a; lanes=b', undefined],
    ['lane=', undefined],
    ['lane', undefined],
    ['lane=""', undefined],
  ])('a cookie: %s', (sent, expected) => {
    expect(keyOf({ kind: 'cookie', name: 'lane' }, ['Cookie', sent])).toEqual({ key: expected });
  });
});

describe('a client without the cookie', () => {
  const withTtl = { kind: 'cookie', name: 'lane', ttl: 90_500 } satisfies HashPolicy;

  it.each([
    [{}, '; Max-Age=90; HttpOnly'],
    [{ ttl: 0 }, '; HttpOnly'],
    [{ ttl: 999 }, '; Max-Age=0; HttpOnly'],
    [{ path: '/a' }, '; Max-Age=90; Path=/a; HttpOnly'],
    [
      {
        attributes: [
          { name: 'SameSite', value: 'Lax' },
          { name: 'Secure', value: '' },
        ],
      },
      '; Max-Age=90; SameSite=Lax; Secure; HttpOnly',
    ],
  ])('gets one that says where it belongs: %j', (more, expected) => {
    const { key, setCookie } = keyOf({ ...withTtl, ...more } as HashPolicy);
    expect(key).toMatch(/^[0-9a-f]{16}$/);
    expect(setCookie).toBe(`lane="${key}"${expected}`);
  });

  it('gets another one each time, and none where the rule has no ttl', () => {
    expect(keyOf(withTtl).key).not.toBe(keyOf(withTtl).key);
    expect(keyOf({ kind: 'cookie', name: 'lane' })).toEqual({ key: undefined });
  });

  it('that has it gets none', () => {
    expect(keyOf(withTtl, ['Cookie', 'lane=x'])).toEqual({ key: 'x' });
  });
});

it('the cookie comes with the answer, and with the next request leads to the same server', () => {
  const rule = `
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: back, namespace: hello-page}
spec: {host: back.ext, trafficPolicy: {loadBalancer: {consistentHash: {httpCookie: {name: lane, ttl: 60s}}}}}`;
  const ports = [1, 2, 3, 4, 5];
  for (let i = 0; i < 10; i++) {
    const first = new PlayedExchange(rulesFor(ports, '', rule)).start();
    first.stream.connects().answers(200, ['set-cookie', 'mine=1']);
    const [mine, given = ''] = first.client.header('set-cookie');
    expect([mine, given]).toEqual([
      'mine=1',
      expect.stringMatching(/^lane="[0-9a-f]{16}"; Max-Age=60; HttpOnly$/),
    ]);
    const headers = ['Cookie', given.split(';')[0] as string];
    const second = new PlayedExchange(rulesFor(ports, '', rule), { headers }).start();
    expect(second.stream.host).toBe(first.stream.host);
    second.stream.connects().answers(200);
    expect(second.client.header('set-cookie')).toEqual([]);
  }
});
