import { begin } from '../begin.js';
import { planOf, splitRule, target, World } from '../testing/world.js';
import type { RuleView } from '../view.js';
import { decide } from './decide.js';

const notes = (world: World, kind: string) =>
  world.notes.filter((note) => note.kind === kind).map(({ message }) => message);

describe('what a release tells', () => {
  it('at its start: how many steps are behind it already', () => {
    const steps = [5, 10, 50, 100].map((percent) => ({ percent }));
    const world = new World(planOf({ steps }), [[splitRule(90, 10)]]);
    expect(notes(world, 'warning')).toEqual(['2 steps skipped: the canary has 10 % already']);
    expect(begin(world.plan, world.view(), 0)).toMatchObject({ kind: 'begun', notes: world.notes });
  });

  it('at its start: why a target cannot be read', () => {
    const { plan } = new World(planOf());
    const reading = (targets: Parameters<typeof begin>[1]['targets']) => begin(plan, { targets }, 0);
    expect(reading([{ kind: 'unread', reason: 'gone' }])).toEqual({
      kind: 'refused',
      messages: ['hello-ext-svc cannot be read: gone'],
    });
    expect(reading([])).toEqual({
      kind: 'refused',
      messages: ['hello-ext-svc cannot be read: it was not asked for'],
    });
  });

  it('at its end: how it ended', () => {
    const completed = new World(planOf());
    completed.run();
    expect(notes(completed, 'finish')).toEqual(['the canary has 100 %']);
    const aborted = new World(planOf());
    aborted.look();
    aborted.command({ kind: 'abort' });
    expect(notes(aborted, 'finish')).toEqual(['the canary is back where it was']);
    expect(notes(aborted, 'abort')).toEqual(['aborted by command']);
    const undone = new World(planOf());
    undone.look();
    undone.command({ kind: 'undo' });
    expect(notes(undone, 'finish')).toEqual(['the weights of the start are back']);
    expect(notes(undone, 'undo')).toEqual(['undone by command']);
  });

  it('of commands, and why it stands where it stands', () => {
    const world = new World(planOf());
    world.run(() => world.share === 50);
    world.command({ kind: 'undo', toStep: 1 });
    expect(world.state.because).toEqual({ reason: 'paused', message: 'back to step 1 by command' });
    world.command({ kind: 'resume' });
    world.command({ kind: 'pause' });
    expect(world.state.because).toEqual({ reason: 'paused', message: 'paused by command' });
    world.command({ kind: 'promote', full: true });
    world.command({ kind: 'abort', reason: 'enough' });
    expect(world.state.because).toEqual({ reason: 'paused', message: 'enough' });
    const ofCommands = / command$|^resumed|^enough$/;
    expect(world.notes.filter(({ message }) => ofCommands.test(message))).toEqual([
      { kind: 'undo', message: 'back to step 1 by command' },
      { kind: 'resume', message: 'resumed, was paused: back to step 1 by command' },
      { kind: 'pause', message: 'paused by command' },
      { kind: 'advance', message: 'promoted to the last step by command' },
      { kind: 'abort', message: 'enough' },
    ]);
    world.command({ kind: 'undo' });
    expect(world.state.because).toEqual({ reason: 'paused', message: 'undone by command' });
  });

  it('of silence: how long it has lasted, and why the canary goes back', () => {
    const noData = { after: '1m', holdFor: '10m' };
    const quiet = (spec: object) => {
      const world = new World(planOf({ noData: { ...noData, ...spec } }));
      world.look();
      world.behaviour.rate = 0;
      for (let i = 0; i < 30; i++) world.look(30);
      return world;
    };
    const message = expect.stringMatching(/^no canary request was counted for 10 min( \d+ s)?$/);
    const paused = quiet({});
    expect(paused.state.because).toEqual({ reason: 'no-data', message });
    expect(notes(paused, 'pause')).toEqual([message]);
    const aborted = quiet(Object.fromEntries([['then', 'abort']]));
    expect(aborted.state).toMatchObject({ phase: 'aborted', because: { reason: 'evidence', message } });
  });

  it('of a split that holds: once, when it is in force', () => {
    const world = new World(planOf());
    world.run();
    expect(notes(world, 'in-force')).toEqual(['10 % is in force', '50 % is in force', '100 % is in force']);
  });

  it('of a change of the rules, and of the next one', () => {
    const world = new World(planOf());
    world.look();
    for (const canary of [30, 31]) {
      world.rules = [[splitRule(100 - canary, canary)]];
      for (let i = 0; i < 3; i++) world.look();
    }
    const changed = (weights: string) =>
      expect.stringMatching(`^hello-ext-svc: .*the weights are ${weights}, not 90/10`);
    expect(notes(world, 'drift')).toEqual([changed('70/30'), changed('69/31')]);
  });

  it('of a webhook that was to be told the end and was not: nothing is held up', () => {
    const guards = [
      { name: 'failures', max: '5%' },
      { name: 'chat', webhook: 'http://chat', type: 'post-rollout' },
    ];
    const world = new World(planOf({ guards }));
    world.webhook = () => false;
    world.run();
    expect(world.action).toEqual({ kind: 'finish', outcome: 'completed' });
    expect(notes(world, 'warning')).toEqual(['chat was not told: 503']);
  });
});

