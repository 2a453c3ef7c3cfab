import { Random } from '@grayscale/seeded-random';
import { expectGolden } from '../../../../tools/golden/golden.js';
import { contradictsShare, swallowedEvidence } from '../verdict/observed-share.js';
import { addBlock, dispersion, noBurstiness } from './dispersion.js';
import type { Exposure } from './harm.js';
import { smallestRatioNoticed } from './power.js';
import { evidenceAbove, evidenceBelow, rateInterval, requestsNeeded } from './rate-evidence.js';
import { logBeta, logGamma, logIncompleteBeta, logMeanExp } from './special-functions.js';
import type { Tally } from './tally.js';
import { beginStep, ceilingEvidence, dispersionOf, noTrial, observe, ratioEvidence } from './trial.js';

/** Nine digits: the rest differs by the order of additions. */
const figure = (value: number | undefined) =>
  value === undefined ? '-' : String(Number(value.toPrecision(9)));
const figures = (values: readonly (number | undefined)[]) => values.map(figure).join(' ');

const golden = (name: string, lines: readonly string[]) =>
  expectGolden(new URL(`../../test/golden/statistics-${name}.txt`, import.meta.url), lines);

const tallies: readonly Tally[] = [0, 1, 2, 7, 100, 10_000].flatMap((requests) =>
  [...new Set([0, 1, Math.round(requests / 20), Math.floor(requests / 2), requests - 1, requests])]
    .filter((bad) => bad >= 0 && bad <= requests)
    .map((bad) => ({ requests, bad })),
);
const rates = [-0.1, 0, 1e-6, 0.01, 0.05, 0.5, 0.95, 1, 1.1];

it('what requests and failures say of a rate', () => {
  golden(
    'rates',
    tallies.flatMap((tally) => {
      const { requests, bad } = tally;
      const intervals = [0.5, 0.025, 1e-6].flatMap((alpha) =>
        [1, 4].map((bursts) => {
          const { low, high } = rateInterval(tally, alpha, bursts);
          return `${figure(low)}-${figure(high)}`;
        }),
      );
      return [
        `${bad} of ${requests}: above ${figures(rates.map((p) => evidenceAbove(tally, p)))}`,
        `  below ${figures(rates.map((p) => evidenceBelow(tally, p)))}`,
        `  within ${intervals.join(' ')}`,
      ];
    }),
  );
});

it('how many requests show that a rate is low enough', () => {
  golden(
    'requests-needed',
    [1, 0.5, 0.2, 0.05, 0.01, 0.001].map((max) =>
      [0.5, 0.05, 0.001]
        .flatMap((alpha) => [0, 1, 5].map((bad) => requestsNeeded(max, alpha, bad)))
        .join(' '),
    ),
  );
});

it('the smallest ratio that is noticed', () => {
  const lines = [1, 1.5, 3].flatMap((ratio) =>
    [0.0001, 0.01, 0.3, 1].map((stableRate) => {
      const noticed = [1, 30, 1000, 1e6].flatMap((canary) =>
        [1, 30, 1000, 1e6].map((stable) =>
          smallestRatioNoticed({ ratio, needed: Math.log(400), canary, stable, stableRate }),
        ),
      );
      return `${ratio} ${stableRate}: ${figures(noticed)}`;
    }),
  );
  golden('ratios-noticed', lines);
});

it('special functions', () => {
  const places = [0.1, 0.5, 1, 2.5, 8.9, 9, 9.1, 100, 12_345.5];
  const shares = [0, 1e-9, 0.1, 0.3, 0.5, 0.7, 0.999, 1];
  golden('special-functions', [
    figures(places.map(logGamma)),
    ...places.map((a) => figures(places.map((b) => logBeta(a, b)))),
    ...places.flatMap((a) =>
      places.map((b) => `${a} ${b}: ${figures(shares.map((x) => logIncompleteBeta(a, b, x)))}`),
    ),
    figures(
      [[0], [1, 2], [-1000, -1001], [Number.NEGATIVE_INFINITY, 0], [Number.NEGATIVE_INFINITY]].map(
        logMeanExp,
      ),
    ),
  ]);
});

it('whether a share is the written one, or requests are swallowed', () => {
  const lines = [0, 1, 10, 50, 90, 100].flatMap((percent) =>
    [0, 10, 1000, 100_000].map((requests) => {
      const seen = [0, 0.5, 0.8, 0.89, 0.9, 0.91, 1, 1.09, 1.1, 1.11, 2].map((factor) => ({
        requests,
        bad: Math.min(requests, Math.round((requests * percent * factor) / 100)),
      }));
      const contradicted = seen.map((tally) => (contradictsShare(tally, percent) ? 'x' : '.')).join('');
      const swallowed = [0, 5, 100].flatMap((before) =>
        seen.map((tally) => swallowedEvidence(tally, percent, before)),
      );
      return `${percent} % of ${requests}: ${contradicted} ${figures(swallowed)}`;
    }),
  );
  golden('shares', lines);
});

/** Looks at one caller whose failures come in bursts, and at another one whose do not. */
function* looks(random: Random, bursts: number): Generator<Exposure[]> {
  for (let at = 0; at < 60; at++) {
    const arm = (requests: number, rate: number, burst: number): Tally => ({
      requests,
      bad: Math.min(requests, burst * random.binomial(Math.ceil(requests / burst), rate)),
    });
    const one = random.one([0, 20, 100]);
    yield [
      { caller: 'one', canary: arm(one, at > 40 ? 0.3 : 0.05, bursts), stable: arm(5 * one, 0.05, bursts) },
      ...(at % 3 === 0
        ? [{ caller: 'two', canary: arm(10, 0.02, 1), stable: arm(at % 2 === 0 ? 0 : 40, 0.02, 1) }]
        : []),
    ];
  }
}

it.each([1, 8])('a trial, look by look, with failures that come in bursts of %d', (bursts) => {
  const lines: string[] = [];
  let trial = noTrial;
  let alone = noBurstiness;
  let at = 0;
  for (const exposures of looks(new Random(bursts), bursts)) {
    at++;
    if (at === 30) trial = beginStep(trial);
    trial = observe(trial, at % 2 === 0 ? { ratio: 1.5, max: 0.05 } : { ratio: 1.5 }, exposures, at > 10);
    alone = addBlock(alone, exposures[0]?.canary ?? { requests: 0, bad: 0 });
    const ceilings = [0, 0.02, 0.2].flatMap((max) =>
      [0, 1, 4].flatMap((steps) => [
        ceilingEvidence(trial, max, steps),
        ceilingEvidence(trial, max, steps, 'stable'),
      ]),
    );
    lines.push(
      `${at}: ${figures([ratioEvidence(trial), dispersionOf(trial), dispersion([alone]), ...ceilings])}`,
    );
  }
  golden(`trial-bursts-of-${bursts}`, lines);
});
