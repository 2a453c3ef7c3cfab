import { requestsOfStep } from '../decide/advance.js';
import { canaryShare } from '../decide/content.js';
import { type NamedObject, namedObject, type ObjectName } from '../plan/named-object.js';
import type { Plan, Step, Target } from '../plan/plan.js';
import type { Phase, ReleaseState, TargetState } from '../state.js';
import { rateInterval } from '../statistics/rate-evidence.js';
import { dispersionOf, noTrial } from '../statistics/trial.js';
import { pairsOf, type TrialSpec, watchesSwallowed } from '../trials.js';
import { advanceLevel } from '../verdict/levels.js';
import { type Test, testsNow } from '../verdict/verdict.js';
import type { Waiting } from '../waiting.js';
import { shortHosts } from '../words/names.js';
import { testText } from '../words/test-text.js';
import { untilNext } from './until-next.js';

/** Where a release stands, in figures and words, for display. Shares are in percent, times in milliseconds. */
export interface ReleaseReport {
  release: string;
  run: number;
  phase: Phase;
  /** What it waits for, or why it is paused or went back. */
  because?: Waiting;
  /** The step that is in force or being written, counted from 1. */
  step: number;
  steps: StepReport[];
  /** The canary's share. */
  wanted: number;
  targets: TargetReport[];
  observed: ObservedReport[];
  guards: GuardReport[];
  startedAt: number;
  /** Of the last decision. */
  now: number;
  /** Roughly how long until the next step; absent where something else than time and requests decides it. */
  untilNext?: number;
}

/** How one step stands; times are in milliseconds. */
export interface StepReport {
  percent: number;
  pause: boolean;
  /** `left`: the run went back from here. */
  state: 'done' | 'current' | 'left' | 'ahead';
  /** Of the hold. */
  held: number;
  hold: number;
  /** Requests that the canary has answered in it, of the pair that has fewest. */
  requests: number;
  requestsNeeded: number;
}

/** Its object is named as in the plan, with its namespace: `httpRoute: "hello-page/hello-ext-svc"`. */
export type TargetReport = NamedObject<string> & TargetShare;

export interface TargetShare {
  stable: string;
  canary: string;
  /** The share that was written last. */
  written: number;
}

/** What was observed of a pair of arms since the step's split seemed in force. */
export interface ObservedReport {
  stable: string;
  canary: string;
  requests: number;
  /** Absent without requests. */
  share?: number;
  low?: number;
  high?: number;
}

/** How one test of a guard stands, in figures. */
export interface GuardReport {
  guard: string;
  kind: 'ratio' | 'ceiling' | 'swallowed';
  /** What it counts as bad; absent for `swallowed`. */
  outcome?: TrialSpec['outcome']['kind'];
  /** How many times as bad as stable, or the ceiling in percent; absent for `swallowed`. */
  limit?: number;
  /** E, and the E at which the release is aborted. */
  evidence: number;
  needed: number;
  /** Since the start: what went wrong of how many. */
  canary: { requests: number; bad: number };
  stable: { requests: number; bad: number };
  /** The canary's rate in this step, in percent; the upper end is what has to be below `max`. */
  rate?: { low: number; high: number };
  message: string;
}

/** A release as `status -o json`, the page and the object's status show it. */
export function reportOf(plan: Plan, state: ReleaseState): ReleaseReport {
  const { run, phase, because, step, startedAt, now } = state;
  const next = untilNext(plan, state);
  return {
    release: `${plan.namespace}/${plan.name}`,
    run,
    phase,
    ...(because === undefined ? {} : { because }),
    step: step + 1,
    steps: plan.steps.map((each, index) => stepReport(plan, state, each, index)),
    wanted: wantedShare(state),
    targets: state.targets.flatMap((target, index) => targetReport(plan.targets[index], target) ?? []),
    observed: observedReports(state),
    guards: guardReports(plan, state),
    startedAt,
    now,
    ...(next === undefined ? {} : { untilNext: next }),
  };
}

