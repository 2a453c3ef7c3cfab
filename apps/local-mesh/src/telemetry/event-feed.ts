import type { Writable } from 'node:stream';
import type { Because } from '@grayscale/traffic-rules';
import type { AccessRecord } from '../proxy/access-record.js';
import type { RuleBook, RuleChange } from '../rules/rule-book.js';
import { EventReader, serializeEvent } from './event-reader.js';

const flushMs = 50;
const heartbeatMs = 15_000;
const maxReaders = 32;

/** The live stream of decisions and rule changes. Without readers it costs nothing. */
export class EventFeed {
  private readonly readers = new Set<EventReader>();
  private readonly reasons = new WeakMap<Because, string>();
  private timer: NodeJS.Timeout | undefined;

  constructor(private readonly rules: RuleBook) {
    rules.onChange((change) => this.ruleChange(change));
  }

  record(record: AccessRecord): void {
    if (this.readers.size === 0) return;
    const event = serializeEvent('decision', this.describe(record));
    for (const reader of this.readers) reader.offer(event);
  }

  /** Adds a reader, beginning with the rules in force. @returns false when there are too many of them */
  add(stream: Writable): boolean {
    if (this.readers.size >= maxReaders) return false;
    const reader = new EventReader(stream);
    this.readers.add(reader);
    const heartbeat = setInterval(() => reader.offer(': still here\n\n'), heartbeatMs);
    stream.once('close', () => {
      clearInterval(heartbeat);
      this.remove(reader);
    });
    stream.on('error', () => {});
    reader.insist(serializeEvent('rules', rulesJson(this.rules)));
    this.timer ??= setInterval(() => this.flush(), flushMs);
    return true;
  }

  private remove(reader: EventReader): void {
    this.readers.delete(reader);
    if (this.readers.size > 0) return;
    clearInterval(this.timer);
    this.timer = undefined;
  }

  private flush(): void {
    for (const reader of this.readers) reader.flush();
  }

  private ruleChange(change: RuleChange): void {
    if (this.readers.size === 0) return;
    const event = serializeEvent('rules', rulesJson(change));
    for (const reader of this.readers) reader.insist(event);
  }

  private describe(record: AccessRecord): string {
    const { decision } = record;
    const data = {
      requestId: record.requestId,
      time: new Date(record.startTime).toISOString(),
      method: record.method,
      authority: record.authority,
      path: record.path,
      status: record.status,
      flags: record.flags,
      durationMs: record.durationMs,
      attempts: record.attempts,
      cluster: record.upstreamCluster,
      upstream: record.upstreamHost,
      rules: decision?.rules ?? this.rules.inForce.hash,
    };
    const json = JSON.stringify(data);
    return decision === undefined
      ? json
      : `${json.slice(0, -1)},"decision":${this.describeDecision(decision)}}`;
  }

  /** Rules share one `because` among their requests; finding its places in the files is slow. */
  private describeDecision({ kind, because }: NonNullable<AccessRecord['decision']>): string {
    const known = this.reasons.get(because) ?? JSON.stringify(because);
    this.reasons.set(because, known);
    return `{"kind":"${kind}","because":${known}}`;
  }
}

function rulesJson({ inForce, refused }: Pick<RuleChange, 'inForce' | 'refused'>): string {
  return JSON.stringify({
    hash: inForce.hash,
    loadedAt: inForce.loadedAt,
    /** Of the newest set: when that was refused, what is wrong with it. */
    issues: refused?.issues ?? inForce.issues,
    refusedAt: refused?.refusedAt,
  });
}
