import { rm, writeFile } from 'node:fs/promises';
import { setTimeout as after } from 'node:timers/promises';
import type { ReleaseState } from '@grayscale/release';
import { CommandBox } from './files/command-box.js';
import { FileStore } from './files/file-store.js';
import { Journal, readJournal } from './files/journal.js';
import { Rehearsal, virtualService } from './testing/rehearsal.js';

const cart = { 'cart.yaml': virtualService('cart') };
const three = Object.fromEntries(['a', 'b', 'c'].map((name) => [`${name}.yaml`, virtualService(name)]));

/** Longer than a save takes; drift is told apart from it by a real clock. */
const afterSave = () => after(2100);

describe('a release', () => {
  it('of a good canary raises the weights step by step, and its journal tells each decision', async () => {
    await using stage = await Rehearsal.of(cart);
    const loop = await stage.open();
    expect(await loop.start()).toEqual([]);
    expect(await stage.runToEnd()).toEqual({ kind: 'finished', outcome: 'completed' });
    expect(await stage.weights('cart')).toEqual([0, 100]);
    const intents = stage.entries.filter(({ op }) => op === 'intent');
    expect(intents.map(({ seq, percent, purpose }) => [seq, percent, purpose])).toEqual([
      [1, 25, 'step'],
      [2, 50, 'step'],
      [3, 100, 'step'],
    ]);
    expect(intents[1]?.message).toMatch(/^25 % -> 50 % {2}cart {2}[\d,]+ canary requests, 0 failed/);
  });

  it('of a bad canary gives the bytes back, also where a weight was missing or written in an odd way', async () => {
    const odd = virtualService('cart', ['0x5A', '"10"']).replace('          weight: "10"\n', '');
    await using stage = await Rehearsal.of({ 'cart.yaml': odd });
    const loop = await stage.open();
    await loop.start();
    await stage.tick();
    expect(await stage.weights('cart')).toEqual([3, 1]);
    stage.failing = 80;
    expect(await stage.runToEnd()).toEqual({ kind: 'finished', outcome: 'aborted' });
    expect(await stage.text('cart')).toBe(odd);
  });

  it('raises targets in their order and takes them back in reverse', async () => {
    await using stage = await Rehearsal.of(three);
    const loop = await stage.open();
    await loop.start();
    await stage.tick();
    stage.failing = 80;
    await stage.runToEnd();
    const intents = stage.entries.filter(({ op }) => op === 'intent');
    const targets = intents.map(({ state }) => (state as { pending?: { target?: number } }).pending?.target);
    expect(targets).toEqual([0, 1, 2, 2, 1, 0]);
    for (const name of ['a', 'b', 'c']) expect(await stage.text(name)).toBe(three[`${name}.yaml`]);
  });

  it('of which one target of three cannot be written puts the earlier ones back and pauses', async () => {
    const aliased = virtualService('c')
      .replace('weight: 90', 'weight: &w 90')
      .replace('weight: 10', 'weight: *w');
    await using stage = await Rehearsal.of({ ...three, 'c.yaml': aliased.replace('&w 90', '&w 50') });
    const loop = await stage.open();
    await loop.start();
    const tick = await stage.tick();
    expect(loop.state?.phase).toBe('paused');
    expect(tick).toMatchObject({
      kind: 'waiting',
      waiting: { reason: 'refused', message: expect.stringMatching(/c\.yaml:9:\d+.*\[edit-shared\]/) },
    });
    const done = stage.entries.filter(({ op }) => op === 'done');
    expect(done.map(({ seq }) => seq)).toEqual([1, 2, 4, 5]);
    expect([await stage.weights('a'), await stage.weights('b')]).toEqual([
      [90, 10],
      [90, 10],
    ]);
  });

  it('with users and a sticky header writes their rules with the first weight and removes them at the end', async () => {
    const spec = { users: [{ header: 'user', exact: ['test'] }], sticky: { header: 'x-bucket', digits: 3 } };
    await using stage = await Rehearsal.of(cart, spec);
    const loop = await stage.open();
    await loop.start();
    await stage.tick();
    const names = async () =>
      [...(await stage.text('cart')).matchAll(/name: (grayscale-\S+)/g)].map(([, name]) => name);
    expect(await names()).toEqual([
      'grayscale-plan-users',
      'grayscale-plan-sticky-canary',
      'grayscale-plan-sticky-stable',
    ]);
    await loop.command({ kind: 'promote', full: false });
    await loop.settle();
    expect(await names()).toHaveLength(3);
    expect(await stage.runToEnd()).toMatchObject({ kind: 'finished', outcome: 'completed' });
    expect(await stage.text('cart')).toBe(virtualService('cart', ['0', '100']));
  });
});

