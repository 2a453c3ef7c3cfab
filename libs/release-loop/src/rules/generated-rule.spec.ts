import { CannotGenerate } from './cannot-generate.js';
import { generatedRule } from './generated-rule.js';

const stable = { destination: { host: 'one' }, weight: 90, headers: { request: { set: { a: 'b' } } } };
const canary = { destination: { host: 'two', port: { number: 8080 } }, weight: 10 };
const split = {
  name: 'percent',
  match: [{ name: 'm', uri: { prefix: '/a' } }, { headers: { Accept: { exact: 'x' } } }],
  route: [stable, canary],
  rewrite: { uri: '/b' },
  timeout: '3s',
  retries: { attempts: 2 },
  headers: { response: { add: { vary: 'cookie' } } },
};

it('copies the split rule, with each condition in each match, and one destination without a weight', () => {
  const conditions = ['test', 'demo'].map((value) => ({
    header: 'user',
    match: { kind: 'exact' as const, value },
  }));
  expect(generatedRule(split, { name: 'grayscale-a-users', conditions, to: 'canary' }, 1)).toEqual({
    name: 'grayscale-a-users',
    match: [
      { uri: { prefix: '/a' }, headers: { user: { exact: 'test' } } },
      { uri: { prefix: '/a' }, headers: { user: { exact: 'demo' } } },
      { headers: { Accept: { exact: 'x' }, user: { exact: 'test' } } },
      { headers: { Accept: { exact: 'x' }, user: { exact: 'demo' } } },
    ],
    route: [{ destination: { host: 'two', port: { number: 8080 } } }],
    rewrite: { uri: '/b' },
    timeout: '3s',
    retries: { attempts: 2 },
    headers: { response: { add: { vary: 'cookie' } } },
  });
});

it('without conditions it matches what the split rule matches, and adds the cookie to the headers that are there', () => {
  const rule = generatedRule(split, { name: 'g', conditions: [], to: 'stable', setCookie: 'gs=1' }, 0);
  expect(rule).toMatchObject({
    match: [{ uri: { prefix: '/a' } }, { headers: { Accept: { exact: 'x' } } }],
    route: [{ destination: { host: 'one' }, headers: stable.headers }],
    headers: { response: { add: { vary: 'cookie', 'set-cookie': 'gs=1' } } },
  });
});

it('a split rule for all requests gets a match for the conditions alone', () => {
  const { match: _, ...everything } = split;
  const conditions = [{ header: 'user', match: { kind: 'regex' as const, value: 'a|b' } }];
  expect(generatedRule(everything, { name: 'g', conditions, to: 'canary' }, 1).match).toEqual([
    { headers: { user: { regex: 'a|b' } } },
  ]);
  expect(generatedRule(everything, { name: 'g', conditions: [], to: 'canary' }, 1)).not.toHaveProperty(
    'match',
  );
});

it('a second condition on one header cannot be written', () => {
  const conditions = [{ header: 'accept', match: { kind: 'exact' as const, value: 'y' } }];
  expect(() => generatedRule(split, { name: 'g', conditions, to: 'canary' }, 1)).toThrow(CannotGenerate);
});
