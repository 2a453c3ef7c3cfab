import { rm, writeFile } from 'node:fs/promises';
import { readJournal } from './files/journal.js';
import { JournalFollower } from './files/journal-follower.js';
import { PlanText } from './files/plan-text.js';
import { planInForce } from './plan-in-force.js';
import { Rehearsal, virtualService } from './testing/rehearsal.js';

const cart = { 'cart.yaml': virtualService('cart') };

/** A release whose canary has 25 %. */
async function started(spec: Record<string, unknown> = {}): Promise<Rehearsal> {
  const stage = await Rehearsal.of(cart, spec);
  const loop = await stage.open();
  expect(await loop.start()).toEqual([]);
  await stage.tick();
  expect(await stage.weights('cart')).toEqual([75, 25]);
  return stage;
}

const percents = ({ entries }: Rehearsal) =>
  entries.filter(({ op }) => op === 'intent').map(({ percent }) => percent);
const planEntries = ({ entries }: Rehearsal) => entries.filter(({ op }) => op === 'plan');

describe('a plan that is changed while its release runs', () => {
  it('is followed from the next tick, and the journal says what has changed', async () => {
    await using stage = await started();
    await stage.replan((spec) => {
      spec.steps = [25, 60, 80].map((percent) => ({ percent, hold: '10s', requests: 10 }));
      spec.guards = [{ name: 'failures', ratio: 1.5, max: '20%' }];
    });
    await stage.tick();
    expect(planEntries(stage)).toMatchObject([
      { message: 'the plan has changed: steps, guards', note: 'plan' },
    ]);
    expect(await stage.runToEnd()).toEqual({ kind: 'finished', outcome: 'completed' });
    expect(percents(stage)).toEqual([25, 60, 80]);
    expect(await stage.weights('cart')).toEqual([20, 80]);
  });

  it('aborts by a guard that was made stricter', async () => {
    await using stage = await started({ guards: [{ name: 'failures', max: '50%' }] });
    stage.failing = 10;
    await stage.tick();
    await stage.replan((spec) => {
      spec.guards = [{ name: 'failures', max: '1%' }];
    });
    expect(await stage.runToEnd()).toEqual({ kind: 'finished', outcome: 'aborted' });
    expect(await stage.text('cart')).toBe(virtualService('cart'));
  });

  it.each([
    {
      what: 'another rule',
      change: (spec: Record<string, unknown>) => {
        (spec.targets as Record<string, unknown>[])[0] = {
          virtualService: 'cart',
          stable: 'cart-1',
          canary: 'cart-2',
          rule: 0,
        };
      },
      message:
        /^targets cannot change while the release runs; .*\. The plan that the release follows goes on\.$/,
    },
    {
      what: 'another canary',
      change: (spec: Record<string, unknown>) => {
        (spec.targets as Record<string, unknown>[])[0] = {
          virtualService: 'cart',
          stable: 'cart-1',
          canary: 'cart-3',
        };
      },
      message: /^targets cannot change/,
    },
    {
      what: 'a mistake',
      change: (spec: Record<string, unknown>) => {
        spec.stepz = [];
      },
      message: /^the changed plan is not valid: .*plan\.json:1:\d+: .*stepz/,
    },
    {
      what: 'another name',
      change: (_: unknown, plan: Record<string, unknown>) => {
        plan.metadata = { name: 'other', namespace: 'shop' };
      },
      message: /^name cannot change/,
    },
  ])('with $what is refused with words once, and the old one goes on', async ({ change, message }) => {
    await using stage = await started();
    await stage.replan(change);
    await stage.tick();
    await stage.tick();
    expect(planEntries(stage)).toMatchObject([{ rejected: true, message: expect.stringMatching(message) }]);
    expect(await stage.runToEnd()).toEqual({ kind: 'finished', outcome: 'completed' });
    expect(percents(stage)).toEqual([25, 50, 100]);
  });

  it('is taken over once the mistake in it is mended', async () => {
    await using stage = await started();
    await stage.replan((spec) => {
      spec.steps = [{ percent: 250 }];
    });
    await stage.tick();
    await stage.replan((spec) => {
      spec.steps = [{ percent: 25, hold: '1s', requests: 1 }];
    });
    expect(await stage.runToEnd()).toMatchObject({ outcome: 'completed' });
    expect(planEntries(stage)).toMatchObject([
      { rejected: true },
      { message: 'the plan has changed: steps' },
    ]);
    expect(percents(stage)).toEqual([25]);
  });

  it('that is gone leaves the release as it is', async () => {
    await using stage = await started();
    await rm(stage.at('plan.json'));
    await stage.tick();
    expect(planEntries(stage)).toMatchObject([
      { rejected: true, message: expect.stringMatching(/plan\.json cannot be read: ENOENT/) },
    ]);
    expect(await stage.runToEnd()).toMatchObject({ outcome: 'completed' });
  });

  it('while it is being written is left alone until it is whole', async () => {
    await using stage = await started();
    const text = new PlanText(stage.at('plan.json'), '');
    let isRead = false;
    const news = text.news().finally(() => {
      isRead = true;
    });
    for (let part = 0; !isRead; part += 1) await writeFile(stage.at('plan.json'), `{"half": ${part}`);
    expect(await news).toBeUndefined();
    expect(await text.news()).toMatchObject({
      kind: 'invalid',
      message: expect.stringMatching(/plan\.json:1/),
    });
    expect(await text.news()).toBeUndefined();
  });

  it.each([
    {
      what: 'steps',
      change: (spec: Record<string, unknown>) =>
        Object.assign(spec, {
          steps: [
            { percent: 25, hold: '1s', requests: 1 },
            { percent: 70, hold: '1s', requests: 1 },
          ],
        }),
      expected: [25, 70],
    },
    {
      what: 'steps without the share that is in force',
      change: (spec: Record<string, unknown>) =>
        Object.assign(spec, {
          steps: [
            { percent: 10, hold: '1s', requests: 1 },
            { percent: 30, hold: '1s', requests: 1 },
          ],
        }),
      expected: [25, 30],
    },
    {
      what: 'targets',
      change: (spec: Record<string, unknown>) =>
        Object.assign(spec, { targets: [{ virtualService: 'other', stable: 'other-1', canary: 'other-2' }] }),
      expected: [25, 50, 100],
    },
  ])(
    'between two processes, $what: the run in the journal decides what may change',
    async ({ change, expected }) => {
      await using stage = await started();
      await stage.close();
      await stage.replan(change);
      await stage.open();
      expect(await stage.runToEnd()).toMatchObject({ outcome: 'completed' });
      expect(percents(stage)).toEqual(expected);
      expect(planEntries(stage)).toHaveLength(1);
      const followed = planInForce(await readJournal(stage.at('plan.json.journal.jsonl')));
      expect(followed?.targets[0]?.virtualService?.name).toBe('cart');
      expect(followed?.steps.at(-1)?.percent).toBe(expected.at(-1));
    },
  );

  it('after the run is over counts for the next run, targets and all', async () => {
    await using stage = await started();
    await stage.runToEnd();
    await stage.close();
    await stage.edit('cart', () => virtualService('cart', ['90', '10']));
    await stage.replan((spec) => {
      spec.targets = [{ virtualService: 'cart', stable: 'cart-1', canary: 'cart-2', rule: 0 }];
      spec.steps = [{ percent: 40, hold: '1s', requests: 1 }];
    });
    const loop = await stage.open();
    expect(await loop.start()).toEqual([]);
    await stage.runToEnd();
    expect(await stage.weights('cart')).toEqual([60, 40]);
    expect(planEntries(stage)).toEqual([]);
  });
});

it('a journal is followed without reading what was read before, over a torn line and another file', async () => {
  await using stage = await started();
  const path = stage.at('plan.json.journal.jsonl');
  const follower = new JournalFollower(path);
  const all = await readJournal(path);
  expect((await follower.news()).entries).toEqual(all);
  expect(await follower.news()).toEqual({ isAnother: false, entries: [] });
  await stage.tick();
  const [first, second] = await Promise.all([follower.news(), follower.news()]);
  expect([...first.entries, ...second.entries]).toEqual((await readJournal(path)).slice(all.length));
  expect(follower.state?.percent).toBe(25);
  await stage.close();
  const text = all.map((entry) => `${JSON.stringify(entry)}\n`).join('');
  await writeFile(path, `${text}{"op":"obs`);
  expect(await follower.news()).toEqual({ isAnother: true, entries: all });
  await writeFile(path, `${text}{"op":"observe","run":1,"seq":1,"at":1}\n`);
  expect((await follower.news()).entries).toEqual([{ op: 'observe', run: 1, seq: 1, at: 1 }]);
  await rm(path);
  expect(await follower.news()).toEqual({ isAnother: true, entries: [] });
  expect(follower.state).toBeUndefined();
});
