import { CommandBox } from './files/command-box.js';
import { Rehearsal, virtualService } from './testing/rehearsal.js';
import { WebhookServer } from './testing/webhook-server.js';

const cart = { 'cart.yaml': virtualService('cart') };

/** A release with a webhook of each type, asked over HTTP. */
async function asking(server: WebhookServer, ...types: string[]): Promise<Rehearsal> {
  const hooks = types.map((type) => ({ name: type, type, webhook: server.url(`/${type}`) }));
  const stage = await Rehearsal.of(cart, { guards: [{ name: 'failures', max: '50%' }, ...hooks] });
  const loop = await stage.open();
  expect(await loop.start()).toEqual([]);
  return stage;
}

const gates = ['pre-rollout', 'confirm-traffic-increase', 'confirm-promotion', 'post-rollout'];

it('webhooks are asked in Flagger’s form, once for each question, in the order of a release', async () => {
  await using server = await WebhookServer.listening();
  await using stage = await asking(server, ...gates);
  expect(await stage.runToEnd()).toEqual({ kind: 'finished', outcome: 'completed' });
  expect(server.told.map(({ path, body: { metadata } }) => `${path} ${metadata.percent}`)).toEqual([
    '/pre-rollout 25',
    '/confirm-traffic-increase 25',
    '/confirm-traffic-increase 50',
    '/confirm-promotion 100',
    '/post-rollout 100',
  ]);
  const [first] = server.told;
  expect(first).toEqual({
    path: '/pre-rollout',
    method: 'POST',
    type: 'application/json',
    body: {
      name: 'plan',
      namespace: 'shop',
      phase: 'Progressing',
      checksum: expect.stringMatching(/^[0-9a-f]{10}$/),
      metadata: { step: '1', percent: '25', run: '1' },
    },
  });
  expect(server.told.map(({ body: { phase } }) => phase)).toEqual([
    ...Array(4).fill('Progressing'),
    'Succeeded',
  ]);
  expect(new Set(server.told.map(({ body: { checksum } }) => checksum)).size).toBe(1);
});

it.each([
  { type: 'pre-rollout', weights: [90, 10] },
  { type: 'confirm-traffic-increase', weights: [75, 25] },
  { type: 'confirm-promotion', weights: [0, 100] },
])(
  'a no of $type holds the release and is asked again at each look, until it is a yes',
  async ({ type, weights }) => {
    await using server = await WebhookServer.listening();
    server.answers.set(`/${type}`, 503);
    await using stage = await asking(server, type);
    for (let looks = 0; looks < 40; looks += 1) await stage.tick();
    const asked = server.of(`/${type}`).length;
    expect(asked).toBeGreaterThan(2);
    expect(await stage.tick()).toMatchObject({
      waiting: { reason: 'webhook', message: `${type} says no: ${server.url(`/${type}`)} answered 503` },
    });
    expect(await stage.weights('cart')).toEqual(weights);
    server.answers.set(`/${type}`, 202);
    expect(await stage.runToEnd()).toEqual({ kind: 'finished', outcome: 'completed' });
  },
);

it('rollback: 2xx takes the canary back, anything else lets it go on; it is asked while the release is paused, too', async () => {
  await using server = await WebhookServer.listening();
  server.answers.set('/rollback', 404);
  await using stage = await asking(server, 'rollback', 'post-rollout');
  await stage.tick();
  await stage.tick();
  expect(await stage.weights('cart')).toEqual([75, 25]);
  const asked = server.of('/rollback').length;
  expect(asked).toBeGreaterThan(0);
  await new CommandBox(stage.at('plan.json.commands')).send({ kind: 'pause' });
  await stage.tick();
  expect(server.of('/rollback').at(-1)?.phase).toBe('Waiting');
  server.answers.set('/rollback', 200);
  expect(await stage.tick()).toEqual({ kind: 'finished', outcome: 'aborted' });
  expect(await stage.text('cart')).toBe(virtualService('cart'));
  expect(server.of('/post-rollout').map(({ phase }) => phase)).toEqual(['Failed']);
});

it('post-rollout holds nothing up', async () => {
  await using server = await WebhookServer.listening();
  server.answers.set('/post-rollout', 500);
  await using stage = await asking(server, 'post-rollout');
  expect(await stage.runToEnd()).toEqual({ kind: 'finished', outcome: 'completed' });
  expect(stage.entries).toContainEqual(
    expect.objectContaining({
      note: 'warning',
      message: expect.stringMatching(/^post-rollout was not told: .*500$/),
    }),
  );
});

describe('events', () => {
  it('tell what the journal tells people, with a type, in order', async () => {
    await using server = await WebhookServer.listening();
    await using stage = await asking(server, 'event');
    await stage.tick();
    stage.failing = 80;
    await stage.runToEnd();
    await stage.close();
    const events = server
      .of('/event')
      .map(({ metadata: { eventType, eventMessage } }) => `${eventType} ${eventMessage}`);
    expect(events).toEqual([
      'Normal run 1 starts',
      'Normal step: 25 % to the canary',
      'Normal 25 % is in force',
      expect.stringMatching(/^Warning failures: 800 of 1,250 requests/),
      'Normal the canary is back where it was',
    ]);
    expect(server.of('/event').at(-1)).toMatchObject({
      phase: 'Failed',
      metadata: { timestamp: String(stage.now), run: '1', step: '1', percent: '25' },
    });
  });

  it('that nobody takes hold nothing up, and are one warning', async () => {
    await using server = await WebhookServer.listening();
    server.answers.set('/event', 500);
    await using stage = await asking(server, 'event');
    expect(await stage.runToEnd()).toEqual({ kind: 'finished', outcome: 'completed' });
    await stage.close();
    const told = stage.entries.filter(({ message }) => message?.startsWith('event was not told'));
    expect(told).toMatchObject([{ note: 'warning', message: expect.stringMatching(/answered 500/) }]);
  });
});

it('a gate that is out of reach is a no, with the reason', async () => {
  const server = await WebhookServer.listening();
  const url = server.url('/gate');
  await server[Symbol.asyncDispose]();
  const gate = { name: 'gate', type: 'pre-rollout', webhook: url };
  await using stage = await Rehearsal.of(cart, { guards: [{ name: 'failures', max: '50%' }, gate] });
  await (await stage.open()).start();
  expect(await stage.tick()).toMatchObject({
    waiting: { message: expect.stringMatching(/^gate says no: .* cannot be reached: .*ECONNREFUSED/) },
  });
  expect(await stage.weights('cart')).toEqual([90, 10]);
});
