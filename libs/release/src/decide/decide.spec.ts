import { begin } from '../begin.js';
import { canaryHost, planOf, splitRule, stableHost, target, World } from '../testing/world.js';
import type { RuleView } from '../view.js';
import { decide } from './decide.js';

const percents = (world: World) => world.writes.map(({ purpose, percent }) => `${purpose} ${percent}`);
const notes = (world: World, kind: string) =>
  world.notes.filter((note) => note.kind === kind).map(({ message }) => message);

describe('a good canary', () => {
  it('gets every step once and in order, each write with its own number, and ends at 100 %', () => {
    const world = new World(planOf());
    world.run();
    expect(percents(world)).toEqual(['step 10', 'step 50', 'step 100']);
    expect(world.writes.map(({ seq }) => seq)).toEqual([1, 2, 3]);
    expect(world.action).toEqual({ kind: 'finish', outcome: 'completed' });
    expect(notes(world, 'advance')[0]).toMatch(
      /^10 % -> 50 % {2}hello-ext-svc {2}[\d,]+ canary requests, 0 failed \(0-0\.\d+ %\), stable 0 %, E=1 of 400, observed \d/,
    );
  });

  it('may fail as often as stable does', () => {
    const world = new World(planOf({ guards: [{ name: 'failures', ratio: 1.5, max: '15%' }] }));
    world.behaviour = { rate: 100, stable: 0.03, canary: 0.03 };
    world.run();
    expect(world.state.phase).toBe('completed');
  });

  it('waits for its hold, its requests and its evidence, and says for which', () => {
    const world = new World(planOf({ steps: [{ percent: 10, hold: '10m' }] }));
    expect(world.look()).toMatchObject({ kind: 'wait', for: { reason: 'not-in-force' } });
    expect(world.look()).toMatchObject({ kind: 'wait', for: { reason: 'settling' } });
    world.look(15);
    expect(world.look()).toMatchObject({
      kind: 'wait',
      for: { reason: 'hold', message: expect.stringMatching(/ of 10 min$/) },
    });
    const slow = new World(planOf({ steps: [{ percent: 10, hold: '10s' }] }));
    slow.behaviour.rate = 10;
    for (let i = 0; i < 20; i++) slow.look();
    expect(slow.action).toMatchObject({
      for: { reason: 'requests', message: expect.stringMatching(/has answered \d+ of 377 requests/) },
    });
  });

  it('is held at the end of a step with a pause until a human promotes it', () => {
    const world = new World(
      planOf({
        steps: [
          { percent: 10, hold: '10s', pause: true },
          { percent: 100, hold: '10s' },
        ],
      }),
    );
    world.run(() => world.state.phase === 'paused');
    expect(world.share).toBe(10);
    for (let i = 0; i < 50; i++) world.look(600);
    expect(world.state.phase).toBe('paused');
    expect(world.command({ kind: 'promote', full: false })).toBeUndefined();
    expect(world.share).toBe(100);
    world.run();
    expect(world.state.phase).toBe('completed');
  });

  it('starts above the steps that are written already', () => {
    const world = new World(planOf(), [[splitRule(90, 10)]]);
    world.look();
    expect(percents(world)).toEqual(['step 50']);
    expect(notes(world, 'warning')).toEqual(['1 step skipped: the canary has 10 % already']);
    const fromZero = new World(planOf({ from: 0 }), [[splitRule(90, 10)]]);
    fromZero.run();
    expect(percents(fromZero)).toEqual(['step 50', 'step 100']);
  });
});

