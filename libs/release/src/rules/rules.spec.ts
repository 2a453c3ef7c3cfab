import { randomUUID } from 'node:crypto';
import { planOf } from '../testing/world.js';
import { belowHexPrefix, belowRegex, bucketOf } from '../weights/bucket.js';
import { conditionConflict, generatedMatches, generatedRules } from './generated-rules.js';

/** As Envoy matches: the whole value. What is written here means the same to RE2 and to JavaScript. */
const holds = (regex: string) => {
  const whole = new RegExp(`^(?:${regex})$`);
  return (text: string) => whole.test(text);
};

describe('the regular expression for "less than k"', () => {
  it('holds for exactly those, for every k of three digits', () => {
    for (let k = 1; k <= 1000; k++) {
      const matches = holds(belowRegex(k, 3) ?? '');
      for (const bucket of new Set([0, 1, k - 2, k - 1, k, k + 1, 9, 10, 99, 100, 555, 999]))
        if (bucket >= 0 && bucket < 1000)
          expect([k, bucket, matches(String(bucket).padStart(3, '0'))]).toEqual([k, bucket, bucket < k]);
    }
  });

  it('holds for no bucket with fewer or more digits', () => {
    const matches = holds(belowRegex(1234, 4) ?? '');
    expect(['0', '012', '00000', 'x000', '0000 ', ''].map(matches)).toEqual(Array(6).fill(false));
  });

  it('has at most 33 characters at steps of 0.1 %, and 50 at steps of 0.01 %', () => {
    const longest = (digits: number) =>
      Math.max(...Array.from({ length: 10 ** digits + 1 }, (_, k) => (belowRegex(k, digits) ?? '').length));
    expect(longest(3)).toBe(33);
    expect(longest(4)).toBe(50);
  });

  it('is nothing for 0, and everything for all', () => {
    expect(belowRegex(0, 4)).toBeUndefined();
    expect(belowRegex(10_000, 4)).toBe('[0-9]{4}');
  });

  it('in hexadecimal prefixes holds for exactly those', () => {
    expect(belowHexPrefix(25, 2)).toBe('0|1[0-8]');
    for (let k = 1; k <= 256; k++) {
      const matches = holds(`(?:${belowHexPrefix(k, 2)}).*`);
      for (let id = 0; id < 256; id++)
        expect(matches(`${id.toString(16).padStart(2, '0')}34-x`)).toBe(id < k);
    }
  });

  it('takes the buckets of a smaller share into those of a larger one', () => {
    let before = 0;
    for (let percent = 0; percent <= 100; percent += 0.01) {
      const { k } = bucketOf(Number(percent.toFixed(2)), 4);
      expect(k).toBeGreaterThanOrEqual(before);
      before = k;
    }
  });
});

