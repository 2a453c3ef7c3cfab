import type { Decision } from '../action.js';
import { newProgress } from '../state.js';
import { ceilingsForAll } from '../verdict/ceilings.js';
import { decisionLine } from '../words/decision-line.js';
import { durationText, percentText } from '../words/figures.js';
import { obstacles } from './advance.js';
import { arrive } from './arrive.js';
import type { Draft } from './draft.js';
import { askWebhooks } from './webhooks.js';
import { writeOn } from './write-on.js';

/** The next step, if nothing is in its way. */
export function goOn(draft: Draft): Decision {
  const { progress } = draft.state;
  if (progress.human === 'promoted') return nextStep(draft);
  return waitForCounts(draft) ?? waitForSplit(draft) ?? waitForStep(draft) ?? nextStep(draft);
}

function waitForCounts(draft: Draft): Decision | undefined {
  const { counts, state } = draft;
  if (counts?.kind === 'no-look') return draft.wait('no-look', counts.reason);
  if (state.evidence.noDataSince === undefined) return undefined;
  const message = `no canary request was counted for ${durationText(state.now - state.evidence.canarySeen)}`;
  return draft.wait('no-data', message);
}

/** A split that is written and stays out of force is for a human. */
function waitForSplit(draft: Draft): Decision | undefined {
  const { progress, now, percent } = draft.state;
  const { inForceWithin } = draft.plan;
  const late = now - (progress.began ?? now) >= inForceWithin;
  if (draft.counts?.kind !== 'look' || progress.inForceSince !== undefined || !late) return undefined;
  const message = `${percentText(percent)} is written, and after ${durationText(inForceWithin)} it is still not in force`;
  draft.pause('not-in-force', message);
  return draft.wait('not-in-force', message);
}

function waitForStep(draft: Draft): Decision | undefined {
  const { plan, state, view } = draft;
  const step = plan.steps[state.step];
  const [obstacle] = obstacles(plan, state, view);
  if (obstacle !== undefined) return draft.wait(obstacle.reason, obstacle.message, nextTime(draft));
  // Before the first step of a plan that was changed, nothing is waited for; a plan without steps waits for a human.
  if (step?.pause === false || state.step < 0 || state.progress.human !== undefined) return undefined;
  const message = 'the step waits for a human: promote, or abort';
  draft.pause('paused', message);
  return draft.wait('paused', message);
}

/** When time alone may change the answer. */
function nextTime({ plan, state }: Draft): number | undefined {
  const { progress, now } = state;
  const step = plan.steps[state.step];
  if (progress.inForceSince === undefined || step === undefined) return undefined;
  return Math.max(progress.inForceSince + plan.settle, now) + Math.max(0, step.hold - progress.held);
}

function nextStep(draft: Draft): Decision {
  const next = draft.plan.steps[draft.state.step + 1];
  const asked = askWebhooks(draft, next === undefined ? 'confirm-promotion' : 'confirm-traffic-increase');
  if (asked !== undefined) return asked;
  draft.note('advance', decisionLine(draft.plan, draft.state, next?.percent));
  if (next === undefined) draft.set({ goal: { kind: 'done' } });
  else toStep(draft, draft.state.step + 1, next.percent);
  return writeOn(draft) ?? arrive(draft) ?? draft.wait('settling', 'the step begins');
}

function toStep(draft: Draft, step: number, percent: number): void {
  const { plan, state } = draft;
  const { evidence } = state;
  const ceilings = percent === 100 ? ceilingsForAll(plan, state) : evidence.ceilings;
  draft.set({
    step,
    percent,
    goal: { kind: 'share' },
    progress: newProgress(state.percent),
    evidence: { ...evidence, ceilings },
  });
}
