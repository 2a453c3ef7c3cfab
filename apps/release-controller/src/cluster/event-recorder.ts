import { randomBytes } from 'node:crypto';
import { hostname } from 'node:os';
import { ApiClient, type KubernetesObject, kinds, Resources } from '@grayscale/cluster-client';
import { type JournalEntry, type NoteKind, planApiVersion, planGroup, planKind } from '@grayscale/release';
import type { GrayRelease } from '@grayscale/release-cluster';
import { Injectable, Logger } from '@nestjs/common';

/** What an Event says: https://kubernetes.io/docs/reference/kubernetes-api/cluster-resources/event-v1/. */
export interface ReleaseEventNote {
  type: 'Normal' | 'Warning';
  /** Why, in one word. */
  reason: string;
  /** What was done, in one word. */
  action: string;
  note: string;
}

/** The API server's limit, in bytes. */
const longestNote = 1024;

const notes: Record<NoteKind, Omit<ReleaseEventNote, 'note'>> = {
  advance: { type: 'Normal', reason: 'StepPassed', action: 'Advance' },
  abort: { type: 'Warning', reason: 'Aborted', action: 'Abort' },
  pause: { type: 'Warning', reason: 'Paused', action: 'Pause' },
  resume: { type: 'Normal', reason: 'Resumed', action: 'Resume' },
  undo: { type: 'Normal', reason: 'Undone', action: 'Undo' },
  drift: { type: 'Warning', reason: 'Drift', action: 'Wait' },
  'in-force': { type: 'Normal', reason: 'InForce', action: 'Observe' },
  refused: { type: 'Warning', reason: 'WriteRefused', action: 'Write' },
  webhook: { type: 'Normal', reason: 'WebhookAnswered', action: 'Ask' },
  warning: { type: 'Warning', reason: 'Noticed', action: 'Observe' },
  plan: { type: 'Normal', reason: 'PlanChanged', action: 'Follow' },
  finish: { type: 'Normal', reason: 'Finished', action: 'Finish' },
};

/** The Event of an entry of the journal; most looks are none. */
export function eventOf({
  op,
  note,
  message,
  run,
  percent,
  outcome,
  rejected,
}: JournalEntry): ReleaseEventNote | undefined {
  if (op === 'start')
    return { type: 'Normal', reason: 'Started', action: 'Start', note: `run ${run} has started` };
  if (op === 'plan' && rejected === true)
    return { type: 'Warning', reason: 'PlanRefused', action: 'Wait', note: message ?? '' };
  if (rejected === true)
    return { type: 'Warning', reason: 'CommandRejected', action: 'Wait', note: message ?? '' };
  if (op === 'finish' && outcome === 'aborted')
    return { type: 'Warning', reason: 'Finished', action: 'Finish', note: `aborted: ${message ?? ''}` };
  const kind = typeof note === 'string' ? notes[note as NoteKind] : undefined;
  if (kind !== undefined && message !== undefined) return { ...kind, note: message };
  if (op !== 'intent') return undefined;
  return {
    type: 'Normal',
    reason: 'Writing',
    action: 'Write',
    note: `writing ${percent} % to the canary`,
  };
}

/** Tells of decisions as Events beside the object. A release does not depend on them: where they cannot be written, the log says so. */
@Injectable()
export class EventRecorder {
  private readonly logger = new Logger('Events');
  private readonly events: Resources;
  /** Of the last Event, in microseconds since the epoch. */
  private lastAt = 0;

  constructor(client: ApiClient) {
    this.events = new Resources(client, kinds.event);
  }

  async record({ metadata }: GrayRelease, { type, reason, action, note }: ReleaseEventNote): Promise<void> {
    const { namespace, name, uid, resourceVersion } = metadata;
    const event: KubernetesObject = {
      metadata: { namespace, name: this.nameOf(name) },
      eventTime: new Date().toISOString().replace('Z', '000Z'),
      reportingController: `${planGroup}/release-controller`,
      reportingInstance: hostname().slice(0, 128),
      type,
      reason,
      action,
      note: shortened(note),
      regarding: { apiVersion: planApiVersion, kind: planKind, namespace, name, uid, resourceVersion },
    };
    await this.events.create(event).catch((error: Error) => {
      this.logger.warn(
        `An Event of ${namespace}/${name} was not written (${reason}: ${note}): ${error.message}`,
      );
    });
  }

  /** `kubectl describe` shows Events of this API by name: later ones have later names. */
  private nameOf(release: string): string {
    this.lastAt = Math.max(Date.now() * 1000, this.lastAt + 1);
    return `${release.slice(0, 230)}.${this.lastAt.toString(16)}${randomBytes(2).toString('hex')}`;
  }
}

/** In bytes, not characters. */
function shortened(note: string): string {
  const bytes = Buffer.from(note);
  if (bytes.length <= longestNote) return note;
  // A character that was cut in two becomes a replacement character, which goes with the dots.
  return `${bytes
    .subarray(0, longestNote - 6)
    .toString('utf8')
    .replace(/\uFFFD$/, '')}...`;
}
