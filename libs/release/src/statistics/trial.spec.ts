import { Random } from '@grayscale/seeded-random';
import { beginStep, ceilingEvidence, dispersionOf, noTrial, observe, type Trial } from './trial.js';

const rule = { ratio: 1.5, max: 0.01 };

function look(trial: Trial, canary: [number, number], stable: [number, number], inStep = true): Trial {
  const arm = ([requests, bad]: [number, number]) => ({ requests, bad });
  return observe(trial, rule, [{ caller: 'a', canary: arm(canary), stable: arm(stable) }], inStep);
}

function looks(count: number, one: (index: number) => [[number, number], [number, number]]): Trial {
  return Array.from({ length: count }, (_, index) => one(index)).reduce(
    (trial, [c, s]) => look(trial, c, s),
    noTrial,
  );
}

describe('the dispersion', () => {
  const random = new Random(4);
  const fair = (requests: number, rate: number): [number, number] => [
    requests,
    random.binomial(requests, rate),
  ];

  it('is about 1 where failures are independent', () => {
    const values = Array.from({ length: 10 }, () =>
      dispersionOf(looks(200, () => [fair(50, 0.02), fair(450, 0.02)])),
    );
    expect(values.reduce((sum, value) => sum + value, 0) / values.length).toBeLessThan(1.35);
  });

  it('is about the size of bursts on one arm', () => {
    const bursts = looks(200, (index) => [fair(50, 0), [450, index % 5 === 0 ? 10 : 0]]);
    expect(dispersionOf(bursts)).toBeGreaterThan(6);
    expect(dispersionOf(bursts)).toBeLessThan(14);
  });

  it('sees bursts that last for three looks', () => {
    const bursts = looks(300, (index) => [fair(50, 0), [450, index % 24 < 3 ? 3 : 0]]);
    expect(dispersionOf(bursts)).toBeGreaterThan(3);
  });

  it('does not take for bursts: a canary that turns bad, a rate that moves with the day, one outage', () => {
    const turns = looks(200, (index) => [[50, index < 150 ? 0 : 25], fair(450, 0.005)]);
    const day = looks(400, (index) => {
      const rate = 0.02 * (1 + Math.sin(index / 60));
      return [fair(50, rate), fair(450, rate)];
    });
    const outage = looks(200, (index) => {
      const rate = index >= 100 && index < 104 ? 1 : 0.005;
      return [fair(50, rate), fair(450, rate)];
    });
    expect(dispersionOf(turns)).toBeLessThan(2.5);
    expect(dispersionOf(day)).toBeLessThan(2.5);
    expect(dispersionOf(outage)).toBeLessThan(3);
  });
});

describe('the ceiling', () => {
  it('looks at the counts since the start and at those of the step', () => {
    const before = looks(100, () => [
      [100, 0],
      [100, 0],
    ]);
    const bad = look(
      look(look(beginStep(before), [100, 8], [100, 0]), [100, 8], [100, 0]),
      [100, 8],
      [100, 0],
    );
    // Since the start it is 24 of 10,300, below 1 %.
    expect(ceilingEvidence(bad, 0.01, 4)).toBeGreaterThan(Math.log(400));
    expect(ceilingEvidence(bad, 0.01, 4, 'stable')).toBe(Number.NEGATIVE_INFINITY);
  });

  it('counts only settled looks for the step', () => {
    const unsettled = look(noTrial, [100, 50], [100, 0], false);
    expect(unsettled.step).toEqual(noTrial.step);
    expect(unsettled.start.canary).toEqual({ requests: 100, bad: 50 });
  });

  it('is not passed by one look alone', () => {
    const once = look(
      looks(50, () => [
        [100, 0],
        [100, 0],
      ]),
      [100, 100],
      [100, 0],
    );
    expect(ceilingEvidence(once, 0.01, 4)).toBeLessThan(0);
  });

  it('is passed by chance at some of 200 looks in at most 1 of 20 runs', () => {
    const random = new Random(9);
    let crossed = 0;
    for (let run = 0; run < 200; run++) {
      let trial = noTrial;
      for (let index = 0; index < 200; index++) {
        if (index % 50 === 0) trial = beginStep(trial);
        trial = look(trial, [40, random.binomial(40, 0.01)], [0, 0]);
        if (ceilingEvidence(trial, 0.01, 4) < Math.log(20)) continue;
        crossed++;
        break;
      }
    }
    expect(crossed).toBeLessThanOrEqual(17);
  });
});
