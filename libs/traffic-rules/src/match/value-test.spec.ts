import { toBytes } from '../bytes.js';
import type { Requirement, Test } from '../model/requirement.js';
import { conditionOf, implies } from './algebra.js';
import { RequestView } from './request-view.js';
import { compileTest, testImplies } from './value-test.js';

const texts = ['', '/', '/a', '/a/', '/a/b', '/ab', '/A', '/A/b', 'a', '张'];
const tests: Test[] = [
  ...(['exact', 'prefix', 'segment-prefix'] as const).flatMap((kind) =>
    texts.flatMap((value) => [false, true].map((ignoreCase) => ({ kind, value, ignoreCase }))),
  ),
  ...['.*', '/a.*', '/a.+', '^/a/.*$', '/a/(.+)', '/a/b?.*', '/a/b|/.*', '\\/a/x', '[^b]*', '('].map(
    (value) => ({ kind: 'regex' as const, value, ignoreCase: false }),
  ),
  { kind: 'present' },
  { kind: 'one-of', values: ['/a', '/a/b'] },
  { kind: 'one-of', values: ['/a'] },
];
/** What a path or a header may be: no value of HTTP holds a line feed. */
const values = [...texts, ...texts.map((text) => `${text}/x`), ...texts.map((text) => `${text}x`)].map(
  toBytes,
);
const origin = {
  document: { kind: '', metadata: { name: '', namespace: '' }, source: {} as never },
  path: '',
};

function requirementOf(test: Test, absent: boolean): Requirement {
  return { subject: { kind: 'header', name: 'user' }, test, absent, origin, field: '' };
}

const written = (test: Test) => JSON.stringify(test);

describe('a test', () => {
  it.each(tests)('%j implies only what every value that passes it passes', (test) => {
    const passing = values.filter(compileTest(test));
    const wrong = tests.filter((other) => testImplies(test, other) && !passing.every(compileTest(other)));
    expect(wrong.map(written)).toEqual([]);
  });

  it.each([false, true])(
    'on a header, turned round: %s, implies only what the same requests meet',
    (absent) => {
      const views = [[], ...values.map((value) => ['user', value])].map(
        (headers) =>
          new RequestView(
            { method: 'GET', scheme: 'http', authority: 'h', port: 80, path: '/', headers },
            '/',
            'each',
          ),
      );
      const all = tests.map((test) => requirementOf(test, absent));
      const met = new Map(
        all.map((one) => [one, views.map((view) => conditionOf(one)?.holds(view) === true)]),
      );
      const wrong = all.flatMap((one) =>
        all
          .filter((other) => implies([one], [other]))
          .filter((other) => met.get(one)?.some((holds, index) => holds && met.get(other)?.[index] !== true))
          .map((other) => `${written(one.test)} does not imply ${written(other.test)}`),
      );
      expect(wrong).toEqual([]);
    },
  );

  const text = (kind: 'exact' | 'prefix' | 'segment-prefix' | 'regex', value: string, ignoreCase = false) =>
    ({ kind, value, ignoreCase }) as const;
  it.each<[Test, Test]>([
    [text('exact', '/a'), { kind: 'present' }],
    [text('exact', '/a'), text('exact', '/a')],
    [text('exact', '/A'), text('exact', '/a', true)],
    [text('exact', '/A', true), text('prefix', '/a', true)],
    [text('exact', '/1', true), text('exact', '/1')],
    [text('exact', '/a/b'), text('segment-prefix', '/a')],
    [text('exact', '/ab'), text('regex', '/a.*')],
    [text('exact', '/a'), { kind: 'one-of', values: ['/b', '/a'] }],
    [text('prefix', '/a/b'), text('prefix', '/a')],
    [text('prefix', '/a/'), text('segment-prefix', '/a')],
    [text('prefix', '/a'), text('regex', '.*')],
    [text('segment-prefix', '/a/'), text('prefix', '/a')],
    [text('segment-prefix', '/a/b'), text('segment-prefix', '/a')],
    [text('regex', 'a+'), text('regex', 'a+')],
    [text('regex', 'a+'), text('regex', '.*')],
    [text('regex', '^/a/b/.+$'), text('regex', '^/a/.+$')],
    [text('regex', '/a/(b|c)'), text('regex', '/a.*')],
    [text('regex', '/a\\.b/[0-9]+'), text('prefix', '/a.b')],
    [text('regex', '/a/[0-9]+'), text('segment-prefix', '/a')],
    [text('prefix', '/a/b'), text('regex', '^/.+$')],
    [text('segment-prefix', '/a'), text('regex', '/(.*)')],
    [{ kind: 'one-of', values: ['/a', '/a/b'] }, text('prefix', '/a')],
  ])('%j implies %j', (test, other) => {
    expect(testImplies(test, other)).toBe(true);
  });
});
