import fc from 'fast-check';
import { expectGolden } from '../../../../tools/golden/golden.js';
import {
  document,
  listener,
  ofRequest,
  request,
  requirement,
  requirementOf,
} from '../../test/requirements.js';
import type { Requirement, Subject, Test } from '../model/requirement.js';
import type { RouteRequest } from '../request.js';
import {
  conditionOf,
  describeRequirement,
  exactKeyOf,
  exampleRequest,
  failureAt,
  holdsAt,
  implies,
  isMetByAll,
} from './algebra.js';
import { RequestView } from './request-view.js';
import type { Listener } from './subject-definition.js';

function meets(requirements: readonly Requirement[], asked: RouteRequest, at: Listener): boolean {
  const view = new RequestView(asked, asked.path, 'each');
  return requirements.every((one) => holdsAt(one, at) ?? conditionOf(one)?.holds(view));
}

describe('requirements', () => {
  it('that imply others are met by no request that the others are not met by', () => {
    const some = fc.array(requirement, { maxLength: 3 });
    let implied = 0;
    fc.assert(
      fc.property(
        some,
        some,
        fc.array(request, { minLength: 20, maxLength: 20 }),
        listener,
        (a, b, asked, at) => {
          if (!implies(a, b)) return;
          implied++;
          for (const one of asked) if (meets(a, one, at)) expect(meets(b, one, at)).toBe(true);
        },
      ),
      { numRuns: 1500, seed: 1 },
    );
    expect(implied).toBeGreaterThan(100);
  });

  it('imply themselves, and those that they hold more than', () => {
    fc.assert(
      fc.property(fc.array(requirement, { maxLength: 3 }), requirement, (some, more) => {
        expect(implies([...some, more], some)).toBe(true);
      }),
    );
  });

  it.each<[Subject, Test]>([
    [{ kind: 'path' }, { kind: 'exact', value: '/a', ignoreCase: false }],
    [{ kind: 'path' }, { kind: 'prefix', value: '/a', ignoreCase: true }],
    [{ kind: 'path' }, { kind: 'segment-prefix', value: '/a', ignoreCase: false }],
    [{ kind: 'path' }, { kind: 'prefix', value: '', ignoreCase: false }],
    [{ kind: 'path' }, { kind: 'present' }],
    [{ kind: 'method' }, { kind: 'one-of', values: ['PUT', 'GET'] }],
    [{ kind: 'authority' }, { kind: 'prefix', value: 'a.', ignoreCase: false }],
    [{ kind: 'scheme' }, { kind: 'exact', value: 'https', ignoreCase: false }],
    [{ kind: 'header', name: 'user' }, { kind: 'present' }],
    [
      { kind: 'header', name: 'user' },
      { kind: 'exact', value: '', ignoreCase: false },
    ],
    [
      { kind: 'query-parameter', name: 'q' },
      { kind: 'prefix', value: 'v', ignoreCase: false },
    ],
    [{ kind: 'port' }, { kind: 'exact', value: '8443', ignoreCase: false }],
  ])('on %j with %j are met by their example', (subject, own) => {
    const requirements = [
      { subject, test: own, absent: false, origin: { document, path: 'spec' }, field: 'f' },
    ];
    const example = exampleRequest(requirements, 'h', 80);
    const workload = { namespace: 'n', labels: {}, outboundTrafficPolicy: 'ALLOW_ANY' } as const;
    expect(example && meets(requirements, example, { workload, port: example.port, gateway: 'mesh' })).toBe(
      true,
    );
  });

  it('with a regular expression have no example, and those negated are left to the others', () => {
    const base = { origin: { document, path: 'spec' }, field: 'f' };
    const regex = { kind: 'regex', value: 'a+', ignoreCase: false } as const;
    const user = { subject: { kind: 'header', name: 'user' }, test: regex, ...base } as const;
    expect(exampleRequest([{ ...user, absent: false }], 'h', 80)).toBeUndefined();
    expect(exampleRequest([{ ...user, absent: true }], '*.h', 80)).toMatchObject({
      authority: 'any.h',
      headers: [],
    });
  });

  it('with an exact key are met by requests with that value alone', () => {
    fc.assert(
      fc.property(requirementOf(ofRequest), request, (one, asked) => {
        const key = exactKeyOf(one);
        const view = new RequestView(asked, asked.path, 'each');
        if (key === undefined || conditionOf(one)?.holds(view) !== true) return;
        const values = one.subject.kind === 'path' ? [view.path] : view.headerValues(key[0]);
        expect(values).toContain(key[1]);
      }),
      { numRuns: 2000 },
    );
  });

  it('that all meet are met by every request', () => {
    fc.assert(
      fc.property(requirement, request, listener, (one, asked, at) => {
        if (isMetByAll(one)) expect(meets([one], asked, at)).toBe(true);
      }),
      { numRuns: 1000 },
    );
  });

  it('that do not hold say why, and all have words', () => {
    fc.assert(
      fc.property(requirement, request, listener, (one, asked, at) => {
        expect(describeRequirement(one)).not.toBe('');
        const condition = conditionOf(one);
        const view = new RequestView(asked, asked.path, 'each');
        const why = condition === undefined ? failureAt(one, at) : condition.failure(view);
        expect(why).not.toContain('undefined');
        expect(why).not.toBe('');
      }),
    );
  });
});

/** One of each form, and each near to another. */
const values: readonly Test[] = [
  { kind: 'present' },
  ...['', '/', '/a', '/A', '/a/b', '/ab'].flatMap((value) =>
    (['exact', 'prefix', 'segment-prefix'] as const).flatMap((kind) =>
      [false, true].map((ignoreCase) => ({ kind, value, ignoreCase })),
    ),
  ),
  ...['.*', '/a.*', '/a'].map((value) => ({ kind: 'regex' as const, value, ignoreCase: false })),
  { kind: 'one-of', values: ['/a', '/a/b'] },
];
const kinds: readonly Subject[] = [
  { kind: 'path' },
  { kind: 'header', name: 'user' },
  { kind: 'query-parameter', name: 'q' },
  { kind: 'authority' },
  { kind: 'source-label', name: 'app' },
];

it.each(kinds)('on %j: words, keys, examples and what implies what', (subject) => {
  const all = [false, true].flatMap((absent) =>
    values.map((test) => ({ subject, test, absent, origin: { document, path: 'spec' }, field: 'f' })),
  );
  const lines = all.map((one) => {
    const implied = all.flatMap((other, index) => (implies([one], [other]) ? index : []));
    const example = exampleRequest([one], 'h', 80);
    return [
      describeRequirement(one),
      `key ${exactKeyOf(one)?.join(' ')}`,
      isMetByAll(one) ? 'met by all' : '',
      `like ${example?.method} ${example?.authority} ${example?.path} ${example?.headers.join(' ')}`,
      `implies ${implied.join(' ')}`,
    ].join('; ');
  });
  expectGolden(new URL(`../../test/golden/algebra/${subject.kind}.txt`, import.meta.url), lines);
});