describe('a bad canary', () => {
  it.each([2, 4, 10, 100, 1000])(
    'that always fails at 10 %% is out one look after its fourth request: %i requests a second',
    (rate) => {
      const guards = [{ name: 'failures', ratio: 1.5 }];
      const world = new World(planOf({ guards, steps: [{ percent: 10 }] }));
      world.behaviour = { rate, stable: 0, canary: 1, exactly: true };
      const counted: number[] = [];
      world.run(() => {
        const [trial] = Object.values(world.state.evidence.trials);
        counted.push(trial?.start.canary.requests ?? 0);
        return false;
      });
      expect(world.state.phase).toBe('aborted');
      const [lookOfFourth] = counted.flatMap((requests, look) => (requests >= 4 ? [look] : []));
      expect(counted.length - 1).toBeLessThanOrEqual((lookOfFourth ?? 0) + 1);
    },
  );

  it('is taken back to the weights of the start, and the reason is in words', () => {
    const world = new World(planOf(), [[splitRule(95, 5)]]);
    world.behaviour = { rate: 100, stable: 0.002, canary: 0.2 };
    world.run();
    expect(percents(world)).toEqual(['step 10', 'abort 5']);
    expect(world.action).toEqual({ kind: 'finish', outcome: 'aborted' });
    expect(notes(world, 'abort')[0]).toMatch(
      /^failures: \d+ of [\d,]+ requests to hello\.hello-2 failed, \d+ of [\d,]+ to hello\.hello-1\. If hello\.hello-2 were at most 1\.5 times as bad as hello\.hello-1, so many would be (?:a|rarer than a) 1 in [\d,]+ event\.$/,
    );
  });

  it('is taken out with abort: { to: 0 }, and never raised by an abort', () => {
    const out = new World(planOf({ abort: { to: 0 } }), [[splitRule(95, 5)]]);
    out.behaviour = { rate: 100, stable: 0, canary: 1 };
    out.run();
    expect(percents(out)).toEqual(['step 10', 'abort 0']);
    const lowered = new World(planOf({ from: 0, steps: [{ percent: 1 }, { percent: 100 }] }), [
      [splitRule(50, 50)],
    ]);
    lowered.behaviour = { rate: 100, stable: 0, canary: 1 };
    lowered.run();
    expect(percents(lowered)).toEqual(['step 1']);
    expect(lowered.state.phase).toBe('aborted');
  });

  it('that turns bad at 50 % is caught there, whatever it was before', () => {
    const world = new World(
      planOf({ steps: [{ percent: 10, hold: '1h' }, { percent: 50, hold: '1h' }, { percent: 100 }] }),
    );
    world.run(() => world.share === 50 && world.state.progress.held > 60_000);
    world.behaviour = { rate: 100, stable: 0, canary: 0.03 };
    world.run();
    expect(percents(world)).toEqual(['step 10', 'step 50', 'abort 0']);
  });

  it('at 100 %, where there is no stable, meets a ceiling of its own', () => {
    const world = new World(planOf({ guards: [{ name: 'failures', ratio: 1.5 }] }));
    world.run(() => world.share === 100);
    expect(Object.values(world.state.evidence.ceilings)).toEqual([0.01]);
    world.behaviour = { rate: 100, stable: 0, canary: 0.05 };
    world.run();
    expect(world.state.phase).toBe('aborted');
  });

  it('whose callers give up is caught by that', () => {
    const world = new World(planOf());
    world.behaviour = { rate: 100, stable: 0, canary: 0, hangs: 0.5 };
    world.run();
    expect(notes(world, 'abort')[0]).toMatch(/^failures: .* were given up by the caller/);
  });

  it('that swallows requests is caught by the share that is missing', () => {
    const world = new World(planOf());
    world.run(() => world.share === 50);
    world.behaviour = { rate: 100, stable: 0, canary: 0, swallowed: 0.95 };
    world.run();
    expect(world.state.phase).toBe('aborted');
    expect(notes(world, 'abort')[0]).toMatch(
      /^share: hello\.hello-2 has answered [\d,]+ of [\d,]+ requests, where 50 % are sent to it\./,
    );
  });

  it('is not to blame alone when stable is beyond the ceiling as well', () => {
    const world = new World(planOf({ guards: [{ name: 'failures', max: '1%' }] }));
    world.behaviour = { rate: 100, stable: 0.2, canary: 0.2 };
    world.run(() => world.state.phase === 'paused');
    expect(world.state).toMatchObject({
      phase: 'paused',
      because: { reason: 'evidence', message: expect.stringMatching(/Stable is beyond it as well/) },
    });
    expect(percents(world)).toEqual(['step 10']);
  });

  it('is caught while the release is paused, too', () => {
    const world = new World(planOf());
    world.look();
    expect(world.command({ kind: 'pause' })).toBeUndefined();
    world.behaviour = { rate: 100, stable: 0, canary: 1 };
    world.run();
    expect(world.state.phase).toBe('aborted');
  });
});

