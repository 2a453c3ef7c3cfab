import type { NamedObject } from '../plan/named-object.js';
import type { Plan } from '../plan/plan.js';
import { type GuardReport, type GuardTest, reportOf, testOf } from '../report/report.js';
import { isOver, type Phase, type ReleaseState } from '../state.js';
import type { Waiting } from '../waiting.js';

/** Where a release stands, in the words of Argo Rollouts: what dashboards and `kubectl get` know how to read. */
export type ObjectPhase = 'Progressing' | 'Paused' | 'Healthy' | 'Degraded';

/** As `metav1.Condition`, so that `kubectl wait --for=condition=...` works. */
export interface Condition {
  type: ConditionType;
  status: 'True' | 'False';
  /** RFC 3339: when `status` changed. */
  lastTransitionTime: string;
  reason: string;
  message: string;
  observedGeneration?: number;
}

export const conditionTypes = ['Completed', 'Progressing', 'Paused', 'Degraded'] as const;
/** The type of a condition in the status of a GrayRelease. */
export type ConditionType = (typeof conditionTypes)[number];

/** `status` of a GrayRelease, without the record that a store keeps in it. Shares are in percent. */
export interface ReleaseStatus {
  /** `metadata.generation` that was read last. */
  observedGeneration?: number;
  phase: ObjectPhase;
  /** Why it is in this phase, or what it waits for. */
  message: string;
  /** Whether a run is under way: the targets cannot be changed then. */
  running: boolean;
  run?: number;
  /** The step that is in force or being written, of how many: `2/4`. */
  progress?: string;
  /** The canary's share that was written last. */
  percent?: number;
  startedAt?: string;
  targets?: (NamedObject<string> & { stable: string; canary: string; percent: number })[];
  guards?: GuardStatus[];
  conditions: Condition[];
}

/** How near a test of a guard is to an abort. */
export interface GuardStatus {
  name: string;
  test: GuardTest;
  evidence: number;
  needed: number;
  message: string;
}

/** What a status follows from, beside the plan and the state. */
export interface StatusContext {
  /** `metadata.generation` of the object that the plan was read from. */
  generation?: number;
  /** Milliseconds since the epoch. */
  now: number;
  /** What people have to know beside what the release waits for. */
  notice?: string;
  /** The status before: a condition keeps the time at which it became what it is. */
  previous?: Partial<ReleaseStatus>;
}

/** What a release that stands still says of itself. */
export interface StandStill {
  phase: 'Paused' | 'Degraded';
  /** In one word, as conditions have it: `Suspended`, `InvalidPlan`. */
  reason: string;
  message: string;
}

const objectPhases: Record<Phase, ObjectPhase> = {
  progressing: 'Progressing',
  paused: 'Paused',
  aborting: 'Degraded',
  undoing: 'Progressing',
  completed: 'Healthy',
  aborted: 'Degraded',
  undone: 'Healthy',
};

/** The status of a release that is carried out, or was. */
export function releaseStatus(plan: Plan, state: ReleaseState, context: StatusContext): ReleaseStatus {
  const { phase, run, because } = state;
  const report = reportOf(plan, state);
  const message = [because?.message ?? phaseTexts[phase], context.notice].filter(Boolean).join('. ');
  const written = report.targets.map(({ written }) => written);
  return {
    ...observed(context),
    phase: objectPhases[phase],
    message,
    running: !isOver(phase),
    run,
    progress: `${Math.min(report.step, plan.steps.length)}/${plan.steps.length}`,
    percent: Math.max(...written),
    startedAt: timeText(state.startedAt),
    targets: report.targets.map(({ written, ...target }) => ({ ...target, percent: written })),
    guards: report.guards.map(guardStatus),
    conditions: conditions(
      { [conditionOf[phase]]: true, ...(phase === 'aborting' && { Progressing: true }) },
      reasonOf(phase, because),
      message,
      context,
    ),
  };
}

function guardStatus(report: GuardReport): GuardStatus {
  const { guard, evidence, needed, message } = report;
  return {
    name: guard,
    test: testOf(report),
    evidence: legible(evidence),
    needed: legible(needed),
    message,
  };
}

/** In four digits. */
function legible(value: number): number {
  return Number(value.toPrecision(4));
}

/** The status of a release that nobody carries out now. What was known of it stays. */
export function standStillStatus(standStill: StandStill, context: StatusContext): ReleaseStatus {
  const { phase, reason, message } = standStill;
  const { conditions: _, ...previous } = context.previous ?? {};
  return {
    running: false,
    ...previous,
    ...observed(context),
    phase,
    message,
    conditions: conditions({ [phase]: true }, reason, message, context),
  };
}

/** In one line, for a status without a message of its own. */
const phaseTexts: Record<Phase, string> = {
  progressing: 'the release goes on',
  paused: 'the release is paused',
  aborting: 'the weights of the start are being written back',
  undoing: 'the weights of the start are being written back',
  completed: 'all steps are done',
  aborted: 'the weights of the start are back',
  undone: 'the weights of the start are back',
};

/** The condition that is true in a phase; none after an undo. */
const conditionOf: Record<Phase, ConditionType | 'None'> = {
  progressing: 'Progressing',
  paused: 'Paused',
  aborting: 'Degraded',
  undoing: 'Progressing',
  completed: 'Completed',
  aborted: 'Degraded',
  undone: 'None',
};

function conditions(
  holding: Partial<Record<ConditionType | 'None', boolean>>,
  reason: string,
  message: string,
  { generation, now, previous }: StatusContext,
): Condition[] {
  return conditionTypes.map((type) => {
    const status = holding[type] === true ? 'True' : 'False';
    const before = previous?.conditions?.find((condition) => condition.type === type);
    const same = before?.status === status;
    return {
      type,
      status,
      lastTransitionTime: same ? before.lastTransitionTime : timeText(now),
      reason,
      message,
      ...(generation === undefined ? {} : { observedGeneration: generation }),
    };
  });
}

function observed({ generation, previous }: StatusContext): Pick<ReleaseStatus, 'observedGeneration'> {
  const observedGeneration = generation ?? previous?.observedGeneration;
  return observedGeneration === undefined ? {} : { observedGeneration };
}

/** `not-in-force` becomes `NotInForce`. An end is named by itself, whatever led to it. */
function reasonOf(phase: Phase, because: Waiting | undefined): string {
  const word = isOver(phase) || phase === 'aborting' || phase === 'undoing' ? phase : because?.reason;
  return (word ?? phase)
    .split('-')
    .map((part) => part.charAt(0).toUpperCase() + part.slice(1))
    .join('');
}

/** RFC 3339 in whole seconds, as Kubernetes has it. */
function timeText(milliseconds: number): string {
  return `${new Date(milliseconds).toISOString().slice(0, 19)}Z`;
}
