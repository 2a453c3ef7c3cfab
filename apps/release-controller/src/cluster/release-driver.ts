import { setTimeout as delay } from 'node:timers/promises';
import { ApiError, ApiUnreachableError } from '@grayscale/cluster-client';
import {
  type CountSource,
  type JournalEntry,
  type Plan,
  planFromObject,
  type ReleaseState,
  type StandStill,
} from '@grayscale/release';
import {
  type ClusterStore,
  type GrayRelease,
  isConflict,
  isUnderWay,
  keyOf,
  stateOf,
  TakenOverError,
  targetsHash,
} from '@grayscale/release-cluster';
import { drive, ReleaseLoop } from '@grayscale/release-loop';
import { Logger } from '@nestjs/common';
import { eventOf, type ReleaseEventNote } from './event-recorder.js';

/** What a driver needs from around it. */
export interface DriverOptions {
  source(): CountSource;
  /** Between two looks, in milliseconds. */
  interval: number;
  /** The store of one release; `signal` ends its waiting for an API server that does not answer. */
  store(plan: Plan, signal: AbortSignal): ClusterStore;
  /** Shows in the object why nobody carries it out. */
  standStill(object: GrayRelease, standStill: StandStill): Promise<void>;
  tell(object: GrayRelease, event: ReleaseEventNote): Promise<void>;
}

/** After what keeps a release from being carried out has been said, in milliseconds. */
const retryTime = 5000;

/** What became of an attempt: to wait for a change of the object alone, or to try again. */
type Rest = 'until-changed' | 'retry' | 'now';

/** Carries the release of one object out, through every change of it. */
export class ReleaseDriver {
  private readonly logger: Logger;
  private readonly stopping = new AbortController();
  /** Ends the driving while the run goes on: it is suspended. */
  private suspending = new AbortController();
  private wake = new AbortController();
  private readonly ended: Promise<void>;
  private loop: ReleaseLoop | undefined;
  /** The last plan that could be read. */
  private currentPlan: Plan | undefined;
  private isDeleted = false;

  constructor(
    private object: GrayRelease,
    private readonly options: DriverOptions,
  ) {
    this.logger = new Logger(`Release ${keyOf(object)}`);
    this.ended = this.run();
  }

  /** Where it stands; undefined before its first run. */
  get current(): { plan: Plan; state: ReleaseState } | undefined {
    const state = this.loop?.state ?? stateOf(this.object);
    const plan = this.loop?.plan ?? this.currentPlan;
    return state && plan && { plan, state };
  }

  /** A newer version of the object. The loop itself follows a changed plan from its next look. */
  update(object: GrayRelease): void {
    const isOther = object.metadata.generation !== this.object.metadata.generation;
    this.object = object;
    if (object.spec.suspend === true) this.suspending.abort();
    // Somebody may have begun the run again (retry), or have left one.
    if (isOther || (this.loop === undefined && isUnderWay(object))) this.wake.abort();
  }

  /** Leaves the release where it is, for the next one to go on with. */
  async stop(): Promise<void> {
    this.stopping.abort();
    this.wake.abort();
    await this.ended;
  }

  /** The object is gone: the release ends where it is. */
  async delete(): Promise<void> {
    this.isDeleted = true;
    await this.stop();
  }

  private async run(): Promise<void> {
    const { signal } = this.stopping;
    while (!signal.aborted) {
      this.wake = new AbortController();
      this.suspending = new AbortController();
      const rest = await this.attempt().catch((error) => this.failed(error));
      if (rest === 'now') continue;
      const wait = rest === 'retry' ? retryTime : waitForever;
      await delay(wait, undefined, { signal: AbortSignal.any([signal, this.wake.signal]) }).catch(() => {});
    }
  }

  private async attempt(): Promise<Rest> {
    const { object } = this;
    const { plan, issues } = planFromObject(object);
    if (plan === undefined) {
      const messages = issues.filter(({ severity }) => severity === 'error');
      return this.stand({
        phase: 'Degraded',
        reason: 'InvalidPlan',
        message: messages.map(({ path, message }) => `${path}: ${message}`).join(' '),
      });
    }
    this.currentPlan = plan;
    if (plan.suspend)
      return this.stand({ phase: 'Paused', reason: 'Suspended', message: 'spec.suspend is true' });
    if (this.isOver()) return 'until-changed';
    return await this.carryOut(plan);
  }

