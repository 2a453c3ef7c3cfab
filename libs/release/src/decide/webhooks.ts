import type { Decision } from '../action.js';
import type { WebhookGuard, WebhookType } from '../plan/plan.js';
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
  if (guard.type === 'rollback') return undefined;
  if (draft.counts !== undefined && asked.at < (evidence.look?.absorbed ?? draft.state.now))
    return ask(draft, guard, key);
  return draft.wait('webhook', `${guard.name} says no: ${asked.message ?? ''}`);
}

/** The same question has the same key. Whether the canary is to go back is asked anew at each look. */
function keyOf({ state }: Draft, { name, type }: WebhookGuard): string {
  const once = `${state.run}/${state.step}/${type}/${name}`;
  return type === 'rollback' ? `${once}/${state.evidence.look?.at ?? 0}` : once;
}

function ask(draft: Draft, guard: WebhookGuard, key: string): Decision {
  const { plan, state } = draft;
  draft.set({ asked: { key, at: state.now } });
  const metadata = { step: String(state.step + 1), percent: String(state.percent), run: String(state.run) };
  const body = { name: plan.name, namespace: plan.namespace, phase: phaseOf(state.phase), metadata };
  return draft.end({
    kind: 'ask',
    question: { guard: guard.name, url: guard.url, type: guard.type, key, body },
  });
}

/** Flagger's word. */
function phaseOf(phase: string): string {
  if (phase === 'paused') return 'Waiting';
  if (phase === 'completed') return 'Succeeded';
  return phase === 'aborting' || phase === 'aborted' ? 'Failed' : 'Progressing';
}

function accept(draft: Draft, { name, type }: WebhookGuard, key: string): undefined {
  const { asked: _, ...rest } = draft.state;
  draft.state = { ...rest, passed: [...rest.passed, key] };
  if (type === 'rollback') draft.abort(`${name} asks for it`);
  else draft.note('webhook', `${name} says yes`);
}
