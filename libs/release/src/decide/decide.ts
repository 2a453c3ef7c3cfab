import type { Decision } from '../action.js';
import type { Look, NoLook } from '../look.js';
import type { Plan } from '../plan/plan.js';
import type { ReleaseState } from '../state.js';
import type { View } from '../view.js';
import { arrive } from './arrive.js';
import { compareRules } from './compare-rules.js';
import { Draft } from './draft.js';
import { goOn } from './go-on.js';
import { judge } from './judge.js';
import { stayPaused } from './stay-paused.js';
import { writeOn } from './write-on.js';

/**
 * What to do next. Pure: the same arguments give the same answer, and asking twice does no harm.
 *
 * @param previous what the last decision gave, or `begin`, or `receive`.
 * @param view the rules as they stand now.
 * @param counts the look since the last one; undefined when this decision follows a write or an answer, and nothing was looked at.
 * @param now in milliseconds since the epoch.
 */
export function decide(
  plan: Plan,
  previous: ReleaseState,
  view: View,
  counts: Look | NoLook | undefined,
  now: number,
): Decision {
  const draft = new Draft(plan, previous, view, counts, now);
  return (
    end(draft) ??
    judge(draft) ??
    compareRules(draft) ??
    writeOn(draft) ??
    arrive(draft) ??
    stayPaused(draft) ??
    goOn(draft)
  );
}

/** A run that is over stays over. */
function end(draft: Draft): Decision | undefined {
  const { phase } = draft.state;
  if (phase !== 'completed' && phase !== 'aborted' && phase !== 'undone') return undefined;
  return draft.end({ kind: 'finish', outcome: phase });
}