describe('the split', () => {
  it('that is written and not in force is waited for, and then is for a human', () => {
    const world = new World(planOf({ inForceWithin: '60s' }));
    world.behaviour = { rate: 100, stable: 0, canary: 0, share: 0 };
    for (let i = 0; i < 5; i++) world.look();
    expect(world.action).toMatchObject({ for: { reason: 'not-in-force' } });
    world.run(() => world.state.phase === 'paused', 30);
    expect(world.state).toMatchObject({ phase: 'paused', because: { reason: 'not-in-force' } });
    world.command({ kind: 'resume' });
    world.behaviour = { rate: 100, stable: 0, canary: 0 };
    world.run();
    expect(world.state.phase).toBe('completed');
  });

  it('that sends more than written holds the release as well', () => {
    const world = new World(planOf());
    world.behaviour = { rate: 100, stable: 0, canary: 0, share: 30 };
    for (let i = 0; i < 60; i++) world.look();
    expect(world.action).toMatchObject({ for: { reason: 'not-in-force' } });
    expect(percents(world)).toEqual(['step 10']);
  });

  it('is not checked where another rule reaches an arm', () => {
    const world = new World(planOf());
    world.otherWay = 'rule #1 of other (a.yaml:3) sends to hello-2 as well';
    world.behaviour = { rate: 100, stable: 0, canary: 0, share: 30 };
    world.run();
    expect(world.state.phase).toBe('completed');
  });
});

describe('silence', () => {
  it('never advances, and after holdFor is for a human', () => {
    const world = new World(planOf({ noData: { after: '1m', holdFor: '1h' } }));
    world.look();
    world.behaviour.rate = 0;
    for (let i = 0; i < 60; i++) world.look(30);
    expect(world.action).toMatchObject({ for: { reason: 'no-data' } });
    for (let i = 0; i < 150; i++) world.look(30);
    expect(world.state).toMatchObject({ phase: 'paused', because: { reason: 'no-data' } });
    expect(percents(world)).toEqual(['step 10']);
  });

  it('may abort instead', () => {
    const afterwards = Object.fromEntries([['then', 'abort']]);
    const world = new World(planOf({ noData: { after: '1m', holdFor: '1h', ...afterwards } }));
    world.look();
    world.behaviour.rate = 0;
    world.run();
    expect(percents(world)).toEqual(['step 10', 'abort 0']);
  });

  it('of the source of counts holds the release, and loses nothing', () => {
    const world = new World(planOf());
    world.run(() => world.state.progress.held > 20_000);
    const before = world.state.evidence;
    world.noLook = { kind: 'no-look', reason: 'Prometheus answers 503' };
    for (let i = 0; i < 100; i++) world.look();
    expect(world.action).toMatchObject({
      kind: 'wait',
      for: { reason: 'no-look', message: 'Prometheus answers 503' },
    });
    expect(world.state.evidence.trials).toEqual(before.trials);
    world.noLook = undefined;
    world.run();
    expect(world.state.phase).toBe('completed');
  });
});

