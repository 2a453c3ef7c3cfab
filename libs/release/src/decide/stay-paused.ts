import type { Decision } from '../action.js';
import { arrive } from './arrive.js';
import type { Draft } from './draft.js';
import { askWebhooks } from './webhooks.js';
import { writeOn } from './write-on.js';

/** Asks at each look whether somebody wants the canary back; then waits, if the release is paused. */
export function stayPaused(draft: Draft): Decision | undefined {
  if (draft.counts !== undefined || draft.state.asked?.ok !== undefined) {
    const asked = askWebhooks(draft, 'rollback');
    if (asked !== undefined) return asked;
    if (draft.state.phase === 'aborting') return writeOn(draft) ?? arrive(draft);
  }
  const { phase, because } = draft.state;
  if (phase !== 'paused') return undefined;
  const { reason, message } = because ?? { reason: 'paused', message: 'paused' };
  return draft.wait(reason, message);
}
