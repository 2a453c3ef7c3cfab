import { setTimeout as delay } from 'node:timers/promises';
import { type ApiClient, ApiError, ApiUnreachableError, type Lease } from '@grayscale/cluster-client';
import {
  isOver,
  type JournalEntry,
  type OfferedPlan,
  type Plan,
  type SentCommand,
  type Store,
  type TargetView,
  targetObject,
  type View,
  type Write,
  type WriteOutcome,
} from '@grayscale/release';
import { lastState, type PlanText } from '@grayscale/release-loop';
import { Arms } from './arms.js';
import { driverOf } from './driver-identity.js';
import { mayPass, TakenOverError } from './errors.js';
import { isSameOwner, type Owner, ownerIn } from './owner.js';
import type { ReleaseRecord } from './record/release-record.js';
import { RuleObjects } from './rule-objects.js';
import { runningRelease } from './running-release.js';
import { targetView } from './target-views.js';
import { TargetWriter } from './target-writer.js';

/** What a {@link ClusterStore} works on, and what it shares with others. */
export interface ClusterStoreOptions {
  client: ApiClient;
  plan: Plan;
  record: ReleaseRecord;
  /** The plan's file, where it has one. */
  planText?: PlanText;
  /** Makes this process the only driver; absent: somebody else sees to that, or nobody need. */
  lease?: Lease;
  /** Shared among releases, so that each namespace is watched once; the store's own unless given. */
  ruleObjects?: RuleObjects;
}

/** Twice as long as a holder of the Lease is believed in by default, in milliseconds. */
const longestWait = 30_000;

/** Keeps a release in a cluster: rules in RuleObjects, its memory in a record. */
export class ClusterStore implements Store {
  /** Each one is a write to the cluster's database. */
  readonly keepsLooksEvery = 5000;
  private readonly ruleObjects: RuleObjects;
  private readonly writer: TargetWriter;
  private readonly arms: Arms;
  private plan: Plan;
  /** What was not allowed when the targets were last read, and when one was last written. */
  private readonly refusals: { read?: ApiError | undefined; write?: ApiError | undefined } = {};

  constructor(private readonly options: ClusterStoreOptions) {
    const { client, plan } = options;
    this.plan = plan;
    this.ruleObjects = options.ruleObjects ?? new RuleObjects(client);
    this.arms = new Arms(client);
    this.writer = new TargetWriter({
      plan,
      ruleObjects: this.ruleObjects,
      heldBy: (owner) => runningRelease(client, owner),
      forbidden: (error) => {
        this.refusals.write = error;
      },
    });
  }

  /** What the API server did not allow at the last attempt. */
  get forbidden(): ApiError | undefined {
    return this.refusals.read ?? this.refusals.write;
  }

  async open(): Promise<{ kind: 'opened'; journal: JournalEntry[] } | { kind: 'held'; by: string }> {
    const holder = await this.holderOfLease();
    if (holder !== undefined) return { kind: 'held', by: driverOf(holder).text };
    try {
      const journal = await this.options.record.load();
      const driver = await this.options.record.otherDriver();
      const by = driver === undefined ? await this.otherRelease() : driverOf(driver).text;
      if (by === undefined) {
        await this.cleanAfterEnd(journal);
        return { kind: 'opened', journal };
      }
      await this.close();
      return { kind: 'held', by };
    } catch (error) {
      await this.close();
      throw error;
    }
  }

  /** A plan's file may be changed, and so may a GrayRelease. */
  async readPlan(): Promise<OfferedPlan | undefined> {
    return (await this.options.planText?.news()) ?? this.options.record.changedPlan();
  }

  follow(plan: Plan): void {
    this.plan = plan;
    this.writer.plan = plan;
  }

  async view(): Promise<View> {
    const { targets } = this.plan;
    this.refusals.read = undefined;
    return { targets: await Promise.all(targets.map((target) => this.viewOf(target))) };
  }

  async append(entry: JournalEntry): Promise<void> {
    await this.holdOn();
    await this.options.record.append(entry);
  }

  async write(write: Write): Promise<WriteOutcome> {
    this.refusals.write = undefined;
    return await this.writer.write(write, this.owner);
  }

  async takeCommands(): Promise<SentCommand[]> {
    return await this.options.record.commands();
  }

  /** What is not removed because the API server does not answer is removed when the release is opened the next time. */
  async finish(): Promise<void> {
    for (const target of this.plan.targets)
      await this.writer.clean(targetObject(target), this.owner).catch((error) => {
        if (!mayPass(error)) throw error;
      });
  }

  async close(): Promise<void> {
    if (this.options.ruleObjects === undefined) this.ruleObjects.close();
    // What cannot be given back runs out.
    await this.options.record.leave().catch(() => undefined);
    await this.options.lease?.release().catch(() => undefined);
  }

  private async viewOf(target: Plan['targets'][number]): Promise<TargetView> {
    try {
      return await targetView(this.ruleObjects, this.arms, target, this.plan);
    } catch (error) {
      if (error instanceof ApiError && error.status === 403) this.refusals.read = error;
      if (error instanceof ApiError || error instanceof ApiUnreachableError)
        return { kind: 'unread', reason: error.message };
      throw error;
    }
  }

  /** Acquires the Lease. A holder that seems to be gone is waited for: only the local clock tells how long it is silent. @returns another holder */
  private async holderOfLease(): Promise<string | undefined> {
    const { lease } = this.options;
    const until = performance.now() + longestWait;
    while (lease !== undefined) {
      const tried = await lease.tryAcquire();
      if (tried.kind === 'acquired') return undefined;
      if (tried.isFresh || performance.now() > until) return tried.by;
      await delay(500);
    }
    return undefined;
  }

  /** A process that was killed at the end of a run has left its traces. */
  private async cleanAfterEnd(journal: readonly JournalEntry[]): Promise<void> {
    const state = lastState(journal);
    if (state !== undefined && isOver(state.phase)) await this.finish();
  }

  /** After a time without the API server another process may have the lease; where nobody has, it is ours again. */
  private async holdOn(): Promise<void> {
    const { lease } = this.options;
    if (lease === undefined || lease.isHeld) return;
    const acquired = await lease.tryAcquire().catch(() => undefined);
    if (acquired?.kind === 'held')
      throw new TakenOverError(`${driverOf(acquired.by).text} has taken the release over`);
  }

  /** The other release that has one of the rules and has not ended, in words. */
  private async otherRelease(): Promise<string | undefined> {
    const { plan } = this;
    const { client, record } = this.options;
    for (const target of plan.targets) {
      const object = await this.ruleObjects.get(targetObject(target));
      const owner = ownerIn(object?.metadata.annotations);
      if (owner === undefined || (record.owner !== undefined && isSameOwner(owner, record.owner))) continue;
      const running = await runningRelease(client, owner);
      if (running !== undefined) return running;
    }
    return undefined;
  }

  private get owner(): Owner {
    const { owner } = this.options.record;
    if (owner === undefined) throw new Error('nothing is written before the run has been recorded');
    return owner;
  }
}