describe("somebody else's change", () => {
  it('stops the release: nothing is written until somebody resumes', () => {
    const world = new World(planOf());
    world.look();
    world.rules = [[splitRule(70, 30)]];
    expect(world.look(1)).toMatchObject({ for: { reason: 'drift' } });
    world.look(5);
    expect(world.state).toMatchObject({
      phase: 'paused',
      because: { reason: 'drift', message: expect.stringMatching(/the weights are 70\/30, not 90\/10/) },
    });
    for (let i = 0; i < 20; i++) world.look();
    expect(percents(world)).toEqual(['step 10']);
    expect(world.command({ kind: 'resume' })).toBeUndefined();
    expect(percents(world)).toEqual(['step 10', 'step 10']);
    world.run();
    expect(world.state.phase).toBe('completed');
  });

  it('for less than two seconds is a save', () => {
    const world = new World(planOf());
    world.look();
    const rules = world.rules;
    world.behaviour.share = 10;
    world.rules = [[]];
    world.look(1);
    world.rules = rules;
    world.look(5);
    expect(world.state.phase).toBe('progressing');
    expect(notes(world, 'drift')).toEqual([]);
  });

  it('is taken back once with onDrift: restore, and not a second time', () => {
    const world = new World(planOf({ onDrift: 'restore' }));
    world.look();
    world.look();
    world.rules = [[splitRule(70, 30)]];
    world.look();
    world.look();
    expect(percents(world)).toEqual(['step 10', 'restore 10']);
    world.rules = [[splitRule(70, 30)]];
    world.look();
    world.look();
    expect(world.state).toMatchObject({ phase: 'paused', because: { reason: 'drift' } });
    expect(world.share).toBe(30);
  });

  it('does not keep an abort from lowering the canary, nor makes one raise it', () => {
    for (const [canary, expected] of [
      [30, ['step 10', 'abort 0']],
      [0, ['step 10']],
    ] as const) {
      const world = new World(planOf());
      world.look();
      world.rules = [[splitRule(100 - canary, canary)]];
      world.command({ kind: 'abort' });
      world.look();
      expect(percents(world)).toEqual(expected);
      expect(world.state.phase).toBe('aborted');
    }
  });

  it('keeps an undo from writing, unless it is forced', () => {
    const world = new World(planOf());
    world.run();
    world.rules = [[splitRule(20, 80)]];
    world.command({ kind: 'undo' });
    world.look();
    expect(world.action).toMatchObject({ kind: 'wait', for: { reason: 'drift' } });
    expect(world.share).toBe(80);
    world.command({ kind: 'undo', force: true });
    expect(world.share).toBe(0);
    expect(world.action).toEqual({ kind: 'finish', outcome: 'undone' });
  });

  it('that removes the rule or a destination pauses', () => {
    const world = new World(planOf());
    world.look();
    world.rules = [[{ ...splitRule(100, 0), destinations: splitRule(100, 0).destinations.slice(0, 1) }]];
    world.look();
    world.look();
    expect(world.state).toMatchObject({
      phase: 'paused',
      because: { reason: 'drift', message: expect.stringMatching(/is gone/) },
    });
  });

  it('of the order of the destinations is none', () => {
    const world = new World(planOf());
    world.look();
    world.rules = world.rules.map((rules) =>
      rules.map((rule) => ({ ...rule, destinations: rule.destinations.toReversed() })),
    );
    world.run();
    expect(world.state.phase).toBe('completed');
  });

  it('behind an arm is another release: its evidence begins anew once a human has looked', () => {
    const world = new World(planOf());
    world.identities = { stable: 'a', canary: 'b' };
    world.run(() => world.state.progress.held > 20_000);
    world.identities = { stable: 'a', canary: 'c' };
    world.look();
    expect(world.state).toMatchObject({
      phase: 'paused',
      because: { message: expect.stringMatching(/something else runs behind hello\.hello-2/) },
      progress: { held: 0 },
    });
    world.command({ kind: 'resume' });
    world.run();
    expect(world.state.phase).toBe('completed');
  });
});

describe('several targets', () => {
  const plan = planOf({ targets: [target('a'), target('b'), target('c')] });

  it('are raised in order, and go back in reverse', () => {
    const world = new World(plan);
    world.look();
    expect(world.writes.map((write) => write.target)).toEqual([0, 1, 2]);
    world.command({ kind: 'abort' });
    expect(world.writes.map((write) => write.target)).toEqual([0, 1, 2, 2, 1, 0]);
  });

  it('with the same arms are counted once', () => {
    const world = new World(plan);
    world.look();
    expect(Object.keys(world.state.evidence.trials)).toHaveLength(2);
  });

  it('go back to the step before when one of them refuses', () => {
    const world = new World(plan);
    world.run(() => world.share === 10 && world.state.progress.held > 0);
    world.refuse = (write) => (write.target === 2 && write.percent === 50 ? 'forbidden' : undefined);
    world.run(() => world.state.phase === 'paused');
    expect(world.rules.map((_, index) => world.split(index).destinations[1]?.weight)).toEqual([10, 10, 10]);
    expect(percents(world).slice(-4)).toEqual(['step 50', 'step 50', 'put-back 10', 'put-back 10']);
    expect(world.writes.slice(-2).map((write) => write.target)).toEqual([1, 0]);
    expect(world.state.because).toEqual({ reason: 'refused', message: 'c: forbidden' });
    expect(notes(world, 'refused')).toEqual(['forbidden']);
    world.refuse = () => undefined;
    world.command({ kind: 'resume' });
    world.run();
    expect(world.state.phase).toBe('completed');
  });

  it('go back to the start when the first step is refused', () => {
    const world = new World(plan);
    world.refuse = (write) => (write.target === 1 && write.percent > 0 ? 'forbidden' : undefined);
    world.look();
    expect(percents(world)).toEqual(['step 10', 'put-back 0']);
    expect(world.state.phase).toBe('paused');
    world.refuse = () => undefined;
    world.command({ kind: 'resume' });
    world.run();
    expect(world.state.phase).toBe('completed');
  });
});

