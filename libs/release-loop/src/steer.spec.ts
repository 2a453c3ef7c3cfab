import { steer } from './steer.js';
import { Rehearsal, virtualService } from './testing/rehearsal.js';

const cart = { 'cart.yaml': virtualService('cart') };

/** A run that has reached its first step, and whose process is gone. */
async function left(): Promise<Rehearsal> {
  const stage = await Rehearsal.of(cart);
  const loop = await stage.open();
  await loop.start();
  await stage.tick();
  await stage.close();
  return stage;
}

it('without a process it aborts and undoes by itself', async () => {
  await using stage = await left();
  expect(await steer(stage.release, { kind: 'abort', reason: 'Friday' })).toMatchObject({
    kind: 'carried',
    driven: false,
    phase: 'aborted',
  });
  expect(await stage.text('cart')).toBe(virtualService('cart'));
  expect(await steer(stage.release, { kind: 'pause' })).toMatchObject({ kind: 'rejected' });
});

it('undo over weights of somebody else waits whether it is a save, writes nothing, and says so; by force it writes', async () => {
  await using stage = await left();
  await stage.edit('cart', (text) => text.replace('75', '60'));
  const edited = await stage.text('cart');
  expect(await steer(stage.release, { kind: 'undo' })).toMatchObject({
    kind: 'carried',
    phase: 'undoing',
    waiting: { reason: 'drift', message: expect.stringMatching(/60\/25, not 75\/25/) },
  });
  expect(await stage.text('cart')).toBe(edited);
  expect(await steer(stage.release, { kind: 'undo', force: true })).toMatchObject({ phase: 'undone' });
  expect(await stage.weights('cart')).toEqual([90, 10]);
});

it('abort over weights of somebody else lowers the canary, and never raises it', async () => {
  await using stage = await left();
  await stage.edit('cart', (text) =>
    text.replace('weight: 75', 'weight: 60').replace('weight: 25', 'weight: 40'),
  );
  expect(await steer(stage.release, { kind: 'abort' })).toMatchObject({ phase: 'aborted' });
  expect(await stage.weights('cart')).toEqual([90, 10]);

  await using lowered = await left();
  await lowered.edit('cart', (text) =>
    text.replace('weight: 75', 'weight: 99').replace('weight: 25', 'weight: 1'),
  );
  expect(await steer(lowered.release, { kind: 'abort' })).toMatchObject({ phase: 'aborted' });
  expect(await lowered.weights('cart')).toEqual([99, 1]);
});

it('before the first run there is nothing to steer', async () => {
  await using stage = await Rehearsal.of(cart);
  expect(await steer(stage.release, { kind: 'abort' })).toEqual({ kind: 'not-started' });
});