describe('the rules of a plan', () => {
  it('for users stand for each value', () => {
    const { users } = planOf({
      users: [
        { header: 'User', exact: ['a', 'b'] },
        { header: 'group', exact: 'c' },
      ],
    });
    expect(generatedRules({ name: 'p', users }, 10)).toEqual([
      {
        name: 'grayscale-p-users',
        conditions: [
          { header: 'user', match: { kind: 'exact', value: 'a' } },
          { header: 'user', match: { kind: 'exact', value: 'b' } },
          { header: 'group', match: { kind: 'exact', value: 'c' } },
        ],
        to: 'canary',
      },
    ]);
  });

  it('for a bucket send who has one, and leave who has none to the weights', () => {
    const sticky = { header: 'x-bucket', digits: 4 };
    const [canary, stable] = generatedRules({ name: 'p', users: [], sticky }, 12.5);
    expect(canary).toMatchObject({
      name: 'grayscale-p-sticky-canary',
      conditions: [
        { header: 'x-bucket', match: { kind: 'regex', value: '0[0-9]{3}|1[01][0-9]{2}|12[0-4][0-9]' } },
      ],
    });
    expect(stable).toMatchObject({ name: 'grayscale-p-sticky-stable', to: 'stable' });
    expect(generatedRules({ name: 'p', users: [], sticky }, 0)).toHaveLength(1);
    expect(generatedRules({ name: 'p', users: [], sticky }, 100)).toHaveLength(1);
  });

  it('for a cookie keep everybody on a side while the share grows, and divide who is new by it', () => {
    const shares = [0.1, 1, 9.77, 25, 50, 100];
    const rules = shares.map((percent) =>
      generatedRules({ name: 'p', users: [], sticky: { cookie: 'gs' } }, percent).map(
        ({ name, conditions, to, setCookie }) => ({
          name,
          to,
          setCookie,
          conditions: conditions.map(({ header, match }) => ({ header, holds: holds(match.value) })),
        }),
      ),
    );
    const sideOf = (step: number, headers: Record<string, string>) => {
      const found = rules[step]?.find(
        ({ conditions }) =>
          conditions.length === 0 ||
          conditions.some(({ header, holds: held }) => held(headers[header] ?? '')),
      );
      return found;
    };
    const canaries = shares.map(() => 0);
    for (let user = 0; user < 2000; user++) {
      const first = randomUUID();
      let side = 'stable';
      shares.forEach((_, step) => {
        const asNew = sideOf(step, { 'x-request-id': first, cookie: '' });
        expect(asNew?.setCookie).toBe('gs=%REQ(X-REQUEST-ID)%; Path=/; Max-Age=86400; SameSite=Lax');
        const again = sideOf(step, { 'x-request-id': randomUUID(), cookie: `a=b; gs=${first}; c=d` });
        expect(again?.to).toBe(asNew?.to);
        if (side === 'canary') expect(again?.to).toBe('canary');
        side = again?.to ?? side;
        if (side === 'canary') canaries[step] = (canaries[step] ?? 0) + 1;
      });
    }
    shares.forEach((percent, step) => {
      const [expected, sigma] = [20 * percent, Math.sqrt(20 * percent * (1 - percent / 100))];
      expect(Math.abs((canaries[step] ?? 0) - expected)).toBeLessThanOrEqual(5 * sigma);
    });
  });

  it('have a rule for each side and for whoever comes first or returns, in this order', () => {
    const names = (percent: number) =>
      generatedRules({ name: 'p', users: [], sticky: { cookie: 'gs' } }, percent).map(({ name, to }) => [
        name,
        to,
      ]);
    expect(names(10)).toEqual([
      ['grayscale-p-sticky-returning-canary', 'canary'],
      ['grayscale-p-sticky-returning-stable', 'stable'],
      ['grayscale-p-sticky-first-canary', 'canary'],
      ['grayscale-p-sticky-first-stable', 'stable'],
    ]);
    expect(names(0).map(([, to]) => to)).toEqual(['stable', 'stable']);
  });

  it('are not misled by another cookie whose name ends alike', () => {
    const [returning] = generatedRules({ name: 'p', users: [], sticky: { cookie: 'gs' } }, 100);
    const matches = holds(returning?.conditions[0]?.match.value ?? '');
    expect(['xgs=00000000-0', 'a=gs', 'b=1;xgs=0'].map(matches)).toEqual([false, false, false]);
    expect(['gs=00000000-0', 'b=1; gs=f0', 'b=1;gs=f0; c=2'].map(matches)).toEqual([true, true, true]);
  });

  it('add their condition to each match of the split rule', () => {
    const [rule] = generatedRules({ name: 'p', users: [{ header: 'user', exact: ['a', 'b'] }] }, 1);
    if (rule === undefined) throw new Error('no rule');
    const matches = [
      { headers: { tenant: { kind: 'exact' as const, value: 'x' } }, rest: 'uri' },
      { headers: {}, rest: 'port' },
    ];
    expect(generatedMatches(rule, { matches })).toHaveLength(4);
    expect(generatedMatches(rule, { matches })[0]).toEqual({
      headers: { tenant: { kind: 'exact', value: 'x' }, user: { kind: 'exact', value: 'a' } },
      rest: 'uri',
    });
    const split = {
      index: 0,
      matches: [{ headers: { user: { kind: 'present' as const } }, rest: '' }],
      destinations: [],
    };
    expect(conditionConflict([rule], split)).toMatch(/already matches on the header user/);
  });
});
