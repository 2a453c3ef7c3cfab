import { begin, decide, type Look, type Plan, planFromObject, type View } from '@grayscale/release';

/** What one decision costs for a plan of ten targets with arms of their own, five guards and a caller. */
export function tick(): void {
  const hosts = (index: number, arm: string) => `hello.hello-${index}-${arm}.svc.cluster.local`;
  const indexes = Array.from({ length: 10 }, (_, index) => index);
  const plan = planOf(
    indexes.map((index) => ({
      virtualService: `vs-${index}`,
      stable: hosts(index, 'a'),
      canary: hosts(index, 'b'),
    })),
  );
  const view: View = {
    targets: indexes.map((index) => ({
      kind: 'read',
      rules: [
        {
          index: 0,
          matches: [],
          destinations: ['a', 'b'].map((arm, at) => ({
            host: hosts(index, arm),
            weight: at === 0 ? 90 : 10,
          })),
        },
      ],
      stable: {},
      canary: {},
    })),
  };
  const begun = begin(plan, view, 0);
  if (begun.kind === 'refused') throw new Error(begun.messages.join('\n'));
  let state = begun.state;
  const times: number[] = [];
  const processor: number[] = [];
  for (let look = 1; look <= 3000; look++) {
    const counts = lookOf(
      look,
      indexes.flatMap((index) => [hosts(index, 'a'), hosts(index, 'b')]),
    );
    const before = process.cpuUsage();
    const from = performance.now();
    state = decide(plan, state, view, counts, look * 1000).state;
    times.push(performance.now() - from);
    const { user, system } = process.cpuUsage(before);
    processor.push((user + system) / 1000);
  }
  if (state.phase !== 'progressing') throw new Error(`the release is ${state.phase}`);
  console.log('### One decision with ten targets\n');
  console.log(
    `Of ${times.length - 500} decisions over a release that goes on: ${figures(times)}; of processor time, garbage collection included: ${figures(processor)}.\n`,
  );
}

function figures(times: readonly number[]): string {
  const sorted = times.slice(500).sort((a, b) => a - b);
  const at = (part: number) => `${(1000 * (sorted[Math.floor(part * sorted.length)] ?? 0)).toFixed(0)} us`;
  return `median ${at(0.5)}, 99 % below ${at(0.99)}`;
}

function planOf(targets: object[]): Plan {
  const { plan, issues } = planFromObject({
    apiVersion: 'grayscale.dev/v1alpha1',
    kind: 'GrayRelease',
    metadata: { name: 'ten' },
    spec: {
      targets,
      from: 0,
      steps: [{ percent: 10, hold: '24h' }],
      guards: [
        { name: 'failures', ratio: 1.5, max: '1%' },
        { name: 'slow', over: '500ms', ratio: 2, max: '5%' },
      ],
    },
  });
  if (plan === undefined) throw new Error(JSON.stringify(issues));
  return plan;
}

function lookOf(at: number, arms: readonly string[]): Look {
  const caller = { namespace: 'default', workload: 'page' };
  return {
    kind: 'look',
    at: at * 1000,
    interval: 1000,
    cursor: null,
    counts: arms.map((arm, index) => {
      const isStable = index % 2 === 0;
      const failed = (at + index) % (isStable ? 3 : 30) === 0 ? 1 : 0;
      return { caller, arm, requests: isStable ? 900 : 100, failed, gaveUp: 0, over: { 500: 2 * failed } };
    }),
    queries: [],
    blind: [],
    bypassed: 0,
  };
}
