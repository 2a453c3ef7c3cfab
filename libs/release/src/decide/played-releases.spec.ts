import { Random } from '@grayscale/seeded-random';
import { toJson } from '@grayscale/traffic-rules';
import { expectGolden } from '../../../../tools/golden/golden.js';
import type { Action } from '../action.js';
import { releaseStatus } from '../custom-resource/status.js';
import type { Command } from '../event.js';
import { reportOf } from '../report/report.js';
import { planOf, splitRule, target, World } from '../testing/world.js';
import type { TargetContent, Write } from '../write.js';

const gate = (type: string) => ({ name: type, webhook: `http://gate/${type}`, type });
/** Between them every part of a plan that a decision depends on. */
const plans: Readonly<Record<string, Record<string, unknown>>> = {
  usual: {},
  'two targets': {
    targets: [target('a'), { ...target('b'), rule: 0 }],
    steps: [10, 50, 100].map((percent) => ({ percent, hold: '20s', pause: percent === 50 })),
    guards: [{ name: 'failures', ratio: 1.5, max: '5%' }],
    onDrift: 'restore',
  },
  users: {
    users: [{ header: 'user', exact: ['test', 'other'] }],
    sticky: { header: 'x-bucket', digits: 2 },
    steps: [
      { percent: 5, hold: '10s', requests: 40 },
      { percent: 60, hold: '10s' },
    ],
    abort: { to: 1 },
  },
  'every webhook': {
    guards: [
      { name: 'failures', ratio: 2 },
      ...['rollback', 'pre-rollout', 'confirm-traffic-increase', 'confirm-promotion', 'post-rollout'].map(
        gate,
      ),
    ],
    // biome-ignore lint/suspicious/noThenProperty: the field's name in a plan
    noData: { after: '30s', holdFor: '1m', then: 'abort' },
  },
  'ceilings and hurry': {
    guards: [
      { name: 'failures', max: '2%' },
      { name: 'slow', over: '500ms', ratio: 2 },
    ],
    risk: { falseAbort: '5%', falseAdvance: '20%' },
    settle: '0s',
    inForceWithin: '20s',
    // biome-ignore lint/suspicious/noThenProperty: the field's name in a plan
    noData: { after: '40s', then: 'pause' },
    from: 0,
  },
};

const commands: readonly Command[] = [
  { kind: 'promote', full: false },
  { kind: 'promote', full: true },
  { kind: 'pause' },
  { kind: 'resume' },
  { kind: 'resume' },
  { kind: 'abort' },
  { kind: 'abort', reason: 'it looks odd', to: 2 },
  { kind: 'undo' },
  { kind: 'undo', force: true },
  { kind: 'undo', toStep: 1 },
  { kind: 'undo', toStep: 3 },
  { kind: 'undo', toStep: 9 },
  { kind: 'retry' },
];

/** What happens to a release beside looks. Each is told by its own line. */
type Move = (world: World, random: Random) => string;

const moves: readonly Move[] = [
  (world, random) => {
    const command = random.one(commands);
    const refusal = world.command(command);
    return `${toJson(command)}${refusal === undefined ? '' : `, refused: ${refusal}`}`;
  },
  (world, random) => {
    world.behaviour = {
      rate: random.one([0, 2, 50, 100]),
      stable: random.one([0, 0.001, 0.03, 0.3]),
      canary: random.one([0, 0, 0.001, 0.03, 0.3, 1]),
      ...(random.is(0.2) && { hangs: 0.2 }),
      ...(random.is(0.2) && { swallowed: 0.5 }),
      ...(random.is(0.2) && { share: random.one([0, 30]) }),
    };
    return toJson(world.behaviour);
  },
  (world, random) => {
    const canary = random.one([0, 7, 60]);
    world.rules[0] = random.is(0.2) ? [] : [splitRule(100 - canary, canary)];
    return world.rules[0].length === 0 ? 'the rule is gone' : `somebody writes ${canary}`;
  },
  (world, random) => {
    world.unread = world.unread === undefined && random.is(0.5) ? 'the file is broken' : undefined;
    world.noLook =
      world.unread !== undefined || random.is(0.5) ? undefined : { kind: 'no-look', reason: 'no answer' };
    return `unread ${world.unread}, ${world.noLook?.reason}`;
  },
  (world, random) => {
    const refused = random.one([-1, 0, 1]);
    world.refuse = ({ target: index }) => (index === refused ? 'forbidden' : undefined);
    return `writes to ${refused} are refused`;
  },
  (world, random) => {
    const no = random.one(['none', 'rollback', 'pre-rollout', 'confirm-traffic-increase', 'post-rollout']);
    world.webhook = (guard) => (guard === 'rollback' ? no === 'rollback' : guard !== no);
    return `webhooks: ${no}`;
  },
  (world, random) => {
    const version = random.one(['v1', 'v2']);
    world.identities = random.is(0.3) ? {} : { canary: version, stable: 'v0' };
    const endpoints = random.one([undefined, undefined, 0, 2]);
    world.endpoints = endpoints;
    return `canary ${world.identities.canary}, ${endpoints} endpoints`;
  },
];

