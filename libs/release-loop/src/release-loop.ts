import { createHash } from 'node:crypto';
import {
  begin,
  type Command,
  type CountSource,
  countQuestion,
  type Decision,
  decide,
  isOver,
  type JournalEntry,
  type Json,
  type Look,
  type NoLook,
  type Note,
  type Outcome,
  type Plan,
  type ReleaseEvent,
  type ReleaseState,
  receive,
  type SentCommand,
  type Store,
  type View,
  type Waiting,
  type WebhookAnswer,
  type WebhookQuestion,
  type Write,
} from '@grayscale/release';
import { FollowedPlan } from './followed-plan.js';
import { type JournaledRun, readRun } from './journaled-run.js';
import { OnceWriter } from './once-writer.js';
import { RunJournal } from './run-journal.js';
import { steadyNow } from './steady-now.js';
import { askWebhook } from './webhook.js';

/** A plan, where its rules and journal are kept, and where its counts come from. */
export interface ReleaseLoopOptions {
  /** As its author has it now. A run that is under way goes on with the plan in its journal, and takes this one over at its next tick if it can. */
  plan: Plan;
  store: Store;
  source: CountSource;
  /** Milliseconds since the epoch; unless given, a clock that goes on evenly when the system's is set, so that no hold ends early or never. */
  now?: () => number;
  ask?: (question: WebhookQuestion) => Promise<WebhookAnswer>;
  /** Is told each entry once it is durable. */
  recorded?: (entry: JournalEntry) => void;
}

/** What a tick ended with. */
export type Tick =
  /** `until`: when time alone may change the answer, in milliseconds since the epoch. */
  { kind: 'waiting'; waiting: Waiting; until?: number } | { kind: 'finished'; outcome: Outcome };

/** What became of a command. */
export type Carried = { kind: 'received'; notes: Note[] } | { kind: 'rejected'; message: string };

/** What came of opening a release. */
export type OpenedLoop =
  | { kind: 'opened'; loop: ReleaseLoop }
  /** Another one drives the plan, or has one of its rules under release. */
  | { kind: 'held'; by: string };

/** While nothing can be counted, the words are all that changes; elsewhere they have figures that change at each look. */
function isOther(before: Waiting | undefined, now: Waiting): boolean {
  return before?.reason !== now.reason || (now.reason === 'no-look' && before.message !== now.message);
}

/**
 * Carries one release out: what `decide` asks for is journaled, done, and journaled again. It may be killed at any moment; opened again it goes on,
 * and does nothing twice.
 */
export class ReleaseLoop {
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  private readonly journal: RunJournal;
  private readonly followed: FollowedPlan;
  /** Why the run cannot go on under the plan. */
  private misfits: string[] = [];
  private current: ReleaseState | undefined;
  private lastLook: Look | NoLook | undefined;
  private writes: OnceWriter;

  private constructor(private readonly options: ReleaseLoopOptions) {
    this.now = options.now ?? steadyNow;
    this.followed = new FollowedPlan(options.plan, options.store);
    this.journal = new RunJournal({
      ...options,
      now: this.now,
      ask: (question) => this.ask(question),
      standing: () => ({ plan: this.plan, state: this.current }),
    });
    this.writes = new OnceWriter(options.store, this.journal);
  }

  /** Becomes the driver of the plan, and takes up the run in its journal. */
  static async open(options: ReleaseLoopOptions): Promise<OpenedLoop> {
    const opened = await options.store.open();
    if (opened.kind === 'held') return opened;
    const loop = new ReleaseLoop(options);
    loop.takeUp(readRun(opened.journal, options.plan));
    return { kind: 'opened', loop };
  }

  /** Undefined before the first run. */
  get state(): ReleaseState | undefined {
    return this.current;
  }

  /** The plan that is followed. */
  get plan(): Plan {
    return this.followed.plan;
  }

  /** The newest reading of the counts; undefined before there is one. */
  get look(): Look | NoLook | undefined {
    return this.lastLook;
  }

  get isRunning(): boolean {
    return this.current !== undefined && !isOver(this.current.phase);
  }

  /**
   * Starts a run, or goes on with the one that is under way.
   * @returns what keeps it from starting, or from going on; nothing was written then
   */
  async start(): Promise<string[]> {
    if (this.isRunning) return this.misfits;
    const begun = begin(this.plan, await this.readView(), this.now(), this.current);
    if (begun.kind === 'refused') return begun.messages;
    // Whatever was asked of an earlier run is not meant for this one.
    const late = await this.options.store.takeCommands();
    this.current = begun.state;
    for (const { id } of late) await this.journal.reject('command', 'too late', { command: id });
    await this.journal.record('start', begun.notes, { plan: asJson(this.plan) });
    return [];
  }

  /** One look at the counts, and all that follows from it. A plan that was changed since the last one is followed from here on. */
  async tick(): Promise<Tick> {
    await this.journal.recordUntold();
    await this.takePlan();
    await this.takeCommands();
    if (this.current === undefined) throw new Error('start the release first');
    const question = countQuestion(this.plan, this.current);
    this.lastLook = this.isRunning
      ? await this.options.source.look(question, this.current.evidence.cursor ?? undefined)
      : undefined;
    return await this.decideOn(this.lastLook);
  }