describe('a target', () => {
  it('that is not in the view is not written', () => {
    const world = new World(planOf({ targets: [target('a'), target('b')] }));
    const { rules } = world;
    world.rules = rules.slice(0, 1);
    world.look();
    expect(world.action).toMatchObject({
      kind: 'wait',
      for: { reason: 'unread', message: 'the target was not read' },
    });
    expect(world.writes).toEqual([]);
    world.rules = rules;
    world.run();
    expect(world.state.phase).toBe('completed');
  });
});

it('a step that was half written when it was paused is still finished, and no new one begins', () => {
  const world = new World(planOf({ targets: [target('a'), target('b')] }));
  world.look();
  expect(world.command({ kind: 'pause' })).toBeUndefined();
  // As if it had been paused after the first target, before the second one.
  const [, second] = world.state.targets;
  world.rules[1] = [splitRule(100, 0)];
  world.state = {
    ...world.state,
    targets: [world.state.targets[0], { ...second, written: second?.start }] as typeof world.state.targets,
  };
  world.look();
  expect(world.writes.map(({ target, percent }) => [target, percent])).toEqual([
    [0, 10],
    [1, 10],
    [1, 10],
  ]);
  for (let i = 0; i < 100; i++) world.look();
  expect(world.writes).toHaveLength(3);
  expect(world.state.phase).toBe('paused');
});

it('nothing is written for a release that is paused before its first step', () => {
  const world = new World(planOf());
  expect(world.command({ kind: 'pause' })).toBeUndefined();
  expect(world.command({ kind: 'pause' })).toBe('the release is paused already: paused by command');
  for (let i = 0; i < 20; i++) world.look();
  expect(world.writes).toEqual([]);
  world.command({ kind: 'resume' });
  world.run();
  expect(world.state.phase).toBe('completed');
});

it('a webhook that may want the canary back is asked where there are no counts yet', () => {
  const guards = [
    { name: 'failures', max: '5%' },
    { name: 'gate', webhook: 'http://gate', type: 'rollback' },
  ];
  const world = new World(planOf({ guards }));
  world.noLook = { kind: 'no-look', reason: 'Prometheus answers 503' };
  const asked: string[] = [];
  world.webhook = (guard) => asked.push(guard) < 0;
  for (let i = 0; i < 3; i++) world.look();
  expect(asked).toContain('gate');
  world.noLook = undefined;
  world.run();
  expect(world.state.phase).toBe('completed');
});

describe('the rule of the release', () => {
  it('is told from another one without a name by what it matches and where it sends', () => {
    const other: RuleView = {
      index: 0,
      matches: [{ headers: {}, rest: 'path exactly "/other"' }],
      destinations: [{ host: 'other.shop.svc.cluster.local', port: 8080, weight: 100 }],
    };
    const world = new World(planOf(), [[other, { ...splitRule(100, 0), index: 1 }]]);
    const { action } = decide(world.plan, world.state, world.view(), undefined, world.now);
    expect(action).toMatchObject({ kind: 'write', write: { percent: 10 } });
  });

  it('may send to subsets that the plan does not name', () => {
    const destinations = splitRule(100, 0).destinations.map((to, at) => ({ ...to, subset: `v${at}` }));
    const view = {
      targets: [
        { kind: 'read' as const, rules: [{ ...splitRule(100, 0), destinations }], stable: {}, canary: {} },
      ],
    };
    expect(begin(planOf(), view, 0)).toMatchObject({
      kind: 'begun',
      state: { targets: [{ stable: { subset: 'v0' }, canary: { subset: 'v1' } }] },
    });
  });

  it('is called by its index where the plan does', () => {
    const plan = planOf({ targets: [{ ...target('a'), rule: 3 }] });
    const view = { targets: [{ kind: 'read' as const, rules: [splitRule(100, 0)], stable: {}, canary: {} }] };
    expect(begin(plan, view, 0)).toEqual({
      kind: 'refused',
      messages: [expect.stringMatching(/has no rule #3; its rules are #0/)],
    });
  });
});