function actionText(action: Action): string {
  if (action.kind === 'wait') return `wait ${action.for.reason}: ${action.for.message} until ${action.until}`;
  return toJson(action);
}

/** Digits beyond the twelfth are the machine's. */
function rounded(value: unknown): unknown {
  return JSON.parse(
    JSON.stringify(value, (_, part) => (typeof part === 'number' ? Number(part.toPrecision(12)) : part)),
  );
}

function standing({ plan, state, now }: World): string[] {
  const { phase, goal, step, progress, evidence } = state;
  const status = releaseStatus(plan, state, { now, generation: 2, notice: 'a notice' });
  return [
    `  ${phase} ${toJson({ goal, step, progress, cursor: evidence.cursor })}`,
    `  report ${toJson(rounded(reportOf(plan, state)))}`,
    `  status ${toJson(rounded(status))}`,
  ];
}

function writeText({ seq, target: index, rule, purpose, percent, before, after }: Write): string {
  const content = ({ weights, generated }: TargetContent) =>
    [weights.map(({ weight }) => weight).join('/'), ...generated.map((each) => toJson(each))].join(' ');
  return `write ${seq} to ${index} ${rule.name}: ${purpose} ${percent}, ${content(before)} -> ${content(after)}`;
}

/** A line for what happened, one for each write, question and note, and one for what is done then. */
function* play(spec: Record<string, unknown>, seed: number): Generator<string> {
  const random = new Random(seed);
  const plan = planOf(spec);
  const world = new World(
    plan,
    plan.targets.map(() => [splitRule(98, 2)]),
    seed,
  );
  const told = new Set<string>();
  world.webhook = (guard) => guard !== 'rollback';
  for (let at = 0; at < 90; at++) {
    // Nothing is split where the rule is gone.
    if (world.rules[0]?.length === 0) world.behaviour = { ...world.behaviour, share: 0 };
    const [writes, notes, asked] = [world.writes.length, world.notes.length, world.asked.length];
    const seconds = random.one([1, 5, 5, 5, 20, 60]);
    const isLook = random.is(0.8);
    if (isLook) world.look(seconds);
    yield isLook ? `look ${seconds} s` : random.one(moves)(world, random);
    for (const write of world.writes.slice(writes)) yield `  ${writeText(write)}`;
    for (const question of world.asked.slice(asked)) yield `  asks ${toJson(question)}`;
    for (const { kind, message } of world.notes.slice(notes)) yield `  ${kind}: ${message}`;
    if (world.last !== undefined) yield `  ${actionText(world.last.action)}`;
    const stage = `${world.state.phase} ${world.state.step}`;
    if (!told.has(stage) && at > 5) yield* standing(world);
    if (at > 5) told.add(stage);
  }
}

it.each(Object.entries(plans))('releases that anything happens to: %s', (name, spec) => {
  const lines = [1, 2, 3].flatMap((seed) => [`seed ${seed}`, ...play(spec, seed)]);
  const file = `../../test/golden/played-${name.replaceAll(' ', '-')}.txt`;
  expectGolden(new URL(file, import.meta.url), lines);
});
