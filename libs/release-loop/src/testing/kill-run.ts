import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { type EventEmitter, once } from 'node:events';
import { watch } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { setTimeout as after } from 'node:timers/promises';
import type { JournalEntry } from '@grayscale/release';
import type { Random } from '@grayscale/seeded-random';
import { readJournal } from '../files/journal.js';
import { planPaths } from '../files/plan-paths.js';
import { temporaryFolder } from './temporary-folder.js';

const built = (path: string) => JSON.stringify(join(import.meta.dirname, '../../..', path));

const rule = `# The rule under release.
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: { name: cart, namespace: shop }
spec:
  hosts: [cart.shop.svc.cluster.local]
  http:
    - name: percent   # keeps its comment
      route:
        - destination: { host: one.shop.svc.cluster.local }
          weight: 0x64
        - { destination: { host: two.shop.svc.cluster.local } }
`;

const steps = Array.from({ length: 25 }, (_, index) => (index + 1) * 4);

const plan = JSON.stringify({
  apiVersion: 'grayscale.dev/v1alpha1',
  kind: 'GrayRelease',
  metadata: { name: 'cart', namespace: 'shop' },
  spec: {
    targets: [{ virtualService: 'cart', stable: 'one', canary: 'two' }],
    users: [{ header: 'user', exact: ['test'] }],
    steps: steps.map((percent) => ({ percent, hold: '10ms', requests: 3 })),
    guards: [{ name: 'failures', ratio: 1.5, max: '90%' }],
    settle: '1ms',
  },
});

/**
 * Drives the plan to its end with counts of which the truth is known: one request to each arm in each millisecond.
 * @param most at this intent it kills itself, so that it does not come far however slowly it is killed by others
 */
const worker = (folder: string, work: string, most = Number.POSITIVE_INFINITY) => `
import { readFileSync, writeSync } from 'node:fs';
import { FileStore, ReleaseLoop } from ${built('release-loop/dist/index.js')};
import { readPlan } from ${built('release/dist/index.js')};
const planFile = ${JSON.stringify(join(folder, 'plan.json'))};
const planText = readFileSync(planFile, 'utf8');
const { plan } = readPlan(planText, planFile);
const caller = { namespace: 'shop', workload: 'page' };
const source = {
  async look({ arms }, cursor) {
    const at = Date.now();
    const requests = at - (cursor ?? at);
    const counts = arms.map(({ key }) => ({ caller, arm: key, requests, failed: 0, gaveUp: 0, over: {} }));
    return { kind: 'look', at, interval: 1, cursor: at, counts, queries: [], blind: [], bypassed: 0 };
  },
};
const store = new FileStore({ planFile, planText, plan, filenames: [${JSON.stringify(join(folder, 'rule.yaml'))}] });
let intents = 0;
const recorded = ({ op }) => {
  if (op !== 'intent') return;
  intents += 1;
  if (intents >= ${most}) process.kill(process.pid, 'SIGKILL');
  writeSync(1, 'intent\\n');
};
const opened = await ReleaseLoop.open({ plan, store, source, recorded });
if (opened.kind === 'held') throw new Error(opened.by);
writeSync(1, 'opened\\n');
${work}
await opened.loop.close();
`;

// A process that is started again after the end would begin the next run.
const release = `
if (opened.loop.state?.phase === 'completed') {
  await opened.loop.close();
  process.exit();
}
const messages = await opened.loop.start();
if (messages.length > 0) throw new Error(messages.join());
for (;;) {
  const tick = await opened.loop.tick();
  if (tick.kind === 'finished') break;
  await new Promise((resolve) => setTimeout(resolve, 3));
}`;

async function undo(folder: string): Promise<void> {
  const work = `await opened.loop.command({ kind: 'undo' }); await opened.loop.settle();`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', worker(folder, work)], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  await once(child, 'exit');
}

/** What a release that was killed again and again left behind. */
export interface KilledRun {
  kills: number;
  /** Kills after an intent and before its outcome was in the journal. */
  betweenIntentAndDone: number;
  /** Shares in the order in which the journal says that they were written. */
  written: number[];
  /** Canary's weights in the order in which the file had them; some may have been missed. */
  seen: number[];
  /** Requests that the evidence counts, and that there were. */
  counted: number;
  true: number;
  rule: { before: string; after: string; undone: string };
  entries: JournalEntry[];
}

