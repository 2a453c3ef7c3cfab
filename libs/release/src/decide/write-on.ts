import type { Decision } from '../action.js';
import type { Plan } from '../plan/plan.js';
import type { ReleaseState } from '../state.js';
import type { Write } from '../write.js';
import { endpointObstacles } from './advance.js';
import { sameContent, wantedContent } from './content.js';
import type { Draft } from './draft.js';
import { askWebhooks } from './webhooks.js';
import { nextWrite } from './writes.js';

/** The next write towards the goal, if one is due. */
export function writeOn(draft: Draft): Decision | undefined {
  const { plan, counts } = draft;
  // A confirmation that was refused is asked for again at each look.
  if (counts !== undefined) draft.set({ refused: {} });
  const { state } = draft;
  const write = nextWrite(plan, state);
  if (write === undefined) return forget(draft);
  if (!mayWrite(plan, state)) return undefined;
  if (state.goal.kind === 'share' && isFirst(state)) {
    const [unready] = endpointObstacles(state, draft.view);
    if (unready !== undefined) return draft.wait(unready.reason, unready.message);
    const asked = askWebhooks(draft, 'pre-rollout');
    if (asked !== undefined) return asked;
  }
  // What was asked for already, and has not arrived, is asked for again under its number.
  const again = state.pending !== undefined && isSame(state.pending, write) ? state.pending : write;
  draft.set({ seq: again.seq, pending: again });
  return draft.end({ kind: 'write', write: again });
}

function forget(draft: Draft): Decision | undefined {
  const { pending: _, ...rest } = draft.state;
  draft.state = rest;
  const [refusal] = Object.values(rest.refused);
  return refusal === undefined ? undefined : draft.wait('refused', refusal);
}

/** While paused, no new step begins; a half-written step, or a way back, is still finished. */
function mayWrite(plan: Plan, state: ReleaseState): boolean {
  const { phase, goal, targets } = state;
  if (phase !== 'paused' || goal.kind !== 'share' || goal.back !== undefined) return true;
  return targets.some((target) => sameContent(target.written, wantedContent(plan, state, target)));
}

function isFirst({ targets, step, progress }: ReleaseState): boolean {
  return (
    progress.began === undefined &&
    step >= 0 &&
    targets.every(({ written, start }) => sameContent(written, start))
  );
}

function isSame(a: Write, b: Write): boolean {
  return a.target === b.target && sameContent(a.before, b.before) && sameContent(a.after, b.after);
}
