import { begin, contentAt, type Plan, type ReleaseState, type Step } from '@grayscale/release';
import { ReleaseFiles } from './release-files.js';
import { type TargetEdit, targetEdit } from './target-edit.js';
import { targetView } from './target-view.js';

/** What a plan would do to files, before it does it. */
export type Preview =
  | { kind: 'possible'; state: ReleaseState; steps: PreviewedStep[] }
  /** Why the plan cannot be started: one message for each thing that is wrong. */
  | { kind: 'impossible'; messages: string[] };

export interface PreviewedStep {
  step: Step;
  /** Steps at or below the share that is written already are skipped. */
  isSkipped: boolean;
  /** Of each target, from what stands in the files now. */
  edits: TargetEdit[];
}

/** Works out every step of a plan on files. Nothing is written. */
export async function preview(plan: Plan, filenames: readonly string[], now: number): Promise<Preview> {
  const files = await ReleaseFiles.read(filenames);
  const view = { targets: plan.targets.map((target) => targetView(files, target, plan)) };
  const begun = begin(plan, view, now);
  if (begun.kind === 'refused') return { kind: 'impossible', messages: begun.messages };
  const { state } = begun;
  const steps = plan.steps.map((step, index) => ({
    step,
    isSkipped: index < state.step,
    edits: state.targets.map(({ rule, start, ...target }, at) => {
      const after = contentAt(plan, { rule, start, ...target }, step.percent);
      const write = {
        seq: 0,
        target: at,
        rule,
        purpose: 'step',
        percent: step.percent,
        before: start,
        after,
      } as const;
      return targetEdit(files, plan, write);
    }),
  }));
  const refused = steps.flatMap(({ edits }) =>
    edits.flatMap((edit) => (edit.kind === 'refused' ? [edit.message] : [])),
  );
  return refused.length > 0
    ? { kind: 'impossible', messages: [...new Set(refused)] }
    : { kind: 'possible', state, steps };
}
