import { Stage } from './testing/stage.js';
import { fiveSigma, growSticky, type Scheme } from './testing/sticky-users.js';

const users = Number(process.env.STICKY_USERS ?? 10_000);

it.each<Scheme>(['header', 'cookie'])(
  'nobody goes back from 1 to 50 %, by %s, and the shares are as wanted',
  async (scheme) => {
    await using stage = await Stage.set();
    const shown = await growSticky(stage, scheme, users, [1, 5, 10, 25, 50]);
    process.stderr.write(`${users} users by ${scheme}: ${JSON.stringify(shown)}\n`);
    expect(shown.map(({ wentBack }) => wentBack)).toEqual([0, 0, 0, 0, 0]);
    for (const { percent, onCanary } of shown) {
      expect(Math.abs(onCanary - (users * percent) / 100)).toBeLessThan(fiveSigma(percent, users));
    }
  },
);
