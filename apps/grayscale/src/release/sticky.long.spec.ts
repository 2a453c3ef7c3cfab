import { Stage } from './testing/stage.js';
import { fiveSigma, growSticky, type Scheme } from './testing/sticky-users.js';

it.each<Scheme>(['header', 'cookie'])(
  'a thousand users keep to the side that they have seen, by %s',
  async (scheme) => {
    await using stage = await Stage.set();
    const before = await stage.rule();
    const shown = await growSticky(stage, scheme, 1000, [5, 50]);
    expect(shown.map(({ wentBack }) => wentBack)).toEqual([0, 0]);
    for (const { percent, onCanary } of shown) {
      expect(Math.abs(onCanary - 10 * percent)).toBeLessThan(fiveSigma(percent, 1000));
    }
    expect(await stage.rule()).toBe(before);
  },
);
