import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as after } from 'node:timers/promises';
import type { ReleaseState } from '@grayscale/release';
import type { Random } from '@grayscale/seeded-random';
import { ConfigMapRecord } from '../record/record-object.js';
import { ApiProxy } from './api-proxy.js';
import { SeenWeights } from './seen-weights.js';
import { planFor, type Stage, splitBetween } from './stage.js';

const built = (path: string) => JSON.stringify(join(import.meta.dirname, '../../..', path));

/** Shares of a release of 25 steps. */
export const plannedShares = Array.from({ length: 25 }, (_, index) => (index + 1) * 4);

/** Carries a release out with counts of which the truth is known: one request to each arm in each millisecond. */
const worker = (server: string, token: string, plan: object) => `
import { ApiClient } from ${built('cluster-client/dist/index.js')};
import { ClusterRelease, ConfigMapRecord, processIdentity } from ${built('release-cluster/dist/index.js')};
import { planFromObject } from ${built('release/dist/index.js')};
import { ReleaseLoop } from ${built('release-loop/dist/index.js')};
const credentials = async () => ({ headers: { authorization: 'Bearer ${token}' }, connect: {} });
const client = new ApiClient({ server: '${server}', namespace: 'shop', context: 'test', credentials });
const { plan } = planFromObject(${JSON.stringify(plan)});
const caller = { namespace: 'shop', workload: 'page' };
const source = {
  async look({ arms }, cursor) {
    const at = Date.now();
    const requests = at - (cursor?.at ?? at);
    const counts = arms.map(({ key }) => ({ caller, arm: key, requests, failed: 0, gaveUp: 0, over: {} }));
    const next = { first: cursor?.first ?? at, at };
    return { kind: 'look', at, interval: 1, cursor: next, counts, queries: [], blind: [], bypassed: 0 };
  },
};
const home = new ConfigMapRecord(client, plan.namespace, plan.name);
const release = new ClusterRelease({ client, plan, home, identity: await processIdentity() });
const opened = await ReleaseLoop.open({ plan, store: release.store(), source });
if (opened.kind === 'held') throw new Error(opened.by);
if (opened.loop.state?.phase !== 'completed') {
  const messages = await opened.loop.start();
  if (messages.length > 0) throw new Error(messages.join());
  while ((await opened.loop.tick()).kind !== 'finished') await new Promise((resolve) => setTimeout(resolve, 3));
}
await opened.loop.close();
await client.close();
`;

/** What a release that was killed again and again left behind. */
export interface KilledRun {
  kills: number;
  /** Kills after an intent was kept and before its outcome was. */
  betweenIntentAndDone: number;
  /** The canary's share of each change that a watch told of, in order. */
  seen: number[];
  /** Requests that the evidence counts, and that there were. */
  counted: number;
  truth: number;
}

/**
 * Carries a release out with a process that is killed with SIGKILL: while its patch is on the way (which then arrives or does not), once the server
 * has answered it, and at random moments, with its fourth patch at the latest.
 */
export async function killedRun(stage: Stage, name: string, random: Random): Promise<KilledRun> {
  await stage.apply(splitBetween(name, [100, 0]));
  const seen = await SeenWeights.of(stage, name);
  const proxy = await ApiProxy.before(stage.cluster);
  const steps = plannedShares.map((percent) => ({ percent, hold: '5ms', requests: 3 }));
  const plan = planFor(name, [name], { steps, users: [{ header: 'user', exact: ['test'] }], settle: '1ms' });
  const token = await stage.adminToken();
  let [kills, betweenIntentAndDone] = [0, 0];
  try {
    for (;;) {
      const program = worker(proxy.server, token, plan);
      const child = spawn(process.execPath, ['--input-type=module', '-e', program], {
        stdio: ['ignore', 'ignore', 'inherit'],
      });
      const exit = once(child, 'exit');
      const between = killLater(child, proxy, random.below(3), random);
      const [code, signal] = (await exit) as [number | null, string | null];
      proxy.before = () => {};
      proxy.cuts = () => false;
      if (signal !== 'SIGKILL' && code !== 0) throw new Error(`the worker ended with ${code}`);
      if (signal !== 'SIGKILL') break;
      kills += 1;
      if (between()) betweenIntentAndDone += 1;
    }
  } finally {
    await proxy.stop();
  }
  const object = await new ConfigMapRecord(stage.client, 'shop', name).read();
  const record = new ConfigMapRecord(stage.client, 'shop', name);
  const { evidence } = (object && record.contentOf(object).state) as unknown as ReleaseState;
  const { first, at } = evidence.cursor as { first: number; at: number };
  const changes = await seen.until('0/100');
  const shares = changes
    .map((weights) => weights.split('/').map(Number))
    .map(([stable = 0, canary = 0]) => (100 * canary) / (stable + canary));
  return {
    kills,
    betweenIntentAndDone,
    seen: shares.slice(1),
    counted: evidence.requests,
    truth: 2 * (at - first),
  };
}

/** @returns whether it was killed between an intent and its outcome, once it was killed */
function killLater(child: ChildProcess, proxy: ApiProxy, way: number, random: Random): () => boolean {
  let between = false;
  const kill = () => {
    between = true;
    child.kill('SIGKILL');
  };
  // Some weights are written first, so that the release goes on.
  let patches = random.below(3);
  const isDue = (isWeightPatch: boolean) => isWeightPatch && patches-- <= 0;
  if (way === 0) {
    const arrives = random.is(0.5);
    proxy.before = async ({ isWeightPatch }) => {
      if (!isDue(isWeightPatch)) return;
      kill();
      if (!arrives) throw new Error('the patch is lost');
      // The next process may be there before it arrives.
      await after(400 * random.next());
    };
  } else if (way === 1) {
    proxy.cuts = ({ isWeightPatch }) => {
      if (!isDue(isWeightPatch)) return false;
      kill();
      return true;
    };
  } else {
    void after(150 + 500 * random.next()).then(() => child.kill('SIGKILL'));
    // A fast machine would be done by then.
    patches = 3;
    proxy.before = ({ isWeightPatch }) => {
      if (isDue(isWeightPatch)) child.kill('SIGKILL');
    };
  }
  return () => between;
}