describe('users and sticky users', () => {
  it('get rules of their own with the first weight, and lose them at the end', () => {
    const world = new World(planOf({ users: [{ header: 'user', exact: ['test', 'tom'] }] }));
    world.look();
    expect(world.rules[0]).toMatchObject([
      {
        name: 'grayscale-hello-2-users',
        matches: [
          { headers: { user: { kind: 'exact', value: 'test' } } },
          { headers: { user: { value: 'tom' } } },
        ],
        destinations: [{ host: canaryHost }],
      },
      { matches: [] },
    ]);
    world.run();
    expect(world.rules[0]).toHaveLength(1);
    expect(percents(world)).toEqual(['step 10', 'step 50', 'step 100', 'finish 100']);
  });

  it('alone are an A/B test: it stays until a human ends it', () => {
    const world = new World(planOf({ steps: undefined, users: [{ header: 'user', exact: 'test' }] }), [
      [splitRule(90, 10)],
    ]);
    for (let i = 0; i < 500; i++) world.look(60);
    expect(world.state.phase).toBe('paused');
    expect(world.rules[0]).toHaveLength(2);
    expect(world.share).toBe(10);
    world.command({ kind: 'promote', full: false });
    expect(world.state.phase).toBe('completed');
    expect(world.rules[0]).toHaveLength(1);
  });

  it('lose their rules by abort and by undo', () => {
    for (const kind of ['abort', 'undo'] as const) {
      const world = new World(planOf({ sticky: { header: 'x-bucket', digits: 4 } }));
      world.look();
      expect(world.rules[0]).toHaveLength(3);
      world.command({ kind });
      expect(world.rules[0]).toEqual([splitRule(100, 0)]);
    }
  });

  const changed: Array<[string, (rules: RuleView[]) => RuleView[], RegExp]> = [
    [
      'removed',
      (rules) => rules.slice(1),
      /: 2 of the 3 rules that were written for the release stand there/,
    ],
    [
      'added',
      ([first, ...rest]) => [
        first as RuleView,
        { ...(first as RuleView), name: `${first?.name}-more` },
        ...rest,
      ],
      /: 4 of the 3 rules/,
    ],
    [
      'for other requests',
      ([first, ...rest]) => [{ ...(first as RuleView), matches: [] }, ...rest],
      /was changed/,
    ],
    [
      'in another order',
      ([first, second, ...rest]) => [second as RuleView, first as RuleView, ...rest],
      /was changed/,
    ],
    [
      'with another name',
      ([first, ...rest]) => [{ ...(first as RuleView), name: `${first?.name}x` }, ...rest],
      /was changed/,
    ],
    [
      'to the other arm',
      ([first, ...rest]) => [
        { ...(first as RuleView), destinations: [{ host: stableHost, port: 8080, weight: 100 }] },
        ...rest,
      ],
      /was changed/,
    ],
    [
      'to two destinations',
      ([first, ...rest]) => {
        const { destinations } = first as RuleView;
        return [{ ...(first as RuleView), destinations: [...destinations, ...destinations] }, ...rest];
      },
      /was changed/,
    ],
    [
      'with another cookie',
      ([first, ...rest]) => [{ ...(first as RuleView), setCookie: 'other=1' }, ...rest],
      /was changed/,
    ],
  ];
  it.each(changed)(
    'are not overruled: a rule of ours that somebody has %s stops the release',
    (_, change, why) => {
      const world = new World(
        planOf({ users: [{ header: 'user', exact: 'test' }], sticky: { header: 'x-bucket', digits: 4 } }),
      );
      world.look();
      expect(world.rules[0]).toHaveLength(4);
      world.rules = world.rules.map(change);
      world.look();
      world.look();
      expect(world.state).toMatchObject({
        phase: 'paused',
        because: { reason: 'drift', message: expect.stringMatching(why) },
      });
    },
  );

  it('are missed where the plan has none: a rule with our name that somebody has put there stops the release', () => {
    const world = new World(planOf());
    world.look();
    const [split] = world.rules[0] as [RuleView];
    world.rules = [
      [{ ...split, name: 'grayscale-hello-2-users', destinations: split.destinations.slice(0, 1) }, split],
    ];
    world.look();
    world.look();
    expect(world.state.because?.message).toMatch(/the rule "grayscale-hello-2-users" stands there/);
  });
});

