import { newRun } from './begin.js';
import { noEvidence } from './decide/absorb.js';
import { canaryShare } from './decide/content.js';
import type { Command, Received, ReleaseEvent, WebhookAnswer, WriteRefused } from './event.js';
import type { Plan } from './plan/plan.js';
import { targetName } from './plan/target-object.js';
import { isOver, newProgress, type ReleaseState } from './state.js';

/** Takes in what reaches a release from outside. Pure; what follows from it, `decide` says. */
export function receive(plan: Plan, state: ReleaseState, event: ReleaseEvent, now: number): Received {
  const at = { ...state, now: Math.max(state.now, now) };
  if (event.kind === 'webhook-answer') return answered(at, event);
  return event.kind === 'write-refused' ? refused(plan, at, event) : commanded(plan, at, event);
}

function answered(state: ReleaseState, { key, ok, message }: WebhookAnswer): Received {
  if (state.asked?.key !== key) return { kind: 'received', state, notes: [] };
  return { kind: 'received', state: { ...state, asked: { key, ok, message, at: state.now } }, notes: [] };
}

/** A step that one target refuses is taken back from the others. A way back goes on being tried. */
function refused(plan: Plan, state: ReleaseState, { seq, message }: WriteRefused): Received {
  if (state.pending?.seq !== seq) return { kind: 'received', state, notes: [] };
  const { pending, ...rest } = state;
  const notes = [{ kind: 'refused' as const, message }];
  if (pending.purpose !== 'step' && pending.purpose !== 'restore')
    return {
      kind: 'received',
      state: { ...rest, refused: { ...rest.refused, [pending.target]: message } },
      notes,
    };
  const because = {
    reason: 'refused' as const,
    message: `${targetName(plan.targets[pending.target])}: ${message}`,
  };
  return { kind: 'received', state: { ...rest, ...stepBefore(plan, rest), phase: 'paused', because }, notes };
}

/** Where the targets go that have the step already. Before the first step there is only the start. */
function stepBefore(plan: Plan, { step, first, percent }: ReleaseState): Partial<ReleaseState> {
  const progress = newProgress(percent);
  const before = plan.steps[step - 1];
  if (step === first || before === undefined) return { goal: { kind: 'start', force: false }, progress };
  return { goal: { kind: 'share', back: 'put-back' }, step: step - 1, percent: before.percent, progress };
}

function commanded(plan: Plan, state: ReleaseState, command: Command): Received {
  const { phase } = state;
  const goesBack = phase === 'aborting' || phase === 'undoing';
  if (command.kind === 'undo') return undo(plan, state, command);
  if (command.kind === 'retry' && phase === 'aborted') return again(plan, state);
  if (isOver(phase)) return rejected(`the release is ${phase}; there is nothing to ${command.kind}`);
  if (goesBack && command.kind !== 'abort')
    return rejected(`the release is ${phase}; it cannot ${command.kind} now`);
  if (command.kind === 'abort')
    return phase === 'aborting' ? rejected('the release is aborting already') : abort(plan, state, command);
  if (command.kind === 'pause') return pause(state);
  return command.kind === 'promote' ? promote(plan, state, command.full) : resume(state);
}

function pause(state: ReleaseState): Received {
  if (state.phase === 'paused')
    return rejected(`the release is paused already: ${state.because?.message ?? ''}`);
  return accepted(
    { ...state, phase: 'paused', because: { reason: 'paused', message: 'paused by command' } },
    'pause',
    'paused by command',
  );
}

function resume(state: ReleaseState): Received {
  if (state.phase !== 'paused') return rejected('the release is not paused');
  return accepted(
    goingOn(state, 'resumed'),
    'resume',
    `resumed, was paused: ${state.because?.message ?? ''}`,
  );
}

/** What paused it is forgiven: its clocks begin anew. */
function goingOn(state: ReleaseState, human: 'resumed' | 'promoted'): ReleaseState {
  const { because: _, drift, ...rest } = state;
  const { noDataSince: __, ...evidence } = state.evidence;
  const { began } = state.progress;
  return {
    ...rest,
    phase: 'progressing',
    goal: state.goal.kind === 'done' ? state.goal : { kind: 'share' },
    ...(drift === undefined ? {} : { drift: { ...drift, accepted: true } }),
    progress: { ...state.progress, human, ...(began === undefined ? {} : { began: state.now }) },
    evidence: { ...evidence, canarySeen: state.now },
  };
}

function promote(plan: Plan, state: ReleaseState, full: boolean): Received {
  const promoted = goingOn(state, 'promoted');
  const last = plan.steps.length - 1;
  if (!full || state.step >= last - 1) return accepted(promoted, 'advance', 'promoted by command');
  return accepted({ ...promoted, step: last - 1 }, 'advance', `promoted to the last step by command`);
}

function abort(
  plan: Plan,
  state: ReleaseState,
  { reason = 'aborted by command', to = plan.abort.to }: Extract<Command, { kind: 'abort' }>,
): Received {
  const goal = { kind: 'back' as const, ...(to === undefined ? {} : { to }) };
  return accepted(
    { ...state, phase: 'aborting', goal, because: { reason: 'paused', message: reason } },
    'abort',
    reason,
  );
}

function undo(
  plan: Plan,
  state: ReleaseState,
  { toStep, force = false }: Extract<Command, { kind: 'undo' }>,
): Received {
  if (toStep === undefined) {
    if (state.phase === 'undone') return rejected('the release is undone already');
    const message = 'undone by command';
    return accepted(
      { ...state, phase: 'undoing', goal: { kind: 'start', force }, because: { reason: 'paused', message } },
      'undo',
      message,
    );
  }
  const step = plan.steps[toStep - 1];
  if (step === undefined) return rejected(`there is no step ${toStep}; the plan has ${plan.steps.length}`);
  if (toStep - 1 > state.step) return rejected(`step ${toStep} is still to come; promote goes there`);
  const message = `back to step ${toStep} by command`;
  const back: ReleaseState = {
    ...state,
    phase: 'paused',
    because: { reason: 'paused', message },
    goal: { kind: 'share', back: 'undo' },
    step: toStep - 1,
    percent: step.percent,
    progress: newProgress(state.percent),
    evidence: { ...state.evidence, inStep: {} },
  };
  return accepted(back, 'undo', message);
}

/** After an abort, from the first step and with no evidence: what was seen led to the abort. */
function again(plan: Plan, state: ReleaseState): Received {
  const share = Math.min(...state.targets.map((target) => canaryShare(target.written, target)));
  const { because: _, asked: __, drift: ___, pending: ____, ...rest } = state;
  return accepted(
    {
      ...rest,
      ...newRun(plan, share, state.now),
      run: state.run + 1,
      evidence: { ...noEvidence, cursor: state.evidence.cursor, canarySeen: state.now },
    },
    'resume',
    'begins again by command',
  );
}

function accepted(
  state: ReleaseState,
  kind: 'advance' | 'abort' | 'pause' | 'resume' | 'undo',
  message: string,
): Received {
  return { kind: 'received', state, notes: [{ kind, message }] };
}

function rejected(message: string): Received {
  return { kind: 'rejected', message };
}
