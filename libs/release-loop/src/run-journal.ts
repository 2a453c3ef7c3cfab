import type {
  JournalEntry,
  Json,
  Note,
  Plan,
  ReleaseState,
  Store,
  WebhookAnswer,
  WebhookQuestion,
} from '@grayscale/release';
import { EventWebhooks } from './event-webhooks.js';

export interface RunJournalOptions {
  store: Store;
  /** Milliseconds since the epoch. */
  now: () => number;
  ask: (question: WebhookQuestion) => Promise<WebhookAnswer>;
  /** Is told each entry once it is durable. */
  recorded?: (entry: JournalEntry) => void;
  /** The plan that is followed, and where the release stands, whenever an entry is made. */
  standing: () => { plan: Plan; state: ReleaseState | undefined };
}

/** What a driver writes into a release's journal, and tells whoever wants to be told of events. */
export class RunJournal {
  private readonly events: EventWebhooks;
  private recordedAt = 0;

  constructor(private readonly options: RunJournalOptions) {
    this.events = new EventWebhooks(options.ask);
  }

  /** One entry for each note; the last one carries the state, so that all that was noted is there once the state is. */
  async record(
    op: JournalEntry['op'],
    notes: readonly Note[],
    details: Record<string, Json> = {},
  ): Promise<void> {
    for (const { kind, message } of notes.slice(0, -1))
      await this.append(opOf(kind, op), { note: kind, message });
    const last = notes.at(-1);
    const noted = last === undefined ? {} : { note: last.kind, message: last.message };
    const state = this.options.standing().state as unknown as Json;
    await this.append(op === 'observe' ? opOf(last?.kind, op) : op, { ...noted, ...details, state });
    this.recordedAt = this.options.now();
  }

  /** An entry without the state. @param details may name another run or write than the one of the state */
  async append(op: JournalEntry['op'], details: Record<string, Json>): Promise<void> {
    const { store, now, recorded, standing } = this.options;
    const { plan, state } = standing();
    const entry = { op, run: state?.run ?? 0, seq: state?.seq ?? 0, at: now(), ...details };
    await store.append(entry);
    recorded?.(entry);
    if (state !== undefined) this.events.tell(plan, state, entry);
  }

  /** What was asked for and is not done; `details` says by whom. */
  async reject(op: 'command' | 'plan', message: string, details: Record<string, Json> = {}): Promise<void> {
    await this.append(op, { ...details, rejected: true, message });
  }

  /** Whoever was to be told of an event and was not is a warning in the journal. */
  async recordUntold(): Promise<void> {
    for (const message of this.events.takeProblems())
      await this.append('observe', { note: 'warning', message });
  }

  /** Waits until everybody has been told. */
  async close(): Promise<void> {
    await this.events.told();
    await this.recordUntold();
  }

  /** While a release waits for a human for days, what it sees is kept once a minute: the counts go on from the cursor that was kept. */
  isDue({ phase }: ReleaseState): boolean {
    const every = phase === 'paused' ? 60_000 : (this.options.store.keepsLooksEvery ?? 0);
    return Math.abs(this.options.now() - this.recordedAt) >= every;
  }
}

function opOf(note: Note['kind'] | undefined, op: JournalEntry['op']): JournalEntry['op'] {
  return note === 'abort' || note === 'pause' || note === 'undo' || note === 'drift' ? note : op;
}
