import type { Decision, NoteKind, WebhookBody } from '../action.js';
import type { Plan, WebhookGuard, WebhookType } from '../plan/plan.js';
import type { ReleaseState } from '../state.js';
import type { Draft } from './draft.js';

/** Asks the webhooks of a type, one after the other. Undefined when none is left to ask: all have said yes, or said what they had to. */
export function askWebhooks(draft: Draft, type: WebhookType): Decision | undefined {
  for (const guard of draft.plan.guards) {
    if (guard.kind !== 'webhook' || guard.type !== type) continue;
    const asked = askWebhook(draft, guard);
    if (asked !== undefined) return asked;
  }
  return undefined;
}

function askWebhook(draft: Draft, guard: WebhookGuard): Decision | undefined {
  const { passed, asked, evidence } = draft.state;
  const key = keyOf(draft, guard);
  if (passed.includes(key)) return undefined;
  if (asked?.key !== key || asked.ok === undefined) return ask(draft, guard, key);
  if (asked.ok) return accept(draft, guard, key);
  // No is an answer until the next look.
  if (guard.type === 'rollback') return passUntilNextLook(draft, key);
  // It is only told that all is over, as by Flagger: nothing is held up.
  if (guard.type === 'post-rollout')
    return pass(draft, key, 'warning', `${guard.name} was not told: ${asked.message ?? ''}`);
  if (draft.counts !== undefined && asked.at < (evidence.look?.absorbed ?? draft.state.now))
    return ask(draft, guard, key);
  return draft.wait('webhook', `${guard.name} says no: ${asked.message ?? ''}`);
}

/**
 * The same question has the same key. A step is known by its share: its number differs once a changed plan has other steps before it. Whether
 * the canary is to go back is asked anew at each look.
 */
function keyOf({ state }: Draft, { name, type }: WebhookGuard): string {
  const once = `${state.run}/${state.percent}/${type}/${name}`;
  return type === 'rollback' ? `${once}/${state.evidence.look?.at ?? 0}` : once;
}

const rollbackKey = /^[^/]+\/[^/]+\/rollback\//;

function ask(draft: Draft, guard: WebhookGuard, key: string): Decision {
  const { plan, state } = draft;
  draft.set({ asked: { key, at: state.now } });
  const { name, url, type } = guard;
  return draft.end({
    kind: 'ask',
    question: { guard: name, url, type, key, body: webhookBody(plan, state, type) },
  });
}

/** What a webhook is told, in Flagger's form. */
export function webhookBody(
  { name, namespace }: Plan,
  { phase, step, percent, run, goal }: ReleaseState,
  type: WebhookType = 'event',
): WebhookBody {
  const metadata = { step: String(step + 1), percent: String(percent), run: String(run) };
  const ends = type === 'post-rollout' && goal.kind === 'done' ? 'completed' : phase;
  return { name, namespace, phase: phases[ends], metadata };
}

/** Flagger's words. */
const phases: Readonly<Record<ReleaseState['phase'], string>> = {
  progressing: 'Progressing',
  paused: 'Waiting',
  completed: 'Succeeded',
  aborting: 'Failed',
  aborted: 'Failed',
  undoing: 'Failed',
  undone: 'Failed',
};

function accept(draft: Draft, { name, type }: WebhookGuard, key: string): undefined {
  if (type !== 'rollback') return pass(draft, key, 'webhook', `${name} says yes`);
  pass(draft, key);
  draft.abort(`${name} asks for it`);
}

/** A `rollback` webhook that says no is done with until the next look; what was said at looks before is forgotten. */
function passUntilNextLook(draft: Draft, key: string): undefined {
  const look = key.slice(key.lastIndexOf('/'));
  const isOver = (other: string) => rollbackKey.test(other) && !other.endsWith(look);
  draft.set({ passed: draft.state.passed.filter((other) => !isOver(other)) });
  pass(draft, key);
}

function pass(draft: Draft, key: string, kind?: NoteKind, message = ''): undefined {
  const { asked: _, ...rest } = draft.state;
  draft.state = { ...rest, passed: [...rest.passed, key] };
  if (kind !== undefined) draft.note(kind, message);
}
