import { execFileSync } from 'node:child_process';
import { bucketOf, HeaderPropagation, type HeaderPropagationOptions, type Rule } from '../index.js';

const rule = { bucket: 'x-bucket', of: 'user', salt: 'hello-2' } as const;
const create = (rules: readonly Rule[], options: Partial<HeaderPropagationOptions> = {}) =>
  new HeaderPropagation({ rules, ...options });

/** The recipe of the documents, by the tools of a shell. */
function byShell(salt: string, value: string, digits: number): string {
  const script = `printf %s:%s "$1" "$2" | sha256sum | cut -c1-12`;
  const hash = execFileSync('sh', ['-c', script, 'sh', salt, value], { encoding: 'utf8' }).trim();
  return execFileSync('bash', ['-c', `printf "%0${digits}d" $((0x${hash} % 10**${digits}))`], {
    encoding: 'utf8',
  });
}

describe('bucketOf', () => {
  it.each([
    ['hello-2', 'test', 4],
    ['hello-2', '张三', 4],
    ['another', 'test', 4],
    ['a b:c', "o'brien", 1],
    ['s', 'x'.repeat(4000), 9],
  ])('with salt %j, of %j, in %i digits, is what the documented recipe gives', (salt, value, digits) => {
    expect(bucketOf(value, { salt, digits })).toBe(byShell(salt, value, digits));
  });

  it('gives each bucket its share of users', () => {
    const users = 200_000;
    const cells = new Map<string, number>();
    for (let user = 0; user < users; user++) {
      const bucket = bucketOf(`user-${user}`, { salt: 'hello-2' });
      cells.set(bucket, (cells.get(bucket) ?? 0) + 1);
    }
    expect([...cells.keys()].filter((bucket) => !/^\d{4}$/.test(bucket))).toEqual([]);
    // Pearson's chi-squared: 9,999 degrees of freedom, so a mean of 9,999 and a standard deviation of 141.
    const expected = users / 10_000;
    let chiSquared = (10_000 - cells.size) * expected;
    for (const count of cells.values()) chiSquared += (count - expected) ** 2 / expected;
    expect(Math.abs(chiSquared - 9_999)).toBeLessThan(4 * 141);
  });

  it('spreads the users of one bucket anew under another salt', () => {
    const users = Array.from({ length: 20_000 }, (_, user) => `user-${user}`);
    const first = users.filter((user) => bucketOf(user, { salt: 'a' }) < '1000');
    const again = first.filter((user) => bucketOf(user, { salt: 'b' }) < '1000');
    expect(first.length / users.length).toBeCloseTo(0.1, 1);
    expect(again.length / first.length).toBeCloseTo(0.1, 1);
  });
});

