import type { Decision } from '../action.js';
import { noTrial } from '../statistics/trial.js';
import { startStepAfresh } from './absorb.js';
import type { Draft } from './draft.js';
import { adopt, savingTime, standing } from './drift.js';

/** Whether the rules are as they were written. Nothing is written over what somebody else wrote. */
export function compareRules(draft: Draft): Decision | undefined {
  const found = standing(draft.plan, draft.state, draft.view);
  if (found.kind === 'unread') return draft.wait('unread', found.reason);
  if (found.kind === 'changed') return drifted(draft, found.message);
  const { drift: _, ...asWritten } = found.state;
  draft.state = asWritten;
  compareArms(draft);
  return undefined;
}

function drifted(draft: Draft, message: string): Decision | undefined {
  const { drift, now } = draft.state;
  const since = drift?.since ?? now;
  draft.set({ drift: { since, message, accepted: drift?.accepted ?? false } });
  if (now - since < savingTime)
    return draft.wait('drift', `${message}; this may be a save`, since + savingTime);
  if (goesOnFromThere(draft)) {
    const adopted = adopt(draft.plan, draft.state, draft.view);
    if (adopted !== undefined) {
      draft.note('drift', `${message}; going on from there`);
      draft.state = adopted;
      return undefined;
    }
  }
  return stop(draft, message);
}

/** Whether what somebody else wrote is where we go on from: an abort only lowers the canary, a human forced it or resumed, or it is taken back once. */
function goesOnFromThere(draft: Draft): boolean {
  const { goal, drift, restored, phase } = draft.state;
  if (goal.kind === 'back' || (goal.kind === 'start' && goal.force) || drift?.accepted === true) return true;
  if (draft.plan.onDrift !== 'restore' || restored || phase !== 'progressing') return false;
  draft.set({ restored: true });
  return true;
}

function stop(draft: Draft, message: string): Decision {
  const { phase, because } = draft.state;
  if (because?.reason !== 'drift' || because.message !== message) draft.note('drift', message);
  // What goes back goes on going back once the rule is there again.
  const stays = phase === 'aborting' || phase === 'undoing';
  draft.set({ because: { reason: 'drift', message }, ...(stays ? {} : { phase: 'paused' }) });
  return draft.wait('drift', message);
}

/** Another version behind an arm is another release: its evidence begins anew, once a human has looked. */
function compareArms(draft: Draft): void {
  if (draft.state.phase !== 'progressing') return;
  for (const [index, target] of draft.state.targets.entries()) {
    const view = draft.view.targets[index];
    if (view?.kind !== 'read') continue;
    for (const arm of ['stable', 'canary'] as const) {
      const seen = view[arm].identity;
      if (seen === undefined || target.identity[arm] === seen) continue;
      const known = target.identity[arm] !== undefined;
      const changed = { ...target, identity: { ...target.identity, [arm]: seen } };
      draft.set({ targets: draft.state.targets.map((other, at) => (at === index ? changed : other)) });
      if (known)
        beginAnew(
          draft,
          `something else runs behind ${target[arm].host} than before; its evidence begins anew`,
        );
    }
  }
}

function beginAnew(draft: Draft, message: string): void {
  const { evidence } = draft.state;
  const trials = Object.fromEntries(Object.keys(evidence.trials).map((key) => [key, noTrial]));
  draft.state = startStepAfresh({ ...draft.state, evidence: { ...evidence, trials } });
  draft.pause('paused', message);
}
