import type { OutlierDetection } from '@grayscale/traffic-rules';
import { expectGolden } from '../../../../../tools/golden/golden.js';
import { HashRing } from './hash-ring.js';
import type { Host } from './host.js';
import { LoadBalancer } from './load-balancer.js';
import { HostHealth, OutlierDetector, type TryResult } from './outlier-detector.js';

const golden = (name: string) => new URL(`../../../test/golden/${name}.txt`, import.meta.url);

/** Numbers in [0, 1) that are the same each time (mulberry32). */
function drawsOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

const usual: OutlierDetection = {
  consecutive5xx: 3,
  consecutiveGatewayErrors: 0,
  intervalMs: 10_000,
  baseEjectionMs: 30_000,
  maxEjectionPercent: 50,
  minHealthPercent: 0,
};
const settings: Readonly<Record<string, OutlierDetection>> = {
  usual,
  'gateway errors': { ...usual, consecutive5xx: 4, consecutiveGatewayErrors: 2 },
  'local failures apart': { ...usual, consecutive5xx: 0, consecutiveLocalFailures: 2 },
  'all of them': { ...usual, consecutive5xx: 1, maxEjectionPercent: 100, baseEjectionMs: 200_000 },
};
const results: readonly TryResult[] = [
  { status: 200 },
  { status: 499 },
  { status: 500 },
  { status: 501 },
  { status: 502 },
  { status: 504 },
  { status: 505 },
  'unreachable',
  'timeout',
];

it.each(Object.entries(settings))(
  'outlier detection, %s: who is out after each of 200 results',
  (name, own) => {
    const draw = drawsOf(1);
    const detector = new OutlierDetector(own);
    const all = [new HostHealth(), new HostHealth(), new HostHealth()];
    const lines: string[] = [];
    for (let step = 0, now = 0; step < 200; step++, now += Math.floor(draw() * 8000)) {
      const index = Math.floor(draw() * all.length);
      // Failures for the most part, so that there are some in a row.
      const result = results[
        Math.floor(draw() * draw() * results.length + (draw() < 0.7 ? 2 : 0)) % results.length
      ] as TryResult;
      const out = detector.onResult(all[index] as HostHealth, result, all, now);
      const changed = detector.check(all, now);
      const told = typeof result === 'string' ? result : result.status;
      lines.push(
        `${now} ${index} ${told}${out ? ' out' : ''}${changed ? ' back' : ''}: ${all
          .map(
            ({ ejectedAt, backoff, errors, gatewayErrors, localFailures }) =>
              `${ejectedAt ?? '-'}/${backoff}/${errors}/${gatewayErrors}/${localFailures}`,
          )
          .join(' ')}`,
      );
    }
    expectGolden(golden(`outlier-detection-${name.replaceAll(' ', '-')}`), lines);
  },
);

const hostsOf = (...weights: number[]) =>
  weights.map(
    (weight, index) => ({ address: { host: 'h', port: index }, weight, active: (index * 3) % 4 }) as Host,
  );

it.each(['LEAST_REQUEST', 'RANDOM', 'ROUND_ROBIN', 'PASSTHROUGH', 'hash'] as const)(
  '%s: who is chosen',
  (policy) => {
    const draw = drawsOf(2);
    const lines = [[1], [1, 1], [1, 3, 2], [5, 1, 1, 1]].map((weights) => {
      const balancer = new LoadBalancer();
      const hosts = hostsOf(...weights);
      balancer.update(policy === 'hash' ? { kind: 'source-ip' } : policy, hosts);
      const chosen = Array.from({ length: 60 }, (_, at) => {
        const tried = new Set(hosts.filter((_, index) => at % 3 === 2 && index < at % hosts.length));
        const host = balancer.choose({
          random: draw,
          hashKey: at % 4 === 3 ? undefined : `key ${at}`,
          tried,
        });
        return host?.address.port;
      });
      return `${weights.join(' ')}: ${chosen.join(' ')}`;
    });
    expect(new LoadBalancer().choose({ random: draw, hashKey: undefined, tried: new Set() })).toBeUndefined();
    expectGolden(golden(`chosen-${policy.toLowerCase().replaceAll('_', '-')}`), lines);
  },
);

it('the ring of a hash: where keys lead', () => {
  const ring = new HashRing(hostsOf(1, 2, 1, 8));
  const keys = Array.from({ length: 100 }, (_, at) => `user-${at}`);
  expectGolden(golden('hash-ring'), [keys.map((key) => ring.find(key)?.address.port).join(' ')]);
});
