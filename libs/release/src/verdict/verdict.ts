import type { Plan } from '../plan/plan.js';
import type { ReleaseState } from '../state.js';
import { ceilingEvidence, noTrial, ratioEvidence } from '../statistics/trial.js';
import { pairsOf, type TrialSpec, testsOf, trialsOf } from '../trials.js';
import { swallowedEvidence } from './observed-share.js';

/** One test and how far it is. */
export interface Test {
  guard: string;
  /** What it tests: the ratio to stable, the ceiling, or whether requests are swallowed. */
  kind: 'ratio' | 'ceiling' | 'swallowed';
  pair: string;
  spec?: TrialSpec;
  /** ln E. */
  evidence: number;
  /** ln of what aborts. */
  needed: number;
}

/** All tests of a run as they stand. */
export function testsNow(plan: Plan, state: ReleaseState, checkable: boolean): Test[] {
  const needed = Math.log(testsOf(plan, pairsOf(state.targets).length) / plan.risk.falseAbort);
  const steps = Math.max(plan.steps.length, 1);
  const trials = trialsOf(plan, state).flatMap((spec): Test[] => {
    const trial = state.evidence.trials[spec.key] ?? noTrial;
    const test = { guard: spec.guard, pair: spec.pair.key, spec, needed };
    const ratio: Test[] =
      spec.ratio === undefined ? [] : [{ ...test, kind: 'ratio', evidence: ratioEvidence(trial) }];
    const ceiling: Test[] =
      spec.max === undefined
        ? []
        : [{ ...test, kind: 'ceiling', evidence: ceilingEvidence(trial, spec.max, steps) }];
    return [...ratio, ...ceiling];
  });
  return checkable ? [...trials, ...swallowedTests(state, needed + Math.log(steps))] : trials;
}

/** Each step has an equal part of the risk: the share is observed anew in each. */
function swallowedTests({ progress, percent }: ReleaseState, needed: number): Test[] {
  const { before, settled } = progress;
  return Object.entries(settled).map(([pair, tally]) => ({
    guard: 'share',
    kind: 'swallowed',
    pair,
    evidence: swallowedEvidence(tally, percent, before),
    needed,
  }));
}

export type Verdict = { kind: 'fine' } | { kind: 'abort'; test: Test } | { kind: 'both-arms'; test: Test };

/** A ceiling that stable is beyond as well accuses neither arm: then a human is needed. */
export function verdictOf(plan: Plan, state: ReleaseState, tests: readonly Test[]): Verdict {
  const beyond = tests.filter(({ evidence, needed }) => evidence >= needed);
  const [first] = beyond;
  if (first === undefined) return { kind: 'fine' };
  const decisive = beyond.find((test) => !stableIsBeyond(plan, state, test));
  return decisive === undefined ? { kind: 'both-arms', test: first } : { kind: 'abort', test: decisive };
}

function stableIsBeyond(plan: Plan, state: ReleaseState, { kind, spec, needed }: Test): boolean {
  if (kind !== 'ceiling' || spec?.max === undefined) return false;
  const trial = state.evidence.trials[spec.key] ?? noTrial;
  return ceilingEvidence(trial, spec.max, Math.max(plan.steps.length, 1), 'stable') >= needed;
}