describe('webhooks', () => {
  const guards = (type: string) => [
    { name: 'failures', max: '5%' },
    { name: 'gate', webhook: 'http://gate', type },
  ];

  it.each([
    ['pre-rollout', []],
    ['confirm-traffic-increase', ['step 10']],
    ['confirm-promotion', ['step 10', 'step 50', 'step 100']],
  ])('that say no hold the release: %s', (type, expected) => {
    const world = new World(planOf({ guards: guards(type) }));
    world.webhook = () => false;
    world.run(() => false, 100);
    expect(percents(world)).toEqual(expected);
    expect(world.action).toMatchObject({ for: { reason: 'webhook', message: 'gate says no: 503' } });
    world.webhook = () => true;
    world.run();
    expect(world.state.phase).toBe('completed');
    expect(notes(world, 'webhook').at(-1)).toBe('gate says yes');
  });

  it('may ask for the canary to go back', () => {
    const world = new World(planOf({ guards: guards('rollback') }));
    let bad = false;
    world.webhook = () => bad;
    world.run(() => world.share === 50);
    bad = true;
    world.run();
    expect(percents(world)).toEqual(['step 10', 'step 50', 'abort 0']);
    expect(notes(world, 'abort')).toEqual(['gate asks for it']);
  });

  it('may ask for it beside others of its type, and beside confirmations: each is asked once in a look', () => {
    const types = ['rollback', 'rollback', 'confirm-traffic-increase', 'confirm-promotion'];
    const all = types.map((type, at) => ({ name: `gate-${at}`, webhook: 'http://gate/ok', type }));
    const world = new World(planOf({ guards: [{ name: 'failures', max: '5%' }, ...all] }));
    let asked: string[] = [];
    let promotes = false;
    world.webhook = (guard) => {
      asked.push(guard);
      return promotes && guard > 'gate-1';
    };
    for (let looks = 0; looks < 60; looks++) {
      promotes = looks > 40;
      asked = [];
      world.look();
      expect(new Set(asked).size).toBe(asked.length);
      expect(world.state.passed.filter((key) => key.includes('/rollback/')).length).toBeLessThan(3);
    }
    expect(asked.slice(0, 2)).toEqual(['gate-0', 'gate-1']);
    world.run();
    expect(percents(world)).toEqual(['step 10', 'step 50', 'step 100']);
  });
});