describe('a bucket rule', () => {
  const bucket = bucketOf('test', { salt: 'hello-2' });

  it.each<[string, Rule[], Record<string, string | string[]>, string, object]>([
    [
      'is of a header that is sent on',
      ['user', rule],
      { user: 'test' },
      '/',
      { user: 'test', 'x-bucket': bucket },
    ],
    ['may stand before it', [rule, 'user'], { user: 'test' }, '/', { user: 'test', 'x-bucket': bucket }],
    [
      'is of a query parameter that becomes a header',
      [{ query: 'name', to: 'user' }, rule],
      {},
      '/?name=test',
      { user: 'test', 'x-bucket': bucket },
    ],
    [
      'is of a default',
      [{ header: 'user', default: 'test' }, rule],
      {},
      '/',
      { user: 'test', 'x-bucket': bucket },
    ],
    [
      'is of the first value',
      ['user', rule],
      { user: ['test', 'other'] },
      '/',
      { user: ['test', 'other'], 'x-bucket': bucket },
    ],
    ['is absent without a value', ['user', rule], {}, '/', {}],
    ['is absent for an empty value', ['user', rule], { user: '' }, '/', { user: '' }],
    [
      'is never what the caller sent',
      ['user', rule],
      { user: 'test', 'x-bucket': '0000' },
      '/',
      { user: 'test', 'x-bucket': bucket },
    ],
    ['is not taken from a caller without a user', ['user', rule], { 'x-bucket': '0000' }, '/', {}],
    [
      'may read a cookie that goes nowhere',
      [{ ...rule, of: { cookie: 'id' } }],
      { cookie: 'id=test' },
      '/',
      { 'x-bucket': bucket },
    ],
    [
      'of a cookie is not taken from a caller',
      [{ ...rule, of: { cookie: 'id' } }],
      { 'x-bucket': '0000' },
      '/',
      {},
    ],
    [
      'has as many digits as asked for',
      ['user', { ...rule, digits: 2 }],
      { user: 'test' },
      '/',
      { user: 'test', 'x-bucket': bucketOf('test', { salt: 'hello-2', digits: 2 }) },
    ],
  ])('%s', (_, rules, headers, url, expected) => {
    expect(create(rules).extract(headers, url).headers).toEqual(expected);
  });

  it('is the same at every hop, for any text', () => {
    const [first, second] = [create([{ query: 'name', to: 'user' }, rule]), create(['user', rule])];
    for (const user of ['test', '张三', 'é', 'a b', '😀']) {
      const sent = first.extract({}, `/?name=${encodeURIComponent(user)}`).headers;
      expect(sent['x-bucket']).toBe(bucketOf(user, { salt: 'hello-2' }));
      expect(second.extract(sent).headers).toEqual(sent);
    }
  });

  it('obeys accept', () => {
    const hidden = { ...rule, of: { header: 'user' } };
    expect(create(['user', rule], { accept: 'none' }).extract({ user: 'test' }).headers).toEqual({});
    expect(create([hidden], { accept: 'none' }).extract({ user: 'test' }).headers).toEqual({});
    expect(
      create([{ ...hidden, accept: 'all' }], { accept: 'none' }).extract({ user: 'test' }).headers,
    ).toEqual({
      'x-bucket': bucket,
    });
  });

  it('is computed for runWith, and brought back by what current() gave', () => {
    const propagation = create(['user', rule, { bucket: 'x-other', of: { cookie: 'id' }, salt: 's' }]);
    propagation.runWith({ user: 'test' }, () => {
      expect(propagation.current()).toEqual({ user: 'test', 'x-bucket': bucket });
    });
    const before = propagation.extract({ user: 'test', cookie: 'id=1' });
    propagation.runWith(before.headers, () => expect(propagation.current()).toEqual(before.headers));
    expect.assertions(2);
  });

  it.each<[string, unknown[], string, RegExp]>([
    ['of nothing', [rule], 'INVALID_RULE', /rules\[0\]\.of: no rule sends "user" on\. Add one/],
    [
      'beside a rule of its name',
      ['user', rule, 'x-bucket'],
      'INVALID_RULE',
      /rules\[1\]: another rule sends "x-bucket"/,
    ],
    [
      'of a cookie beside a rule of its name',
      [{ ...rule, of: { cookie: 'c' } }, 'X-Bucket'],
      'INVALID_RULE',
      /rules\[0\]: another/,
    ],
    ['twice', ['user', rule, rule], 'INVALID_RULE', /another rule sends "x-bucket"/],
    ['without a salt', ['user', { bucket: 'x-bucket', of: 'user' }], 'INVALID_RULE', /rules\[1\]\.salt/],
    ['with an empty salt', ['user', { ...rule, salt: '' }], 'INVALID_RULE', /rules\[1\]\.salt/],
    ['with 0 digits', ['user', { ...rule, digits: 0 }], 'INVALID_RULE', /rules\[1\]\.digits: 0/],
    ['with 10 digits', ['user', { ...rule, digits: 10 }], 'INVALID_RULE', /rules\[1\]\.digits: 10/],
    ['with digits as text', ['user', { ...rule, digits: '4' }], 'INVALID_RULE', /rules\[1\]\.digits: "4"/],
    ['with a mistyped key', ['user', { ...rule, slat: 's' }], 'UNKNOWN_OPTION', /rules\[1\]\.slat.*"salt"/],
    ['of two sources', [{ ...rule, of: { cookie: 'a', query: 'b' } }], 'INVALID_RULE', /rules\[0\]\.of/],
    ['of null', [{ ...rule, of: null }], 'INVALID_RULE', /rules\[0\]\.of/],
    ['of no header name', [{ ...rule, of: 'a b' }], 'INVALID_HEADER_NAME', /rules\[0\]\.of/],
    [
      'into no header name',
      ['user', { ...rule, bucket: 'x bucket' }],
      'INVALID_HEADER_NAME',
      /rules\[1\]\.bucket/,
    ],
    [
      'into the header that it is of',
      ['user', { ...rule, bucket: 'user' }],
      'INVALID_RULE',
      /another rule sends "user"/,
    ],
  ])('%s is an error', (_, rules, code, message) => {
    expect(() => create(rules as Rule[])).toThrow(
      expect.objectContaining({ code, message: expect.stringMatching(message) }),
    );
  });
});
