import { SeenWeights } from './testing/seen-weights.js';
import { Driver, planFor, Stage, splitBetween } from './testing/stage.js';

describe('a release over a real API server', () => {
  let stage: Stage;

  beforeAll(async () => {
    stage = await Stage.start();
  });

  afterAll(async () => {
    await stage?.stop();
  });

  it('raises the canary to everything, each share written once and in order, and leaves nothing behind', async () => {
    const name = 'through';
    const manifest = JSON.stringify(splitBetween(name));
    await stage.kubectlWith(manifest, 'apply', '--server-side', '-f', '-');
    const seen = await SeenWeights.of(stage, name);
    const driver = await Driver.of(stage, planFor(name, [name])).start();
    expect(await driver.runToEnd()).toEqual({ kind: 'finished', outcome: 'completed' });
    await driver.loop.close();
    expect(await seen.until('0/100')).toEqual(['90/10', '75/25', '50/50', '0/100']);

    const { metadata } = await stage.virtualServices.get('shop', name);
    expect(metadata.annotations).toBeUndefined();
    expect(metadata.managedFields?.map(({ manager }) => manager)).toEqual(['kubectl']);
    await stage.kubectlWith(manifest, 'apply', '--server-side', '-f', '-');
    expect(await stage.weights(name)).toEqual([90, 10]);
  });
});