describe('commands', () => {
  it('promote --full goes to the last step, which is held all the same', () => {
    const world = new World(planOf());
    world.look();
    world.command({ kind: 'promote', full: true });
    expect(percents(world)).toEqual(['step 10', 'step 100']);
    expect(world.state.phase).toBe('progressing');
    world.run();
    expect(world.state.phase).toBe('completed');
  });

  it('undo gives back the start after the end, and a step on the way', () => {
    const world = new World(planOf());
    world.run(() => world.share === 50);
    world.command({ kind: 'undo', toStep: 1 });
    expect(world.share).toBe(10);
    expect(world.state.phase).toBe('paused');
    world.command({ kind: 'resume' });
    world.run();
    expect(world.state.phase).toBe('completed');
    world.command({ kind: 'undo' });
    expect(percents(world).slice(-1)).toEqual(['undo 0']);
    expect(world.rules).toEqual([[splitRule(100, 0)]]);
  });

  it('retry begins again after an abort, from the first step and with no evidence', () => {
    const world = new World(planOf());
    world.behaviour = { rate: 100, stable: 0, canary: 1 };
    world.run();
    world.behaviour = { rate: 100, stable: 0, canary: 0 };
    world.last = undefined;
    expect(world.command({ kind: 'retry' })).toBeUndefined();
    expect(world.state.run).toBe(2);
    world.run();
    expect(world.state.phase).toBe('completed');
    expect(world.writes.map(({ seq }) => seq)).toEqual([1, 2, 3, 4, 5]);
  });

  it.each([
    [{ kind: 'resume' as const }, 'the release is not paused'],
    [{ kind: 'undo' as const, toStep: 9 }, 'there is no step 9; the plan has 3'],
    [{ kind: 'undo' as const, toStep: 3 }, 'step 3 is still to come; promote goes there'],
  ])('that make no sense are rejected: %j', (command, message) => {
    const world = new World(planOf());
    world.look();
    expect(world.command(command)).toBe(message);
  });

  it.each(['promote', 'pause', 'resume', 'abort'] as const)(
    '%s has nothing to do when the release is over',
    (kind) => {
      const world = new World(planOf());
      world.run();
      const command = kind === 'promote' ? { kind, full: false } : { kind };
      expect(world.command(command)).toBe(`the release is completed; there is nothing to ${kind}`);
    },
  );
});

describe('a crash', () => {
  it('between the intent and the write asks for the same write again; after the write, for none', () => {
    const world = new World(planOf());
    const first = decide(world.plan, world.state, world.view(), world.count(5), 1_005_000);
    const again = decide(world.plan, first.state, world.view(), undefined, 1_006_000);
    expect(again.action).toEqual(first.action);
    if (again.action.kind !== 'write') throw new Error('no write');
    world.apply(again.action.write);
    const done = decide(world.plan, first.state, world.view(), undefined, 1_007_000);
    expect(done.action.kind).toBe('wait');
    expect(done.state).toMatchObject({
      seq: 1,
      targets: [{ written: { weights: [{ weight: 90 }, { weight: 10 }] } }],
    });
  });

  it('that repeats a look counts it once', () => {
    const world = new World(planOf());
    world.look();
    world.now += 5000;
    const look = world.count(5);
    const once = decide(world.plan, world.state, world.view(), look, world.now);
    const twice = decide(world.plan, once.state, world.view(), look, world.now);
    expect(twice.state.evidence).toEqual(once.state.evidence);
  });

  it('abort during a write that did not arrive goes back without it', () => {
    const world = new World(planOf());
    const { state } = decide(world.plan, world.state, world.view(), undefined, world.now);
    world.state = state;
    world.command({ kind: 'abort' });
    expect(percents(world)).toEqual([]);
    expect(world.state.phase).toBe('aborted');
  });
});

describe('the clock', () => {
  it('set back stands still: nothing is lost and nothing goes faster', () => {
    const world = new World(planOf());
    world.run(() => world.state.progress.held > 20_000);
    const { held } = world.state.progress;
    world.now -= 3_600_000;
    world.look();
    expect(world.state.progress.held).toBe(held);
    world.now += 3_600_000;
    world.run();
    expect(world.state.phase).toBe('completed');
  });
});

it('nothing is written while a target cannot be read, and an abort waits for it', () => {
  const world = new World(planOf());
  world.look();
  world.unread = 'connect ECONNREFUSED';
  world.behaviour = { rate: 100, stable: 0, canary: 1 };
  for (let i = 0; i < 10; i++) world.look();
  expect(world.action).toMatchObject({ for: { reason: 'unread', message: 'connect ECONNREFUSED' } });
  expect(world.state.phase).toBe('aborting');
  world.unread = undefined;
  world.look();
  expect(world.state.phase).toBe('aborted');
});

it('a canary without a ready endpoint gets no traffic', () => {
  const world = new World(planOf());
  world.endpoints = 0;
  world.look();
  expect(world.action).toMatchObject({ for: { reason: 'endpoints' } });
  expect(world.writes).toEqual([]);
});

