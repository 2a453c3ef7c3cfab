import { ceilingEvidence, noTrial, observe, ratioEvidence } from '@grayscale/release';
import { Random } from '@grayscale/seeded-random';
import { argo, Fisher, fisher, flagger, Ours, ourPlan, type Rule, type Verdict } from './rules.ts';
import { simulate, upperEnd } from './simulate.ts';
import { type Look, patterns, Run, type Traffic, traffic } from './traffic.ts';

const hour = { hold: 240, most: 240 };

function aborted(of: Traffic, rule: () => Rule, runs: number): number {
  return simulate(of, [rule], runs, 5, hour)[0]?.aborted ?? Number.NaN;
}

/** Ours without its short cut: the whole trial at each look. */
class Plain implements Rule {
  private trial = noTrial;

  judge(look: Look): Verdict {
    this.trial = observe(this.trial, { ratio: 1.5, max: 0.01 }, [{ caller: '', ...look }], true);
    const needed = Math.log(ourPlan.tests / ourPlan.falseAbort);
    const passed =
      ratioEvidence(this.trial) >= needed || ceilingEvidence(this.trial, 0.01, ourPlan.steps) >= needed;
    return passed ? 'abort' : 'wait';
  }
}

describe('the simulations', () => {
  it('abort a good canary no more often than stated, also at the border of what is allowed', () => {
    expect(aborted(traffic(10, 0.1, 0.01, 0.015), () => new Ours({ ratio: 1.5 }), 150)).toBeLessThanOrEqual(
      5,
    );
    expect(aborted(traffic(10, 0.1, 0.01, 0.01), () => new Ours({ max: 0.01 }), 60)).toBeLessThanOrEqual(3);
  });

  it('stop a bad one, and all rules do', () => {
    const outcomes = simulate(
      traffic(20, 0.1, 0.001, 0.2),
      [() => new Ours({ ratio: 1.5, max: 0.01 }), flagger, argo, () => new Fisher()],
      30,
      1,
      hour,
    );
    expect(outcomes.map((outcome) => outcome.aborted)).toEqual([30, 30, 30, 30]);
  });

  it('show what a threshold does to a good canary with few requests', () => {
    const good = traffic(3, 0.1, 0.009, 0.009);
    expect(aborted(good, flagger, 50)).toBeGreaterThan(30);
    expect(aborted(good, () => new Ours({ ratio: 1.5 }), 50)).toBe(0);
  });

  it.each(patterns)('take a short cut that decides as the whole way does: %s', (pattern) => {
    for (const each of [traffic(20, 0.1, 0.02, 0.05, pattern), traffic(5, 0.5, 0.1, 0.12, pattern)]) {
      const [short, plain] = simulate(
        each,
        [() => new Ours({ ratio: 1.5, max: 0.01 }), () => new Plain()],
        10,
        3,
        { hold: 240, most: 120 },
      );
      expect(short).toEqual(plain);
    }
  });
});

it('chance is binomial', () => {
  const random = new Random(4);
  for (const [trials, rate] of [
    [40, 0.1],
    [60, 0.4],
    [500, 0.05],
  ] as const) {
    const draws = 50_000;
    const counts = Array.from({ length: trials + 1 }, () => 0);
    for (let draw = 0; draw < draws; draw++) {
      const hits = random.binomial(trials, rate);
      counts[hits] = (counts[hits] ?? 0) + 1;
    }
    let probability = (1 - rate) ** trials;
    let chiSquare = 0;
    let cells = 0;
    for (let hits = 0; hits <= trials; hits++) {
      if (draws * probability > 10) {
        chiSquare += ((counts[hits] ?? 0) - draws * probability) ** 2 / (draws * probability);
        cells++;
      }
      probability *= ((trials - hits) / (hits + 1)) * (rate / (1 - rate));
    }
    expect(chiSquare).toBeLessThan(cells + 4 * Math.sqrt(2 * cells));
  }
});

describe('the traffic', () => {
  it.each(patterns.filter((pattern) => pattern !== 'outages' && pattern !== 'retries'))(
    'has the rates that are asked for: %s',
    (pattern) => {
      const random = new Random(2);
      let [requests, canary, bad] = [0, 0, 0];
      const looks = 1500;
      const run = new Run(traffic(20, 0.2, 0.05, 0.05, pattern), random, 200);
      for (let look = 0; look < looks; look++) {
        const counts = run.next();
        requests += counts.canary.requests + counts.stable.requests;
        canary += counts.canary.requests;
        bad += counts.canary.bad + counts.stable.bad;
      }
      expect(requests / looks / 15 / 20).toBeCloseTo(1, 1);
      expect(canary / requests).toBeCloseTo(0.2, 2);
      // Failures swing together with the traffic, so there are more of them.
      expect(bad / requests).toBeCloseTo(pattern === 'daily' ? 0.05 * (1 + 0.81 / 2) : 0.05, 1);
    },
  );

  it('is the same for the same seed', () => {
    const looks = () => {
      const run = new Run(traffic(20, 0.2, 0.05, 0.05, 'retries'), new Random(9), 100);
      return Array.from({ length: 50 }, () => run.next());
    };
    expect(looks()).toEqual(looks());
  });
});

it("Fisher's test is a sum of hypergeometric probabilities", () => {
  // A lady tasting tea: 3 of 4 right.
  expect(fisher({ requests: 4, bad: 3 }, { requests: 4, bad: 1 })).toBeCloseTo(17 / 70, 12);
  expect(fisher({ requests: 4, bad: 4 }, { requests: 4, bad: 0 })).toBeCloseTo(1 / 70, 12);
  expect(fisher({ requests: 4, bad: 0 }, { requests: 4, bad: 4 })).toBe(1);
});

it('the upper end of a rate is the exact one', () => {
  expect(upperEnd(0, 5000)).toBeCloseTo(1 - 0.01 ** (1 / 5000), 9);
  expect(upperEnd(20, 20)).toBeCloseTo(1, 9);
  expect(upperEnd(50, 5000)).toBeCloseTo(0.0138, 3);
});