/**
 * Carries a release of 25 steps out, with a process that is killed with SIGKILL at random moments, at its fourth intent at the latest, and, every other
 * time, as soon as an intent is in the journal.
 */
export async function killedRun(random: Random): Promise<KilledRun> {
  await using folder = await temporaryFolder();
  await writeFile(folder.at('rule.yaml'), rule);
  await writeFile(folder.at('plan.json'), plan);
  const { journal } = planPaths(folder.at('plan.json'));
  const observer = observe(folder.at(), folder.at('rule.yaml'));
  let kills = 0;
  let between = 0;
  for (;;) {
    const entries = await readJournal(journal);
    const atIntent = kills % 2 === 0;
    const program = worker(folder.at(), release, atIntent ? 2 : 4);
    const child = spawn(process.execPath, ['--input-type=module', '-e', program], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const exit = once(child, 'exit');
    void killOnce(child, atIntent ? 'intent' : 'opened', atIntent ? 0 : 300 * random.next());
    const [code, signal] = (await exit) as [number | null, string | null];
    if (signal !== 'SIGKILL') {
      if (code !== 0) throw new Error(`the worker ended with ${code}`);
      break;
    }
    kills += 1;
    if (isBetween(await readJournal(journal), entries.length)) between += 1;
  }
  const entries = await readJournal(journal);
  const seen = await observer.end();
  const after100 = await readFile(folder.at('rule.yaml'), 'utf8');
  await undo(folder.at());
  const { counted, truth } = evidenceOf(entries);
  return {
    kills,
    betweenIntentAndDone: between,
    written: writtenShares(entries),
    seen,
    counted,
    true: truth,
    rule: { before: rule, after: after100, undone: await readFile(folder.at('rule.yaml'), 'utf8') },
    entries,
  };
}

/** Kills a process some time after it has printed a word, if it still runs then. @param delay in milliseconds */
async function killOnce(
  child: ChildProcessByStdio<null, Readable, null>,
  word: string,
  delay: number,
): Promise<void> {
  let printed = '';
  for await (const text of child.stdout.setEncoding('utf8')) {
    printed += text;
    if (!printed.includes(word)) continue;
    if (delay > 0) await after(delay);
    child.kill('SIGKILL');
    return;
  }
}

function isBetween(entries: readonly JournalEntry[], from: number): boolean {
  const last = entries.slice(from).findLast(({ op }) => op === 'intent' || op === 'done');
  return last?.op === 'intent';
}

/** The shares of all writes that are done; an intent that was not carried out is announced again. */
function writtenShares(entries: readonly JournalEntry[]): number[] {
  return entries.flatMap(({ op, seq }) => {
    if (op !== 'done') return [];
    const intent = entries.findLast((entry) => entry.op === 'intent' && entry.seq === seq);
    return intent?.purpose === 'step' ? [Number(intent.percent)] : [];
  });
}

function evidenceOf(entries: readonly JournalEntry[]): { counted: number; truth: number } {
  const states = entries.flatMap(({ state }) => (state === undefined ? [] : [state as unknown as KeptState]));
  const first = states.find(({ evidence }) => evidence.cursor !== null);
  const last = states.at(-1);
  const span = (last?.evidence.cursor ?? 0) - (first?.evidence.cursor ?? 0);
  return { counted: (last?.evidence.requests ?? 0) - (first?.evidence.requests ?? 0), truth: 2 * span };
}

interface KeptState {
  evidence: { cursor: number | null; requests: number };
}

/** Reads the canary's weight whenever the file is replaced. */
function observe(folder: string, file: string): { end(): Promise<number[]> } {
  const seen: number[] = [];
  const read = async () => {
    const text = await readFile(file, 'utf8').catch(() => '');
    // The split rule is the last one; the rule of `users` above it has no weight.
    const weight = [...text.matchAll(/host: two\S* \}(?:, weight: (\d+))? \}$/gm)].at(-1)?.[1];
    const canary = Number(weight ?? 0);
    if (seen.at(-1) !== canary) seen.push(canary);
  };
  let reading = read();
  const watcher: EventEmitter & { close(): void } = watch(folder, () => {
    reading = reading.then(read);
  });
  return {
    end: async () => {
      watcher.close();
      await reading;
      await read();
      return seen;
    },
  };
}

export const plannedShares: readonly number[] = steps;
