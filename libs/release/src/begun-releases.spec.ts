import { Random } from '@grayscale/seeded-random';
import { toJson } from '@grayscale/traffic-rules';
import { expectGolden } from '../../../tools/golden/golden.js';
import { begin } from './begin.js';
import { decide } from './decide/decide.js';
import type { Plan } from './plan/plan.js';
import { canaryHost, planOf, stableHost } from './testing/world.js';
import type { DestinationView, MatchView, ReadTarget, RuleView } from './view.js';

/** How plans name the rule and its arms; `hello.hello-2` is short for the canary's host. */
const targets: readonly Record<string, unknown>[] = [
  {},
  {},
  {},
  { rule: 'a' },
  { rule: 0 },
  { rule: 3 },
  { canary: 'hello.hello-2', stable: 'hello.hello-1' },
  { stable: { host: stableHost, port: 8080 }, canary: { host: canaryHost, port: 8080 } },
  { stable: { host: stableHost, subset: 'v1' }, canary: { host: stableHost, subset: 'v2' } },
];

const plans: readonly Plan[] = targets.flatMap((named) =>
  [{}, { users: [{ header: 'user', exact: ['test'] }], sticky: { header: 'x-bucket', digits: 2 } }].map(
    (spec) =>
      planOf({
        ...spec,
        targets: [{ virtualService: 'hello-ext-svc', stable: stableHost, canary: canaryHost, ...named }],
      }),
  ),
);

const matches: readonly MatchView[] = [
  { headers: { user: { kind: 'exact', value: 'test' } }, rest: '' },
  { headers: { zone: { kind: 'prefix', value: 'a' }, user: { kind: 'present' } }, rest: '' },
  { headers: { user: { kind: 'present' }, zone: { kind: 'prefix', value: 'a' } }, rest: '' },
  { headers: {}, rest: '/path' },
];
const places = [
  { host: stableHost, port: 8080 },
  { host: canaryHost, port: 8080 },
  { host: canaryHost, port: 9090 },
  { host: stableHost, subset: 'v1' },
  { host: stableHost, subset: 'v2' },
];

/** Mostly of the two arms, so that there is something to release. */
function destinationsFrom(random: Random): DestinationView[] {
  const weights = random.one([
    [100, 0],
    [90, 10],
    [50, 50],
    [1, 2],
    [0, 0],
    random.one([
      [100, -1],
      [99.5, 0.5],
    ]),
  ]);
  const both = random.is(0.85) ? places.slice(0, 2) : random.one([places.slice(3), places.slice(0, 3)]);
  const listed = random.is(0.06) ? [random.one(places)] : both;
  const turned = random.is(0.08) ? [...listed, ...listed.slice(0, 1)] : listed;
  return turned.map((place, index) => ({ ...place, weight: weights[index] ?? 0 }));
}

function rulesFrom(random: Random): RuleView[] {
  const count = random.one([0, 1, 1, 1, 1, 1, 2, 2, 3]);
  return Array.from({ length: count }, (_, index) => ({
    ...(random.is(0.6) && { name: random.one(['a', 'a', 'b', 'grayscale-hello-2-users']) }),
    index,
    ...(random.is(0.5) && { place: { file: 'rules.yaml', line: index + 1, column: 1 } }),
    matches: random.is(0.6) ? [] : [random.one(matches)],
    destinations: destinationsFrom(random),
  }));
}

function viewFrom(random: Random, rules: RuleView[]): ReadTarget {
  const identity = () => (random.is(0.4) ? { identity: random.one(['v1', 'v2']) } : {});
  return {
    kind: 'read',
    rules,
    stable: identity(),
    canary: identity(),
    ...(random.is(0.3) && { writer: 'kubectl' }),
    ...(random.is(0.3) && { missing: 'the file is gone' }),
  };
}

/** What somebody may make of rules while a release runs. */
function edited(random: Random, rules: readonly RuleView[]): RuleView[] {
  const at = random.below(Math.max(rules.length, 1));
  const edits: readonly ((rule: RuleView) => RuleView[])[] = [
    (rule) => [rule],
    () => [],
    (rule) => [{ ...rule, destinations: rule.destinations.toReversed() }],
    (rule) => [{ ...rule, destinations: rule.destinations.slice(1) }],
    (rule) => [{ ...rule, destinations: [...rule.destinations, { host: 'other', weight: 0 }] }],
    (rule) => [{ ...rule, destinations: rule.destinations.map((to) => ({ ...to, port: 9090 })) }],
    (rule) => [{ ...rule, destinations: rule.destinations.map((to) => ({ ...to, weight: 50 })) }],
    (rule) => [{ ...rule, name: 'renamed' }],
    (rule) => [{ ...rule, matches: [...rule.matches, { headers: {}, rest: '/more' }] }],
    (rule) => [rule, rule],
    (rule) => [{ ...rule, name: 'grayscale-hello-2-users' }, rule],
  ];
  const edit = random.one(edits);
  return rules
    .flatMap((rule, index) => (index === at ? edit(rule) : [rule]))
    .map((rule, index) => ({ ...rule, index }));
}

const ruleText = ({ name, place, matches: alternatives, destinations }: RuleView) =>
  [
    name ?? '-',
    ...(place === undefined ? [] : [`line ${place.line}`]),
    ...alternatives.map((match) => toJson(match)),
    ...destinations.map(({ host, subset, port, weight }) => `${host}/${subset}:${port} ${weight}`),
  ].join(' ');

/** What stands there, what the release begins with, and what it does once somebody has been there. */
function* linesOf(random: Random): Generator<string> {
  const plan = random.one(plans);
  const rules = rulesFrom(random);
  yield `${toJson(plan.targets[0])}${plan.users.length === 0 ? '' : ' for users'}`;
  for (const rule of rules) yield `  ${ruleText(rule)}`;
  const begun = begin(plan, { targets: [viewFrom(random, rules)] }, 1000);
  if (begun.kind === 'refused') return yield* begun.messages.map((message) => `  refused: ${message}`);
  yield `  begins ${toJson(begun.state.targets[0])}`;
  const seen = viewFrom(random, edited(random, rules));
  for (const rule of seen.rules) yield `  then ${ruleText(rule)}`;
  // A change that has stood for longer than the saving of a file takes.
  const first = decide(plan, begun.state, { targets: [seen] }, undefined, 2000);
  const { action, notes } = decide(plan, first.state, { targets: [seen] }, undefined, 60_000);
  for (const { kind, message } of [...first.notes, ...notes]) yield `  ${kind}: ${message}`;
  yield `  ${toJson(action)}`;
}

it('what releases begin with, and what they make of rules that others change', () => {
  const random = new Random(5);
  const lines = Array.from({ length: 250 }, () => [...linesOf(random)]).flat();
  expectGolden(new URL('../test/golden/begun.txt', import.meta.url), lines);
});