  /**
   * Carries out what other processes have asked for.
   * @returns what the release does now; undefined when nothing was asked for
   */
  async obey(): Promise<Tick | undefined> {
    const taken = await this.takeCommands();
    return taken > 0 && this.current !== undefined ? await this.decideOn(undefined) : undefined;
  }

  /** Writes what has to be written, without a look at the counts. */
  async settle(): Promise<Tick> {
    return await this.decideOn(undefined);
  }

  /** Carries out a command of this process. */
  async command(command: Command): Promise<Carried> {
    return await this.receive(command, {});
  }

  async close(): Promise<void> {
    try {
      await this.journal.close();
    } finally {
      await this.options.store.close();
    }
  }

  private takeUp({ state, undone, followed, misfits }: JournaledRun): void {
    this.current = state;
    this.writes = new OnceWriter(this.options.store, this.journal, undone);
    this.misfits = misfits;
    if (followed !== undefined) this.followed.goOnWith(followed);
  }

  /** Takes a changed plan over, or says why not. One that comes while the weights go back waits: it is for the next run, or for a retry. */
  private async takePlan(): Promise<void> {
    if (this.current?.phase !== 'progressing' && this.current?.phase !== 'paused') return;
    const revised = await this.followed.revised(this.current);
    if (revised.kind === 'same') return;
    if (revised.kind === 'refused') {
      await this.journal.reject('plan', `${revised.message}. The plan that the release follows goes on.`);
      return;
    }
    this.current = revised.state;
    this.followed.follow(revised.plan);
    await this.journal.record('plan', [{ kind: 'plan', message: revised.message }], {
      plan: asJson(revised.plan),
    });
  }

  /** Decides until there is something to wait for. Only the first decision has a look. */
  private async decideOn(look: Look | NoLook | undefined): Promise<Tick> {
    let counts = look;
    this.writes.beginRound();
    for (;;) {
      const decision = decide(
        this.plan,
        this.state as ReleaseState,
        await this.readView(),
        counts,
        this.now(),
      );
      await this.writes.recover(this.current, decision.state);
      const tick = await this.carryOut(decision, counts);
      if (tick !== undefined) return tick;
      counts = undefined;
    }
  }

  /** @returns undefined when there is to be another decision at once */
  private async carryOut(
    { action, state, notes }: Decision,
    counts: Look | NoLook | undefined,
  ): Promise<Tick | undefined> {
    const before = this.current;
    this.current = state;
    switch (action.kind) {
      case 'write':
        await this.journal.record('intent', notes, {
          purpose: action.write.purpose,
          percent: action.write.percent,
        });
        return await this.write(action.write);
      case 'ask':
        await this.journal.record('observe', notes, { asks: action.question.url });
        await this.receive(await this.ask(action.question), {});
        return undefined;
      case 'wait': {
        const { for: waiting, until } = action;
        const isNews = notes.length > 0 || before?.phase !== state.phase || isOther(before.because, waiting);
        if (isNews || (counts?.kind === 'look' && this.journal.isDue(state)))
          await this.journal.record('observe', notes);
        return { kind: 'waiting', waiting, ...(until === undefined ? {} : { until }) };
      }
      case 'finish': {
        const isNew = before === undefined || !isOver(before.phase);
        if (isNew) await this.journal.record('finish', notes, { outcome: action.outcome });
        await this.options.store.finish();
        return { kind: 'finished', outcome: action.outcome };
      }
    }
  }

  private async write(write: Write): Promise<Tick | undefined> {
    const written = await this.writes.carryOut(write);
    if (written.kind === 'refused')
      await this.receive({ kind: 'write-refused', seq: write.seq, message: written.message }, {});
    return written.kind === 'waiting'
      ? { kind: 'waiting', waiting: { reason: 'unread', message: written.message } }
      : undefined;
  }

  private async takeCommands(): Promise<number> {
    const sent = await this.options.store.takeCommands();
    for (const each of sent) await this.carryCommand(each);
    return sent.length;
  }

  private async carryCommand({ id, command }: SentCommand): Promise<void> {
    if (this.current === undefined) throw new Error('start the release first');
    await this.receive(command, { command: id });
  }

  private async receive(event: ReleaseEvent, details: Record<string, Json>): Promise<Carried> {
    if (this.current === undefined) return { kind: 'rejected', message: 'the release has not been started' };
    const received = receive(this.plan, this.current, event, this.now());
    const asked = 'kind' in event ? { asked: event.kind } : {};
    if (received.kind === 'rejected') {
      await this.journal.reject('command', received.message, { ...asked, ...details });
      return received;
    }
    this.current = received.state;
    await this.journal.record('command', received.notes, { ...asked, ...details });
    return received;
  }

  private async ask(question: WebhookQuestion): Promise<WebhookAnswer> {
    const checksum = createHash('sha256')
      .update(JSON.stringify([this.current?.run, this.plan]))
      .digest('hex')
      .slice(0, 10);
    return await (this.options.ask ?? askWebhook)({ ...question, body: { ...question.body, checksum } });
  }

  private async readView(): Promise<View> {
    return await this.options.store.view();
  }
}

function asJson(plan: Plan): Json {
  return plan as unknown as Json;
}