describe('a start is refused', () => {
  const refusal = (
    rules: Parameters<typeof splitRule>,
    spec: object = {},
    change = (rule: ReturnType<typeof splitRule>) => [rule],
  ) => {
    const plan = planOf(spec as Record<string, unknown>);
    const arm = {};
    const begun = begin(
      plan,
      { targets: [{ kind: 'read', rules: change(splitRule(...rules)), stable: arm, canary: arm }] },
      0,
    );
    return begun.kind === 'refused' ? begun.messages : [];
  };

  it.each<[string, string[], RegExp]>([
    [
      'without the canary',
      refusal([100, 0], {}, (rule) => [{ ...rule, destinations: rule.destinations.slice(0, 1) }]),
      /no rule sends to hello\.hello-2\.svc\.cluster\.local; its destinations are hello\.hello-1/,
    ],
    [
      'with two such rules',
      refusal([100, 0], {}, (rule) => [
        { ...rule, name: 'a' },
        { ...rule, name: 'b', index: 1 },
      ]),
      /#0 "a", #1 "b"; add rule: NAME/,
    ],
    [
      'with a name that is taken',
      refusal([100, 0], {}, (rule) => [{ ...rule, name: 'grayscale-hello-2-users' }, rule]),
      /grayscale writes rules of that name itself/,
    ],
    ['with negative weights', refusal([-1, 0]), /has the weight -1/],
    ['with weights of 0 only', refusal([0, 0]), /only weights of 0/],
    [
      'with a header that the rule matches on already',
      refusal([100, 0], { users: [{ header: 'user', exact: 'x' }] }, (rule) => [
        { ...rule, matches: [{ headers: { user: { kind: 'present' } }, rest: '' }] },
      ]),
      /already matches on the header user/,
    ],
    [
      'with a rule that is not there',
      refusal([100, 0], { targets: [{ ...target('a'), rule: 'b' }] }),
      /has no rule named "b"; its rules are #0/,
    ],
    [
      'with a destination listed twice',
      refusal([100, 0], {}, (rule) => [
        { ...rule, destinations: [...rule.destinations, { host: 'x', weight: 1 }, { host: 'x', weight: 2 }] },
      ]),
      /lists x twice/,
    ],
  ])('%s', (_, messages, words) => {
    expect(messages).toHaveLength(1);
    expect(messages[0]).toMatch(words);
  });

  it('when a share cannot be written exactly, with the nearest that can', () => {
    const messages = refusal([17, 0], { steps: [{ percent: 0.0001 }] }, (rule) => [
      { ...rule, destinations: [...rule.destinations, { host: 'x', weight: 1 }] },
    ]);
    expect(messages).toEqual([expect.stringMatching(/the nearest that do is 0\.001 %/)]);
  });
});

it('short hosts stand for what they are unique for', () => {
  const spec = { targets: [{ virtualService: 'a', stable: 'hello.hello-1', canary: 'hello.hello-2' }] };
  const world = new World(planOf(spec));
  world.run();
  expect(world.state.phase).toBe('completed');
  expect(world.state.targets[0]).toMatchObject({
    stable: { host: stableHost, port: 8080 },
    canary: { host: canaryHost },
  });
});

describe('an abort that a target refuses', () => {
  it('goes on with the others, and tries that one again at each look', () => {
    const world = new World(planOf({ targets: [target('a'), target('b'), target('c')] }));
    world.look();
    world.refuse = (write) => (write.target === 1 ? 'forbidden' : undefined);
    world.command({ kind: 'abort' });
    expect(world.rules.map((_, index) => world.split(index).destinations[1]?.weight)).toEqual([0, 10, 0]);
    expect(world.action).toMatchObject({ kind: 'wait', for: { reason: 'refused', message: 'forbidden' } });
    const commands = [
      { kind: 'pause' },
      { kind: 'resume' },
      { kind: 'promote', full: true },
      { kind: 'abort' },
    ] as const;
    expect(commands.map((command) => world.command(command))).toEqual([
      'the release is aborting; it cannot pause now',
      'the release is aborting; it cannot resume now',
      'the release is aborting; it cannot promote now',
      'the release is aborting already',
    ]);
    world.look();
    expect(world.state.phase).toBe('aborting');
    world.refuse = () => undefined;
    world.look();
    expect(world.state.phase).toBe('aborted');
    expect(world.share).toBe(0);
  });
});