function targetReport(planned: Target | undefined, target: TargetState): TargetReport | undefined {
  if (planned === undefined) return undefined;
  const { field, name } = namedObject<ObjectName>(planned);
  const [stable, canary] = shortHosts(target.stable.host, target.canary.host);
  const share: TargetShare = { stable, canary, written: canaryShare(target.written, target) };
  return { [field]: `${name.namespace}/${name.name}`, ...share } as TargetReport;
}

function stepReport(plan: Plan, state: ReleaseState, step: Step, index: number): StepReport {
  const { percent, pause, hold } = step;
  const requestsNeeded = requestsOfStep(plan, step, Object.values(state.evidence.ceilings));
  const counts = pairsOf(state.targets).map(({ key }) => state.evidence.inStep[key] ?? 0);
  const place = placeOf(state, index);
  const isCurrent = place === 'current' || place === 'left';
  return {
    percent,
    pause,
    state: place,
    held: isCurrent ? state.progress.held : place === 'done' ? hold : 0,
    hold,
    requests: isCurrent ? Math.min(...counts) : 0,
    requestsNeeded,
  };
}

function placeOf({ phase, step }: ReleaseState, index: number): StepReport['state'] {
  if (phase === 'completed' || index < step) return 'done';
  if (index > step) return 'ahead';
  return wentBack.has(phase) ? 'left' : 'current';
}

const wentBack: ReadonlySet<Phase> = new Set(['aborting', 'aborted', 'undoing', 'undone']);

/** Back from a step, what is wanted is what was written. */
function wantedShare({ phase, percent, targets: [first] }: ReleaseState): number {
  return wentBack.has(phase) && first !== undefined ? canaryShare(first.written, first) : percent;
}

function observedReports({ targets, progress }: ReleaseState): ObservedReport[] {
  return pairsOf(targets).map((pair) => {
    const [stable, canary] = shortHosts(pair.stable, pair.canary);
    const tally = progress.observed[pair.key] ?? { requests: 0, bad: 0 };
    if (tally.requests === 0) return { stable, canary, requests: 0 };
    const { low, high } = rateInterval(tally, 0.025);
    const share = (100 * tally.bad) / tally.requests;
    return { stable, canary, requests: tally.requests, share, low: 100 * low, high: 100 * high };
  });
}

function guardReports(plan: Plan, state: ReleaseState): GuardReport[] {
  return testsNow(plan, state, watchesSwallowed(plan)).map((test) => {
    const trial = (test.spec && state.evidence.trials[test.spec.key]) ?? noTrial;
    const { canary, stable } = trial.start;
    const { low, high } = rateInterval(trial.step.canary, advanceLevel(plan), dispersionOf(trial));
    return {
      guard: test.guard,
      kind: test.kind,
      ...limitOf(test),
      // JSON has no infinity.
      evidence: Math.exp(Math.min(test.evidence, 700)),
      needed: Math.exp(test.needed),
      canary,
      stable,
      ...(test.spec === undefined ? {} : { rate: { low: 100 * low, high: 100 * high } }),
      message: testText(state, test),
    };
  });
}

/** Each guard's tests, as the status of a GrayRelease and the metrics name them. */
export const guardTests = ['ratio', 'ceiling', 'gave-up', 'swallowed'] as const;
/** One of {@link guardTests}. */
export type GuardTest = (typeof guardTests)[number];

/** The first guard of failures also watches who gives up: a test of its own. */
export function testOf({ kind, outcome }: GuardReport): GuardTest {
  return outcome === 'gave-up' ? outcome : kind;
}

function limitOf({ kind, spec }: Test): Pick<GuardReport, 'outcome' | 'limit'> {
  if (spec === undefined || kind === 'swallowed') return {};
  const limit = kind === 'ceiling' ? 100 * (spec.max ?? 0) : (spec.ratio ?? 1);
  return { outcome: spec.outcome.kind, limit };
}

/** The steps of a plan that has not been started. */
export function stepsOf(plan: Plan): StepReport[] {
  return plan.steps.map((step) => ({
    percent: step.percent,
    pause: step.pause,
    state: 'ahead',
    held: 0,
    hold: step.hold,
    requests: 0,
    requestsNeeded: requestsOfStep(plan, step),
  }));
}
