import {
  begin,
  type Command,
  type CountSource,
  countQuestion,
  type Decision,
  decide,
  follow,
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
import { askWebhook } from './webhook.js';

export interface ReleaseLoopOptions {
  plan: Plan;
  store: Store;
  source: CountSource;
  /** Milliseconds since the epoch; the system's clock unless given. */
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

export type OpenedLoop =
  | { kind: 'opened'; loop: ReleaseLoop }
  /** Another one drives the plan, or has one of its rules under release. */
  | { kind: 'held'; by: string };

const ended: ReadonlySet<ReleaseState['phase']> = new Set(['completed', 'aborted', 'undone']);

/**
 * Carries one release out: what `decide` asks for is journaled, done, and journaled again. It may be killed at any moment; opened again it goes on,
 * and does nothing twice.
 */
export class ReleaseLoop {
  private readonly now: () => number;
  private current: ReleaseState | undefined;
  private lastLook: Look | NoLook | undefined;
  private recordedAt = 0;
  /** The seq of an intent whose outcome is not in the journal. */
  private undone: number | undefined;
  /** The seq of the write that was done last, while decisions follow each other. */
  private writtenNow: number | undefined;

  private constructor(private readonly options: ReleaseLoopOptions) {
    this.now = options.now ?? Date.now;
  }

  /** Becomes the driver of the plan, and takes up the run in its journal. */
  static async open(options: ReleaseLoopOptions): Promise<OpenedLoop> {
    const opened = await options.store.open();
    if (opened.kind === 'held') return opened;
    const loop = new ReleaseLoop(options);
    loop.takeUp(opened.journal);
    return { kind: 'opened', loop };
  }

  /** Undefined before the first run. */
  get state(): ReleaseState | undefined {
    return this.current;
  }

  /** The newest reading of the counts; undefined before there is one. */
  get look(): Look | NoLook | undefined {
    return this.lastLook;
  }

  get isRunning(): boolean {
    return this.current !== undefined && !ended.has(this.current.phase);
  }

  /**
   * Starts a run, or goes on with the one that is under way.
   * @returns what keeps it from starting, or from going on under a plan that was changed; nothing was written then
   */
  async start(): Promise<string[]> {
    if (this.isRunning) return this.followPlan();
    const begun = begin(this.options.plan, await this.readView(), this.now(), this.current);
    if (begun.kind === 'refused') return begun.messages;
    // Whatever was asked of an earlier run is not meant for this one.
    for (const { id } of await this.options.store.takeCommands())
      await this.recordCommand(id, 'too late', begun.state);
    this.current = begun.state;
    await this.record('start', begun.notes, {});
    return [];
  }

  /** One look at the counts, and all that follows from it. */
  async tick(): Promise<Tick> {
    await this.takeCommands();
    if (this.current === undefined) throw new Error('start the release first');
    const question = countQuestion(this.options.plan, this.current);
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
    await this.options.store.close();
  }

  private takeUp(journal: readonly JournalEntry[]): void {
    for (const { op, seq, state } of journal) {
      if (state !== undefined) this.current = state as unknown as ReleaseState;
      if (op === 'intent') this.undone = seq;
      if (op === 'done' && this.undone === seq) this.undone = undefined;
    }
    this.followPlan();
  }

  /** The plan may have been changed since the run was left. @returns why the run cannot go on under it; it stays as it was then */
  private followPlan(): string[] {
    if (this.current === undefined) return [];
    const followed = follow(this.options.plan, this.current);
    if (followed.kind === 'refused') return followed.messages;
    this.current = followed.state;
    return [];
  }

  /** Decides until there is something to wait for. Only the first decision has a look. */
  private async decideOn(look: Look | NoLook | undefined): Promise<Tick> {
    let counts = look;
    this.writtenNow = undefined;
    for (;;) {
      const decision = decide(
        this.options.plan,
        this.state as ReleaseState,
        await this.readView(),
        counts,
        this.now(),
      );
      await this.recoverDone(decision);
      const tick = await this.carryOut(decision, counts);
      if (tick !== undefined) return tick;
      counts = undefined;
    }
  }

  /** A write that was done before a crash, and is seen only now, is in the journal from now on. */
  private async recoverDone({ state }: Decision): Promise<void> {
    if (this.undone === undefined || state.pending?.seq === this.undone) return;
    await this.append({ op: 'done', run: state.run, seq: this.undone, at: this.now(), recovered: true });
    this.undone = undefined;
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
        await this.record('intent', notes, { purpose: action.write.purpose, percent: action.write.percent });
        return await this.write(action.write);
      case 'ask':
        await this.record('observe', notes, { asks: action.question.url });
        await this.receive(await (this.options.ask ?? askWebhook)(action.question), {});
        return undefined;
      case 'wait': {
        const { for: waiting, until } = action;
        const isNews =
          notes.length > 0 || before?.because?.reason !== waiting.reason || before.phase !== state.phase;
        if (isNews || (counts?.kind === 'look' && this.isDue(state))) await this.record('observe', notes, {});
        return { kind: 'waiting', waiting, ...(until === undefined ? {} : { until }) };
      }
      case 'finish': {
        const isNew = before === undefined || !ended.has(before.phase);
        if (isNew) await this.record('finish', notes, { outcome: action.outcome });
        await this.options.store.finish();
        return { kind: 'finished', outcome: action.outcome };
      }
    }
  }

  private async write(write: Write): Promise<Tick | undefined> {
    // Done and not to be seen: somebody takes it back at once. Writing it again and again would be a fight.
    if (this.writtenNow === write.seq)
      return waitingFor('the weights that were written are not there; somebody takes them back');
    this.undone = write.seq;
    const outcome = await this.options.store.write(write);
    if (outcome.kind === 'done') {
      this.undone = undefined;
      this.writtenNow = write.seq;
      await this.append({ op: 'done', run: this.run, seq: write.seq, at: this.now() });
      return undefined;
    }
    if (outcome.kind === 'refused') {
      await this.receive({ kind: 'write-refused', seq: write.seq, message: outcome.message }, {});
      return undefined;
    }
    const message =
      outcome.kind === 'unknown' ? outcome.message : 'the rule was changed while it was being written';
    return waitingFor(message);
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
    const received = receive(this.options.plan, this.current, event, this.now());
    const asked = 'kind' in event ? { asked: event.kind } : {};
    if (received.kind === 'rejected') {
      await this.append({
        ...this.entry('command'),
        ...asked,
        ...details,
        rejected: true,
        message: received.message,
      });
      return received;
    }
    this.current = received.state;
    await this.record('command', received.notes, { ...asked, ...details });
    return received;
  }

  private async recordCommand(id: string, message: string, { run, seq }: ReleaseState): Promise<void> {
    await this.append({ op: 'command', run, seq, at: this.now(), command: id, rejected: true, message });
  }

  /** One entry for each note; the last one carries the state, so that all that was noted is there once the state is. */
  private async record(
    op: JournalEntry['op'],
    notes: readonly Note[],
    details: Record<string, Json>,
  ): Promise<void> {
    for (const { kind, message } of notes.slice(0, -1))
      await this.append({ ...this.entry(opOf(kind, op)), note: kind, message });
    const last = notes.at(-1);
    const state = this.current as unknown as Json;
    const noted = last === undefined ? {} : { note: last.kind, message: last.message };
    await this.append({
      ...this.entry(op === 'observe' ? opOf(last?.kind, op) : op),
      ...noted,
      ...details,
      state,
    });
    this.recordedAt = this.now();
  }

  private async append(entry: JournalEntry): Promise<void> {
    await this.options.store.append(entry);
    this.options.recorded?.(entry);
  }

  private entry(op: JournalEntry['op']): JournalEntry {
    return { op, run: this.run, seq: this.current?.seq ?? 0, at: this.now() };
  }

  private get run(): number {
    return this.current?.run ?? 0;
  }

  /** While a release waits for a human for days, what it sees is kept once a minute: the counts go on from the cursor that was kept. */
  private isDue({ phase }: ReleaseState): boolean {
    const every = phase === 'paused' ? 60_000 : (this.options.store.keepsLooksEvery ?? 0);
    return this.now() - this.recordedAt >= every;
  }

  private async readView(): Promise<View> {
    return await this.options.store.view();
  }
}

function waitingFor(message: string): Tick {
  return { kind: 'waiting', waiting: { reason: 'unread', message } };
}

function opOf(note: Note['kind'] | undefined, op: JournalEntry['op']): JournalEntry['op'] {
  return note === 'abort' || note === 'pause' || note === 'undo' || note === 'drift' ? note : op;
}