it('keeps why nothing can be counted, once for each reason', async () => {
  await using stage = await Rehearsal.of(cart);
  const loop = await stage.open();
  await loop.start();
  await stage.tick();
  for (const reason of ['refuses the connection', 'answers 401', 'answers 401', 'answers 503']) {
    stage.unreadable = reason;
    await stage.tick();
  }
  const because = stage.entries.map(({ state }) => (state as ReleaseState | undefined)?.because);
  expect(because.flatMap((each) => (each?.reason === 'no-look' ? each.message : []))).toEqual([
    'refuses the connection',
    'answers 401',
    'answers 503',
  ]);
});

describe('somebody else edits', () => {
  it.each([
    {
      what: 'the rule is removed',
      change: (text: string) => text.replace(/ {2}http:[\s\S]*/, '  http: []\n'),
      message: /is gone/,
    },
    {
      what: 'a destination is removed',
      change: (text: string) => text.replace(/ {8}- destination: \{ host: cart-2[\s\S]*/, ''),
      message: /is gone|other destinations/,
    },
    {
      what: 'the weights are changed',
      change: (text: string) => text.replace('75', '74'),
      message: /74\/25, not 75\/25/,
    },
    { what: 'the file is broken', change: () => 'kind: [', message: /is gone; .*cart\.yaml:1:/ },
    { what: 'the file is emptied', change: () => '', message: /is gone/ },
  ])('$what: after two seconds the release pauses, and nothing is written', async ({ change, message }) => {
    await using stage = await Rehearsal.of(cart);
    const loop = await stage.open();
    await loop.start();
    await stage.tick();
    await stage.edit('cart', change);
    const edited = await stage.text('cart');
    await stage.tick();
    expect(loop.state?.phase).toBe('progressing');
    await afterSave();
    await stage.tick(3);
    await stage.tick(3);
    expect(loop.state).toMatchObject({
      phase: 'paused',
      because: { reason: 'drift', message: expect.stringMatching(message) },
    });
    expect(await stage.text('cart')).toBe(edited);
  });

  it('a file that is gone for a moment, as during a save, changes nothing', async () => {
    await using stage = await Rehearsal.of(cart);
    const loop = await stage.open();
    await loop.start();
    await stage.tick();
    const text = await stage.text('cart');
    await rm(stage.at('cart.yaml'));
    expect(await stage.tick(0.1)).toMatchObject({ waiting: { reason: 'unread' } });
    await writeFile(stage.at('cart.yaml'), text);
    expect(await stage.runToEnd()).toMatchObject({ outcome: 'completed' });
    expect(loop.state?.phase).toBe('completed');
  });

  it('other lines are kept, in the order in which they are by then', async () => {
    await using stage = await Rehearsal.of(cart);
    const loop = await stage.open();
    await loop.start();
    await stage.tick();
    await stage.edit('cart', (text) => {
      const [head = '', first = '', second = ''] = text.split(/(?= {8}- destination)/);
      return `# mine\n${head}${second}${first}`;
    });
    const edited = await stage.text('cart');
    await loop.command({ kind: 'promote', full: false });
    await loop.settle();
    expect(await stage.text('cart')).toBe(
      edited.replace('weight: 25', 'weight: 50').replace('weight: 75', 'weight: 50'),
    );
  });

  it('undo after edits of other lines takes back the weights alone', async () => {
    await using stage = await Rehearsal.of(cart);
    const loop = await stage.open();
    await loop.start();
    await stage.tick();
    await stage.edit('cart', (text) => `# mine\n${text}`);
    await loop.command({ kind: 'undo' });
    expect(await loop.settle()).toMatchObject({ kind: 'finished', outcome: 'undone' });
    expect(await stage.text('cart')).toBe(`# mine\n${virtualService('cart')}`);
  });
});

describe('something else behind an arm, as the files have it', () => {
  const slice = (port: number) => `apiVersion: discovery.k8s.io/v1
kind: EndpointSlice
metadata: { name: cart-2, namespace: shop, labels: { kubernetes.io/service-name: cart-2 } }
addressType: IPv4
ports: [{ name: http, port: ${port} }]
endpoints: [{ addresses: [127.0.0.1], conditions: { ready: true } }]
`;
  const text = `${virtualService('cart')}---\n${slice(8080)}`;

  it('pauses the release after the time of a save; its evidence begins anew once somebody has looked', async () => {
    await using stage = await Rehearsal.of({ 'cart.yaml': text });
    const loop = await stage.open();
    await loop.start();
    for (let ticks = 0; ticks < 4; ticks += 1) await stage.tick();
    await stage.edit('cart', (now) => now.replace('8080', '9090'));
    await stage.tick();
    expect(loop.state?.phase).toBe('progressing');
    await afterSave();
    await stage.tick();
    expect(loop.state).toMatchObject({
      phase: 'paused',
      because: {
        message: expect.stringMatching(
          /^something else runs behind cart-2\.shop\.svc\.cluster\.local than before/,
        ),
      },
      progress: { held: 0 },
    });
    const [weight] = await stage.weights('cart');
    expect(weight).toBe(75);
    await loop.command({ kind: 'resume' });
    expect(await stage.runToEnd()).toMatchObject({ outcome: 'completed' });
  });

  it('for less than the time of a save is a save', async () => {
    await using stage = await Rehearsal.of({ 'cart.yaml': text });
    await (await stage.open()).start();
    await stage.tick();
    const whole = await stage.text('cart');
    await stage.edit('cart', (now) => now.slice(0, now.indexOf('---')));
    await stage.tick();
    await stage.edit('cart', () => whole);
    expect(await stage.runToEnd()).toMatchObject({ outcome: 'completed' });
  });

  it('while no process drives the release pauses it when one does', async () => {
    await using stage = await Rehearsal.of({ 'cart.yaml': text });
    await (await stage.open()).start();
    await stage.tick();
    await stage.close();
    await stage.edit('cart', (now) => now.replace('8080', '9090'));
    const loop = await stage.open();
    await stage.tick();
    expect(loop.state).toMatchObject({
      phase: 'paused',
      because: { message: expect.stringMatching(/something else runs behind/) },
    });
  });
});

describe('a clock that jumps', () => {
  const plan = { steps: [25, 50, 100].map((percent) => ({ percent, hold: '60s', requests: 10 })) };

  it.each([
    { what: 'back by an hour', by: -3600 },
    { what: 'back by a day and then forth again', by: -86_400, later: 86_400 },
    { what: 'forth by a year and back', by: 31_536_000, later: -31_536_000 },
  ])('$what: every step is written once and in order, and nothing is lost', async ({ by, later = 0 }) => {
    await using stage = await Rehearsal.of(cart, plan);
    const loop = await stage.open();
    await loop.start();
    for (let ticks = 0; ticks < 5; ticks += 1) await stage.tick();
    const { requests } = loop.state?.evidence ?? {};
    stage.now += by * 1000;
    for (let ticks = 0; ticks < 5; ticks += 1) await stage.tick();
    stage.now += later * 1000;
    expect(loop.state?.evidence.requests).toBeGreaterThanOrEqual(requests ?? 0);
    // A clock that stands still lets no hold end; a human still can.
    for (let steps = 0; loop.isRunning && steps < 3; steps += 1) {
      await loop.command({ kind: 'promote', full: false });
      await stage.tick();
    }
    expect(await stage.weights('cart')).toEqual([0, 100]);
    const percents = stage.entries.flatMap(({ op, percent }) => (op === 'intent' ? (percent ?? []) : []));
    expect(percents).toEqual([25, 50, 100]);
  });

  it.each([86_400_000, -86_400_000])('by %d ms neither ends a hold nor keeps it from ending', async (by) => {
    await using stage = await Rehearsal.of(cart, {
      steps: [25, 50].map((percent) => ({ percent, hold: '400ms', requests: 10 })),
      settle: '1ms',
    });
    stage.hasOwnClock = false;
    const loop = await stage.open();
    await loop.start();
    const system = Date.now;
    try {
      await stage.tick();
      Date.now = () => system() + by;
      await stage.tick();
      await stage.tick();
      expect([loop.state?.percent, await stage.weights('cart')]).toEqual([25, [75, 25]]);
      const until = performance.now() + 20_000;
      while (loop.isRunning && performance.now() < until) {
        await after(50);
        await stage.tick();
      }
      expect(await stage.weights('cart')).toEqual([50, 50]);
    } finally {
      Date.now = system;
    }
  });
});

describe('what cannot be started', () => {
  it.each([
    { weights: ['-1', '10'] as const, message: /the weight -1/ },
    { weights: ['0', '0'] as const, message: /only weights of 0/ },
    { weights: ['4294967296', '1'] as const, message: /weight|read/ },
  ])('weights $weights', async ({ weights, message }) => {
    const text = virtualService('cart', weights);
    await using stage = await Rehearsal.of({ 'cart.yaml': text });
    const loop = await stage.open();
    expect((await loop.start()).join()).toMatch(message);
    expect(await stage.text('cart')).toBe(text);
    expect(loop.isRunning).toBe(false);
  });
});

describe('started again', () => {
  it('by another process it goes on with all evidence, and a clock that was set back does no harm', async () => {
    await using stage = await Rehearsal.of(cart);
    let loop = await stage.open();
    await loop.start();
    for (let ticks = 0; ticks < 4; ticks += 1) await stage.tick();
    const { evidence, step } = loop.state as NonNullable<typeof loop.state>;
    await stage.close();
    stage.now -= 3_600_000;
    loop = await stage.open();
    expect(loop.state).toMatchObject({ evidence, step });
    expect(await loop.start()).toEqual([]);
    stage.now += 3_600_000;
    expect(await stage.runToEnd()).toMatchObject({ outcome: 'completed' });
    const percents = stage.entries.filter(({ op }) => op === 'intent').map(({ percent }) => percent);
    expect(percents).toEqual([25, 50, 100]);
  });

  it('a write whose outcome was not journaled is recognized, and not done twice', async () => {
    await using stage = await Rehearsal.of(cart);
    let loop = await stage.open();
    await loop.start();
    await stage.tick();
    await stage.close();
    // As a process leaves it that is killed between the write and its journal entry.
    const journal = stage.at('plan.json.journal.jsonl');
    const entries = await readJournal(journal);
    const intent = entries.findIndex(({ op }) => op === 'intent');
    const kept = entries.slice(0, intent + 1);
    await writeFile(journal, kept.map((entry) => `${JSON.stringify(entry)}\n`).join(''));
    stage.entries = [];
    loop = await stage.open();
    await stage.tick();
    expect(stage.entries[0]).toMatchObject({ op: 'done', seq: 1, recovered: true });
    expect(stage.entries.filter(({ op }) => op === 'intent')).toEqual([]);
    expect(loop.state?.pending).toBeUndefined();
    expect(await stage.weights('cart')).toEqual([75, 25]);
  });

  it('a command that was carried out by a process that died before it took it away is not carried out again', async () => {
    await using stage = await Rehearsal.of(cart);
    let loop = await stage.open();
    await loop.start();
    await stage.tick();
    const box = new CommandBox(stage.at('plan.json.commands'));
    const id = await box.send({ kind: 'promote', full: false });
    await loop.obey();
    expect(await stage.weights('cart')).toEqual([50, 50]);
    await stage.close();
    await writeFile(stage.at(`plan.json.commands/${id}.json`), '{"kind":"promote","full":false}');
    loop = await stage.open();
    expect(await loop.obey()).toBeUndefined();
    expect(await stage.weights('cart')).toEqual([50, 50]);
    expect(await box.list()).toEqual([]);
  });

  it('commands that were meant for an earlier run are answered, and do nothing to the new one', async () => {
    await using stage = await Rehearsal.of(cart);
    const box = new CommandBox(stage.at('plan.json.commands'));
    const id = await box.send({ kind: 'abort' });
    const loop = await stage.open();
    await loop.start();
    expect(loop.state?.phase).toBe('progressing');
    const entries = await readJournal(stage.at('plan.json.journal.jsonl'));
    expect(entries.find(({ command }) => command === id)).toMatchObject({ rejected: true });
  });

  it('a finished plan runs again as the next run, and the first is still in the journal', async () => {
    await using stage = await Rehearsal.of(cart);
    const loop = await stage.open();
    await loop.start();
    await stage.runToEnd();
    await loop.command({ kind: 'undo' });
    await loop.settle();
    expect(await stage.text('cart')).toBe(virtualService('cart'));
    expect(await loop.start()).toEqual([]);
    expect(await stage.runToEnd()).toMatchObject({ outcome: 'completed' });
    const starts = (await readJournal(stage.at('plan.json.journal.jsonl'))).filter(
      ({ op }) => op === 'start',
    );
    expect(starts.map(({ run }) => run)).toEqual([1, 2]);
  });
});

it('a write that somebody takes back at once is not fought for', async () => {
  await using stage = await Rehearsal.of(cart);
  const loop = await stage.open();
  await loop.start();
  const write = FileStore.prototype.write;
  let writes = 0;
  FileStore.prototype.write = async () => {
    writes += 1;
    return { kind: 'done' };
  };
  try {
    expect(await stage.tick()).toMatchObject({
      kind: 'waiting',
      waiting: { message: expect.stringMatching(/takes them back/) },
    });
  } finally {
    FileStore.prototype.write = write;
  }
  expect(writes).toBe(1);
  await stage.tick();
  expect(await stage.weights('cart')).toEqual([75, 25]);
});

it('a journal that cannot be written ends the release before anything is written to a rule', async () => {
  await using stage = await Rehearsal.of(cart);
  const loop = await stage.open();
  await loop.start();
  const append = Journal.prototype.append;
  Journal.prototype.append = async () => {
    throw new Error('the disk is full');
  };
  try {
    await expect(stage.tick()).rejects.toThrow('the disk is full');
  } finally {
    Journal.prototype.append = append;
  }
  expect(await stage.text('cart')).toBe(virtualService('cart'));
});
