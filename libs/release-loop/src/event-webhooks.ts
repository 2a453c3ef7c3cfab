import {
  type JournalEntry,
  type Plan,
  type ReleaseState,
  type WebhookAnswer,
  type WebhookQuestion,
  webhookBody,
} from '@grayscale/release';

/** What an event is for whoever is woken by it, as Kubernetes has it. */
type EventType = 'Normal' | 'Warning';

const warnings: ReadonlySet<unknown> = new Set(['abort', 'pause', 'undo', 'drift', 'refused', 'warning']);

/**
 * Tells the plan's webhooks of the type `event` what the journal tells people, in Flagger's form and one after the other. They hold nothing up: what
 * cannot be told is not told again, and is a warning.
 */
export class EventWebhooks {
  private sending: Promise<void> = Promise.resolve();
  /** Guards whose last event was not accepted. */
  private readonly failing = new Set<string>();
  private problems: string[] = [];

  constructor(private readonly ask: (question: WebhookQuestion) => Promise<WebhookAnswer>) {}

  /** Sends an entry on its way. */
  tell(plan: Plan, state: ReleaseState, entry: JournalEntry): void {
    const message = messageOf(entry);
    if (message === undefined) return;
    for (const guard of plan.guards) {
      if (guard.kind !== 'webhook' || guard.type !== 'event') continue;
      const { name, url, type } = guard;
      const { phase, metadata, ...body } = webhookBody(plan, state);
      const event = { eventMessage: message, eventType: typeOf(entry), timestamp: String(entry.at) };
      const question = {
        guard: name,
        url,
        type,
        key: '',
        body: { ...body, phase, metadata: { ...metadata, ...event } },
      };
      this.sending = this.sending.then(() => this.send(question));
    }
  }

  /** What went wrong since the last time: a line for each webhook that began to fail. */
  takeProblems(): string[] {
    const { problems } = this;
    this.problems = [];
    return problems;
  }

  /** Resolves when everything that was told has been answered, or was not in time. */
  async told(): Promise<void> {
    await this.sending;
  }

  private async send(question: WebhookQuestion): Promise<void> {
    const { ok, message } = await this.ask(question);
    const { guard } = question;
    if (ok) this.failing.delete(guard);
    else if (!this.failing.has(guard)) {
      this.failing.add(guard);
      this.problems.push(`${guard} was not told: ${message}`);
    }
  }
}

function typeOf({ note, op, rejected }: JournalEntry): EventType {
  return rejected === true || warnings.has(note ?? op) ? 'Warning' : 'Normal';
}

function messageOf({ op, run, message, purpose, percent }: JournalEntry): string | undefined {
  if (op === 'start') return `run ${run} starts`;
  if (message !== undefined) return message;
  return op === 'intent' ? `${purpose}: ${percent} % to the canary` : undefined;
}
