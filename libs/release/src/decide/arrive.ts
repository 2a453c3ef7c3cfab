import type { Decision } from '../action.js';
import { percentText } from '../words/figures.js';
import { startStepAfresh } from './absorb.js';
import type { Draft } from './draft.js';
import { askWebhooks } from './webhooks.js';

/** Everything that was wanted is written: a way back has ended, or a step begins to be counted. */
export function arrive(draft: Draft): Decision | undefined {
  const { goal, phase, progress, percent } = draft.state;
  if (phase === 'aborting') return finish(draft, 'aborted', 'the canary is back where it was');
  if (phase === 'undoing') return finish(draft, 'undone', 'the weights of the start are back');
  if (goal.kind === 'done') return finish(draft, 'completed', `the canary has ${percentText(percent)}`);
  if (progress.began === undefined && phase !== 'paused')
    draft.state = startStepAfresh({ ...draft.state, progress: { ...progress, began: draft.state.now } });
  return undefined;
}

function finish(draft: Draft, phase: 'completed' | 'aborted' | 'undone', message: string): Decision {
  const asked = askWebhooks(draft, 'post-rollout');
  if (asked !== undefined) return asked;
  const { because, ...state } = draft.state;
  // Done, it no longer waits for what it waited for last; what led back is still of interest.
  draft.state = { ...state, phase, ...(phase !== 'completed' && because && { because }) };
  draft.note('finish', message);
  return draft.end({ kind: 'finish', outcome: phase });
}
