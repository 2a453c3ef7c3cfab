import { TakenOverError } from './errors.js';
import { SeenWeights } from './testing/seen-weights.js';
import { Driver, planFor, Stage, splitBetween } from './testing/stage.js';

const shares = Array.from({ length: 10 }, (_, index) => (index + 1) * 10);

describe('two drivers of one release without a Lease', () => {
  let stage: Stage;

  beforeAll(async () => {
    stage = await Stage.start();
  });

  afterAll(async () => {
    await stage?.stop();
  });

  it('and kubectl as a third writer: no weights are lost, and none are written twice', async () => {
    await stage.apply(splitBetween('both', [100, 0]));
    const steps = shares.map((percent) => ({ percent, hold: '1s', requests: 10 }));
    const plan = planFor('both', ['both'], { steps, settle: '1ms' });
    const seen = await SeenWeights.of(stage, 'both');
    let [overtaken, isOver] = [0, false];

    /** Both are told to run; whoever is overtaken reads what there is, and goes on. */
    async function drive(): Promise<void> {
      while (!isOver) {
        const driver = Driver.of(stage, plan);
        try {
          await driver.open();
          if (driver.loop.state?.phase === 'completed') isOver = true;
          else if (driver.loop.state === undefined) await driver.loop.start();
          while (!isOver) isOver = (await driver.tick()).kind === 'finished' || isOver;
        } catch (error) {
          if (!(error instanceof TakenOverError)) throw error;
          overtaken += 1;
        } finally {
          await driver.store.close();
        }
      }
    }

    /** Whoever applies the first manifest without force is refused while the release runs: its list of rules is somebody else's. */
    async function interfere(): Promise<{ labels: number; refused: number }> {
      const counts = { labels: 0, refused: 0 };
      for (; !isOver; counts.labels += 1) {
        await stage.kubectl(
          'label',
          'virtualservice',
          'both',
          '-n',
          'shop',
          '--overwrite',
          `n=${counts.labels}`,
        );
        const applied = await stage.apply(splitBetween('both', [100, 0])).catch(() => 'refused');
        if (applied === 'refused') counts.refused += 1;
      }
      return counts;
    }

    // One that fails ends the others.
    const endingAll = <Value>(work: Promise<Value>): Promise<Value> =>
      work.finally(() => {
        isOver = true;
      });
    const [counts] = await Promise.all([endingAll(interfere()), endingAll(drive()), endingAll(drive())]);
    const weights = await seen.until('0/100');
    process.stderr.write(
      `${overtaken} times overtaken, ${counts.labels} labels, ${counts.refused} applies refused\n`,
    );
    expect(weights).toEqual(['100/0', ...shares.map((share) => `${100 - share}/${share}`)]);
    expect(overtaken).toBeGreaterThan(0);
    expect(counts.labels).toBeGreaterThan(0);
  }, 300_000);
});
