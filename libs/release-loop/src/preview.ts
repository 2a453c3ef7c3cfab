import { begin, contentAt, type Plan, type ReleaseState, type View, type Write } from '@grayscale/release';
import type { Preview, PreviewedEdit } from './kept-release.js';

/** What a write would change, or why it cannot be written. */
export type TriedWrite =
  | { kind: 'edit'; edit: PreviewedEdit }
  | { kind: 'refused'; message: string; isForbidden?: boolean };

/**
 * Works out every step of a plan from what stands in the rules now.
 * @param attempt tries a write without carrying it out
 */
export async function previewOf(
  plan: Plan,
  view: View,
  now: number,
  attempt: (write: Write) => Promise<TriedWrite>,
): Promise<Preview> {
  const begun = begin(plan, view, now);
  if (begun.kind === 'refused') return { kind: 'impossible', messages: begun.messages };
  const { state } = begun;
  const steps = [];
  const refusals = new Set<string>();
  let isForbidden = false;
  for (const [index, step] of plan.steps.entries()) {
    const edits: PreviewedEdit[] = [];
    for (const write of writesOf(plan, state, step.percent)) {
      const tried = await attempt(write);
      if (tried.kind === 'edit') edits.push(tried.edit);
      else {
        refusals.add(tried.message);
        isForbidden ||= tried.isForbidden === true;
      }
    }
    steps.push({ step, isSkipped: index < state.step, edits });
  }
  return refusals.size > 0
    ? { kind: 'impossible', messages: [...refusals], isForbidden }
    : { kind: 'possible', state, steps };
}

function writesOf(plan: Plan, { targets }: ReleaseState, percent: number): Write[] {
  return targets.map((target, index) => ({
    seq: 0,
    target: index,
    rule: target.rule,
    purpose: 'step',
    percent,
    before: target.start,
    after: contentAt(plan, target, percent),
  }));
}
