import { toJson } from '@grayscale/traffic-rules';
import { expectGolden } from '../../../tools/golden/golden.js';
import { estimatePlan } from './estimate.js';
import type { Look } from './look.js';
import type { ReleaseState, TargetState } from './state.js';
import { planOf } from './testing/world.js';
import { countQuestion, exposuresOf, testsOf, trialsOf, watchesSwallowed } from './trials.js';
import { testText } from './words/test-text.js';

const cart = { bad: 'cart_bad', all: 'cart_all' };
const steps = [
  { percent: 1, hold: '10m' },
  { percent: 50, hold: '1s', requests: 500 },
];
/** Between them every kind of guard, and what the tests of a run depend on beside it. */
const plans: Readonly<Record<string, Record<string, unknown>>> = {
  usual: {},
  'not to the end': { steps },
  ceilings: {
    steps,
    guards: [
      { name: 'failures', max: '1%' },
      { name: 'slow', over: '500ms', ratio: 2, max: '5%' },
    ],
  },
  queries: {
    steps,
    guards: [
      { name: 'cart', query: cart },
      { name: 'ratio', query: { ...cart, stable: { bad: 'old_bad', all: 'old_all' } }, ratio: 3 },
      { name: 'slow', over: '1s' },
      { name: 'slower', over: '1s', ratio: 4 },
    ],
  },
  'to the end by ceilings': {
    steps: [{ percent: 100, hold: '1s' }],
    guards: [{ name: 'failures', max: '5%' }],
  },
  'to the end by queries': {
    steps: [{ percent: 100, hold: '1s' }],
    guards: [{ name: 'cart', query: cart, max: '5%' }],
  },
  'a gate': { guards: [{ name: 'gate', webhook: 'http://gate/ok', type: 'rollback' }] },
  users: { users: [{ header: 'user', exact: 'test' }] },
  sticky: { sticky: { cookie: 'gs' } },
};

const arms = (stable: string, canary: string) => ({
  stable: { host: stable },
  canary: { host: canary, subset: 'v2', port: 80 },
});
const targets = [arms('a.x', 'b.x'), arms('a.x', 'b.x'), arms('c.x', 'd.x')] as TargetState[];
const counts = (workload: string, arm: string, requests: number) => ({
  caller: { namespace: 'n', workload },
  arm,
  requests,
  failed: requests / 10,
  gaveUp: requests / 5,
  over: { 500: requests / 2, 1000: requests / 4 },
});
const look = {
  counts: [
    counts('one', 'a.x', 100),
    counts('one', 'b.x|v2', 20),
    counts('two', 'b.x|v2', 40),
    counts('two', 'b.x|v2', 60),
    counts('two', 'other', 80),
  ],
  queries: [
    { guard: 'cart', arm: 'canary', bad: 1, all: 10 },
    { guard: 'cart', arm: 'canary', bad: 2, all: 20 },
    { guard: 'ratio', arm: 'canary', bad: 3, all: 30 },
    { guard: 'ratio', arm: 'stable', bad: 4, all: 40 },
  ],
} as unknown as Look;

it.each(Object.entries(plans))('what is tested, asked and expected: %s', (name, spec) => {
  const plan = planOf(spec);
  const evidence = { ceilings: {}, trials: {} };
  const [first] = trialsOf(plan, { targets, evidence } as never);
  const raised = { ceilings: first === undefined ? {} : { [first.key]: 0.25 }, trials: {} };
  const trials = trialsOf(plan, { targets, evidence: raised } as never);
  const state = {
    targets,
    percent: 10,
    evidence: raised,
    progress: { settled: { 'a.x -> b.x|v2': { requests: 90, bad: 80 } } },
  };
  const told = trials.flatMap((spec) =>
    (['ratio', 'ceiling'] as const).map((kind) =>
      testText(state as unknown as ReleaseState, {
        guard: spec.guard,
        kind,
        pair: spec.pair.key,
        spec,
        evidence: 7,
        needed: 5,
      }),
    ),
  );
  const shares = ['a.x -> b.x|v2', 'c.x -> d.x|v2'].flatMap((pair) =>
    [0, 0.5, 1, 5, 30].map((evidence) =>
      testText(state as unknown as ReleaseState, {
        guard: 'share',
        kind: 'swallowed',
        pair,
        evidence,
        needed: 5,
      }),
    ),
  );
  const estimates = [0.01, 1, 100].flatMap((rate) =>
    [0.0001, 0.005, 0.2].map((bad) => toJson(estimatePlan(plan, rate, bad))),
  );
  expectGolden(new URL(`../test/golden/trials-${name.replace(/[^a-z0-9]+/g, '-')}.txt`, import.meta.url), [
    `tests ${[0, 1, 2, 5].map((pairs) => testsOf(plan, pairs)).join(' ')}, swallowed ${watchesSwallowed(plan)}`,
    ...trials.map((trial) => `${toJson(trial)} ${toJson(exposuresOf(look, trial))}`),
    toJson(countQuestion(plan, { targets } as ReleaseState)),
    ...told,
    ...shares,
    ...estimates,
  ]);
});