  /** Whether the targets that stand there have had their release. */
  private isOver(): boolean {
    const { object } = this;
    return (
      stateOf(object) !== undefined &&
      !isUnderWay(object) &&
      object.status?.targetsHash === targetsHash(object)
    );
  }

  private async carryOut(plan: Plan): Promise<Rest> {
    const store = this.options.store(plan, this.stopping.signal);
    const opened = await ReleaseLoop.open({
      plan,
      store,
      source: this.options.source(),
      recorded: (entry) => this.recorded(entry),
    });
    if (opened.kind === 'held') {
      if (!isUnderWay(this.object))
        await this.stand({
          phase: 'Paused',
          reason: 'RuleHeld',
          message: `the rule is held by ${opened.by}`,
        });
      return 'retry';
    }
    const { loop } = opened;
    try {
      const messages = await loop.start();
      if (messages.length > 0) {
        const reason = loop.isRunning ? 'PlanNotFollowed' : 'CannotStart';
        await this.stand({ phase: 'Degraded', reason, message: messages.join('. ') });
        return 'retry';
      }
      this.loop = loop;
      return await this.driveOn(loop);
    } finally {
      this.loop = undefined;
      if (this.isDeleted) await this.leave(loop, store);
      await loop.close();
    }
  }

  private async driveOn(loop: ReleaseLoop): Promise<Rest> {
    const finished = await drive(loop, {
      interval: this.options.interval,
      signal: AbortSignal.any([this.stopping.signal, this.suspending.signal]),
      ticked: (tick) => (tick.kind === 'finished' ? tick.outcome : undefined),
    });
    return finished === undefined ? 'now' : 'until-changed';
  }

  /** Of an object that is gone nothing is left in the rules but their weights. */
  private async leave(loop: ReleaseLoop, store: ClusterStore): Promise<void> {
    if (!loop.isRunning) return;
    const share = loop.state?.percent;
    await this.tell({
      type: 'Warning',
      reason: 'Deleted',
      action: 'Stop',
      note: `deleted while it was going on; the weights stay as they are, the canary has ${share} %`,
    });
    await store.finish().catch((error: Error) => this.logger.warn(error.message));
  }

  private recorded(entry: JournalEntry): void {
    const event = eventOf(entry);
    if (event !== undefined) void this.tell(event);
  }

  private async tell(event: ReleaseEventNote): Promise<void> {
    this.logger[event.type === 'Normal' ? 'log' : 'warn'](event.note);
    await this.options.tell(this.object, event);
  }

  private async stand(standStill: StandStill): Promise<Rest> {
    const { status, metadata } = this.object;
    const condition = status?.conditions?.find(({ type }) => type === standStill.phase);
    const isKnown =
      condition?.reason === standStill.reason &&
      condition.message === standStill.message &&
      status?.observedGeneration === metadata.generation;
    if (isKnown) return 'until-changed';
    await this.options.standStill(this.object, standStill);
    const type = standStill.phase === 'Degraded' ? 'Warning' : 'Normal';
    await this.tell({ type, reason: standStill.reason, action: 'Wait', note: standStill.message });
    return 'until-changed';
  }

  /** The release stands where it is, and is taken up again. */
  private failed(error: Error): Rest {
    if (this.stopping.signal.aborted) return 'until-changed';
    // Somebody wrote into the object meanwhile; the watch tells of it at once.
    if (isConflict(error)) return 'retry';
    const isKnown =
      error instanceof TakenOverError || error instanceof ApiError || error instanceof ApiUnreachableError;
    this.logger.error(isKnown ? error.message : error.stack);
    return 'retry';
  }
}

/** The longest time that a timer of Node.js takes, in milliseconds. */
const waitForever = 2 ** 31 - 1;
