import {
  begin,
  decide,
  type Look,
  type Plan,
  planFromObject,
  type ReleaseState,
  type View,
} from '@grayscale/release';
import { Random } from '@grayscale/seeded-random';

const stable = 'hello.hello-1.svc.cluster.local';
const canary = 'hello.hello-2.svc.cluster.local';

/** How the callers of a canary that never answers meet it. Times are in seconds. */
interface Silence {
  /** Requests a second, both arms together. */
  rate: number;
  /** The canary's share, in percent. */
  percent: number;
  /** After which a caller gives a request up. */
  timeout: number;
  /** Between two looks. */
  scrape: number;
}

/** Prints how long a canary that never answers has requests, from the first one on. */
export function silent(runs: number, seed: number): void {
  console.log('### A canary that never answers: how long until it is taken out\n');
  console.log(
    'From its first request on. Stable answers all; callers give up after their timeout. Guard: ratio 1.5 and max 1 %, first step of a release. Beyond the timeout: how many scrapes that is.\n',
  );
  console.log(
    '| requests/s | share | timeout | scrape | median | slowest of 99 % | beyond the timeout, median | slowest of 99 % |',
  );
  console.log('| --- | --- | --- | --- | --- | --- | --- | --- |');
  for (const rate of [10, 100, 1000])
    for (const percent of [1, 10, 50])
      for (const [timeout, scrape] of [
        [1, 1],
        [5, 1],
        [15, 15],
      ] as const) {
        const silence = { rate, percent, timeout, scrape };
        const times = Array.from({ length: runs }, (_, run) => timeUntilOut(silence, seed + 7919 * run));
        times.sort((a, b) => a - b);
        const figures = [0.5, 0.99].map((part) => times[Math.floor(part * times.length)] ?? 0);
        const beyond = figures.map((time) => ((time - timeout) / scrape).toFixed(1));
        const seconds = figures.map((time) => `${time.toFixed(1)} s`);
        console.log(
          `| ${rate} | ${percent} % | ${timeout} s | ${scrape} s | ${[...seconds, ...beyond].join(' | ')} |`,
        );
      }
  console.log();
}

/** One run, look by look. @returns seconds from the canary's first request to the abort */
function timeUntilOut({ rate, percent, timeout, scrape }: Silence, seed: number): number {
  const random = new Random(seed);
  const plan = planWith(percent);
  let weights: number[] = [100, 0];
  let state = begun(plan, weights);
  const waiting: number[] = [];
  let first: number | undefined;
  for (let at = scrape; at < 36_000; at += scrape) {
    const isOut = weights[1] === 0;
    const sent = isOut ? 0 : random.poisson((rate * scrape * percent) / 100);
    for (let request = 0; request < sent; request += 1) waiting.push(at - scrape + scrape * random.next());
    if (sent > 0) first ??= Math.min(...waiting);
    const gaveUp = waiting.filter((since) => since + timeout <= at).length;
    waiting.splice(0, waiting.length, ...waiting.filter((since) => since + timeout > at));
    const answered = random.poisson(rate * scrape * (1 - (isOut ? 0 : percent / 100)));
    let look: Look | undefined = lookAt(at, scrape, answered, gaveUp);
    for (let decisions = 0; decisions < 10; decisions += 1) {
      const decision = decide(plan, state, viewOf(weights), look, at * 1000);
      state = decision.state;
      look = undefined;
      if (state.phase === 'aborting') return at - (first ?? at);
      if (decision.action.kind !== 'write') break;
      weights = decision.action.write.after.weights.map(({ weight }) => weight);
    }
  }
  throw new Error('it is never taken out');
}

function begun(plan: Plan, weights: readonly number[]): ReleaseState {
  const start = begin(plan, viewOf(weights), 0);
  if (start.kind === 'refused') throw new Error(start.messages.join('\n'));
  return start.state;
}

function viewOf(weights: readonly number[]): View {
  const destinations = [stable, canary].map((host, index) => ({ host, weight: weights[index] ?? 0 }));
  return {
    targets: [{ kind: 'read', rules: [{ index: 0, matches: [], destinations }], stable: {}, canary: {} }],
  };
}

function lookAt(at: number, scrape: number, answered: number, gaveUp: number): Look {
  const caller = { namespace: 'default', workload: 'page' };
  const none = { caller, failed: 0, over: {} };
  return {
    kind: 'look',
    at: at * 1000,
    interval: scrape * 1000,
    cursor: null,
    counts: [
      { ...none, arm: stable, requests: answered, gaveUp: 0 },
      { ...none, arm: canary, requests: gaveUp, gaveUp },
    ],
    queries: [],
    blind: [],
    bypassed: 0,
  };
}

function planWith(percent: number): Plan {
  const { plan, issues } = planFromObject({
    apiVersion: 'grayscale.dev/v1alpha1',
    kind: 'GrayRelease',
    metadata: { name: 'silent' },
    spec: {
      targets: [{ virtualService: 'vs', stable, canary }],
      steps: [{ percent, hold: '10h' }],
      guards: [{ name: 'failures', ratio: 1.5, max: '1%' }],
    },
  });
  if (plan === undefined) throw new Error(JSON.stringify(issues));
  return plan;
}
