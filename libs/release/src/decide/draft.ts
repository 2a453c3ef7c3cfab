import type { Action, Decision, Note, NoteKind } from '../action.js';
import type { Look, NoLook } from '../look.js';
import type { Plan } from '../plan/plan.js';
import type { ReleaseState } from '../state.js';
import { shareIsCheckable } from '../trials.js';
import type { View } from '../view.js';
import type { WaitingReason } from '../waiting.js';

/** A decision while it is made: its arguments, the state so far, and what was noted. */
export class Draft {
  readonly notes: Note[] = [];
  /** Whether the share of requests ought to be the written one. */
  readonly checkable: boolean;

  constructor(
    readonly plan: Plan,
    public state: ReleaseState,
    readonly view: View,
    readonly counts: Look | NoLook | undefined,
    now: number,
  ) {
    // A clock that was set back stands still.
    this.state = { ...state, now: Math.max(state.now, now) };
    const otherWay = view.targets.some((target) => target.kind === 'read' && target.otherWay !== undefined);
    this.checkable = shareIsCheckable(plan) && !otherWay;
  }

  /** Changes some fields of the state. */
  set(change: Partial<ReleaseState>): void {
    this.state = { ...this.state, ...change };
  }

  note(kind: NoteKind, message: string): void {
    this.notes.push({ kind, message });
  }

  /** From now on the old weights are wanted. */
  abort(message: string): void {
    const { to } = this.plan.abort;
    this.set({
      phase: 'aborting',
      because: { reason: 'evidence', message },
      goal: { kind: 'back', ...(to === undefined ? {} : { to }) },
    });
    this.note('abort', message);
  }

  /** Waits for a human from now on. */
  pause(reason: WaitingReason, message: string): void {
    if (this.state.phase === 'paused') return;
    this.set({ phase: 'paused', because: { reason, message } });
    this.note('pause', message);
  }

  wait(reason: WaitingReason, message: string, until?: number): Decision {
    const waiting = { reason, message };
    // Why it is paused or goes back is worth more than what it waits for meanwhile.
    if (this.state.phase === 'progressing') this.set({ because: waiting });
    return this.end({ kind: 'wait', for: waiting, ...(until === undefined ? {} : { until }) });
  }

  end(action: Action): Decision {
    return { action, state: this.state, notes: this.notes };
  }
}
