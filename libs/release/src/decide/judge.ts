import { watchesSwallowed } from '../trials.js';
import { testsNow, verdictOf } from '../verdict/verdict.js';
import { durationText, percentText } from '../words/figures.js';
import { testText } from '../words/test-text.js';
import { absorb, belongsToStep } from './absorb.js';
import type { Draft } from './draft.js';
import { noDataSince } from './no-data.js';

/** Takes the counts in, and aborts where they show harm: also while the release is paused. */
export function judge(draft: Draft): undefined {
  takeCounts(draft);
  const { phase } = draft.state;
  if (phase !== 'progressing' && phase !== 'paused') return;
  const { plan } = draft;
  const tests = testsNow(plan, draft.state, draft.checkable && watchesSwallowed(plan));
  const verdict = verdictOf(plan, draft.state, tests);
  if (verdict.kind === 'abort') draft.abort(testText(draft.state, verdict.test));
  else if (verdict.kind === 'both-arms')
    draft.pause(
      'evidence',
      `${testText(draft.state, verdict.test)} Stable is beyond it as well, so the canary alone is not to blame.`,
    );
  else checkData(draft);
}

function takeCounts(draft: Draft): void {
  const { counts, plan, state } = draft;
  if (counts?.kind !== 'look') return;
  const { state: absorbed, seen } = absorb(plan, state, counts, draft.checkable);
  // Only time that was looked at counts.
  const lookedAt = seen === 'in-force' && belongsToStep(plan, state);
  const held = lookedAt ? state.now - (state.evidence.look?.absorbed ?? state.now) : 0;
  const { progress } = absorbed;
  draft.set({ ...absorbed, progress: { ...progress, held: progress.held + held } });
  if (state.progress.inForceSince === undefined && seen === 'in-force')
    draft.note('in-force', `${percentText(state.percent)} is in force`);
  for (const series of counts.blind)
    if (state.evidence.look === undefined)
      draft.note('warning', `counted from the first sample on, as its beginning is unknown: ${series}`);
}

/** Silence is neither success nor failure; when it lasts, somebody has to look. */
function checkData(draft: Draft): void {
  const { noData } = draft.plan;
  const since = noDataSince(draft.plan, draft.state);
  const { noDataSince: _, ...evidence } = draft.state.evidence;
  draft.set({ evidence: since === undefined ? evidence : { ...evidence, noDataSince: since } });
  const { now, phase } = draft.state;
  if (since === undefined || now - since < noData.holdFor || phase !== 'progressing') return;
  const message = `no canary request was counted for ${durationText(now - since)}`;
  if (noData.afterwards === 'abort') draft.abort(message);
  else draft.pause('no-data', message);
}
