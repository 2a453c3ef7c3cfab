import { readFile, writeFile } from 'node:fs/promises';
import {
  type CountedArm,
  type CountSource,
  type JournalEntry,
  type Plan,
  readPlan,
} from '@grayscale/release';
import { FileRelease } from '../files/file-release.js';
import { FileStore, type FileStoreOptions } from '../files/file-store.js';
import { ReleaseLoop, type Tick } from '../release-loop.js';
import { temporaryFolder } from './temporary-folder.js';

/** A VirtualService that splits between two services, with weights as they are to be written. */
export function virtualService(name: string, weights: readonly [string, string] = ['90', '10']): string {
  return `apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: { name: ${name}, namespace: shop }
spec:
  hosts: [${name}.shop.svc.cluster.local]
  http:
    - route:
        - destination: { host: ${name}-1.shop.svc.cluster.local }
          weight: ${weights[0]}
        - destination: { host: ${name}-2.shop.svc.cluster.local }
          weight: ${weights[1]}
`;
}

/** A release on real files, with a clock and counts of the test's own. */
export class Rehearsal {
  /** Milliseconds since the epoch. */
  now = 1_700_000_000_000;
  /** False: the loop's own clock. */
  hasOwnClock = true;
  /** How many of 100 canary requests fail in a look. */
  failing = 0;
  /** Why nothing can be counted now. */
  unreadable: string | undefined;
  entries: JournalEntry[] = [];
  private opened: ReleaseLoop | undefined;

  private constructor(
    private readonly folder: Awaited<ReturnType<typeof temporaryFolder>>,
    private readonly names: readonly string[],
    private planText: string,
    public plan: Plan,
  ) {}

  /** @param files by name; the rules are those whose name ends with `.yaml` */
  static async of(files: Record<string, string>, spec: Record<string, unknown> = {}): Promise<Rehearsal> {
    const folder = await temporaryFolder();
    for (const [name, text] of Object.entries(files)) await writeFile(folder.at(name), text);
    const names = Object.keys(files).map((name) => name.replace('.yaml', ''));
    const planText = JSON.stringify({
      apiVersion: 'grayscale.dev/v1alpha1',
      kind: 'GrayRelease',
      metadata: { name: 'plan', namespace: 'shop' },
      spec: {
        targets: names.map((name) => ({ virtualService: name, stable: `${name}-1`, canary: `${name}-2` })),
        steps: [25, 50, 100].map((percent) => ({ percent, hold: '10s', requests: 10 })),
        guards: [{ name: 'failures', ratio: 1.5, max: '50%' }],
        settle: '1s',
        ...spec,
      },
    });
    const stage = new Rehearsal(folder, Object.keys(files), planText, planIn(planText));
    await writeFile(stage.at('plan.json'), planText);
    return stage;
  }

  at(name: string): string {
    return this.folder.at(name);
  }

  /** Changes the plan's file, as its author does. */
  async replan(
    change: (spec: Record<string, unknown>, plan: Record<string, unknown>) => void,
  ): Promise<void> {
    const plan = JSON.parse(await readFile(this.at('plan.json'), 'utf8'));
    change(plan.spec, plan);
    await writeFile(this.at('plan.json'), JSON.stringify(plan));
  }

  /** How the plan's files are kept. */
  get options(): FileStoreOptions {
    const { plan, planText } = this;
    const filenames = this.names.map((name) => this.at(name));
    return { planFile: this.at('plan.json'), planText, plan, filenames };
  }

  get release(): FileRelease {
    return new FileRelease(this.options);
  }

  /** Opens the loop with the plan as its file has it now; what an earlier one has left is taken up. */
  async open(options: Partial<FileStoreOptions> = {}): Promise<ReleaseLoop> {
    this.planText = await readFile(this.at('plan.json'), 'utf8');
    this.plan = planIn(this.planText);
    const store = new FileStore({ ...this.options, ...options });
    const recorded = (entry: JournalEntry) => this.entries.push(entry);
    const opened = await ReleaseLoop.open({
      plan: this.plan,
      store,
      source: this.source,
      ...(this.hasOwnClock && { now: () => this.now }),
      recorded,
    });
    if (opened.kind === 'held') throw new Error(`held by ${opened.by}`);
    this.opened = opened.loop;
    return opened.loop;
  }

  /** Ends the process of the loop, as far as its lock tells. */
  async close(): Promise<void> {
    await this.opened?.close();
    this.opened = undefined;
  }

  /** Lets two seconds pass and looks. */
  async tick(seconds = 2): Promise<Tick> {
    this.now += seconds * 1000;
    return await (this.opened as ReleaseLoop).tick();
  }

  /** Looks until the release is over or waits for a person. */
  async runToEnd(): Promise<Tick> {
    for (let ticks = 0; ticks < 200; ticks += 1) {
      const tick = await this.tick();
      if (tick.kind === 'finished' || this.opened?.state?.phase === 'paused') return tick;
    }
    throw new Error('it does not end');
  }

  async weights(name: string): Promise<number[]> {
    return [...(await this.text(name)).matchAll(/weight: (\S+)/g)].map(([, weight]) => Number(weight));
  }

  async text(name: string): Promise<string> {
    return await readFile(this.at(`${name}.yaml`), 'utf8');
  }

  async edit(name: string, change: (text: string) => string): Promise<void> {
    await writeFile(this.at(`${name}.yaml`), change(await this.text(name)));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
    await this.folder[Symbol.asyncDispose]();
  }

  /** 1,000 requests in each look, split as the state says. */
  private readonly source: CountSource = {
    look: async ({ arms }) => {
      if (this.unreadable !== undefined) return { kind: 'no-look', reason: this.unreadable };
      const percent = this.opened?.state?.percent ?? 0;
      const counts = arms.map(({ key, host }: CountedArm) => {
        const isCanary = /-2\./.test(host);
        const requests = 10 * (isCanary ? percent : 100 - percent);
        const failed = isCanary ? Math.round((requests * this.failing) / 100) : 0;
        const caller = { namespace: 'shop', workload: 'page' };
        return { caller, arm: key, requests, failed, gaveUp: 0, over: {} };
      });
      return {
        kind: 'look',
        at: this.hasOwnClock ? this.now : performance.now(),
        interval: 2000,
        cursor: this.now,
        counts,
        queries: [],
        blind: [],
        bypassed: 0,
      };
    },
  };
}

function planIn(text: string): Plan {
  const { plan, issues } = readPlan(text, 'plan.json');
  if (plan === undefined) throw new Error(issues.map(({ message }) => message).join());
  return plan;
}
