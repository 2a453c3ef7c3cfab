export type { Action, Decision, Note, NoteKind, Outcome, WebhookBody, WebhookQuestion } from './action.js';
export { type Begun, begin } from './begin.js';
export { planDefinition, planPlural } from './custom-resource/definition.js';
export {
  type Condition,
  type ConditionType,
  type ReleaseStatus,
  releaseStatus,
  type StandStill,
  type StatusContext,
  standStillStatus,
} from './custom-resource/status.js';
export { requestsOfStep } from './decide/advance.js';
export { canaryShare, contentAt } from './decide/content.js';
export { decide } from './decide/decide.js';
export { webhookBody } from './decide/webhooks.js';
export { estimatePlan, type PlanEstimate, type StepEstimate } from './estimate.js';
export {
  type Command,
  isCommand,
  type Received,
  type ReleaseEvent,
  type WebhookAnswer,
  type WriteRefused,
} from './event.js';
export { type Followed, follow } from './follow.js';
export type { ArmCounts, CountedArm, CountQuestion, Json, Look, NoLook } from './look.js';
export {
  type NamedObject,
  namedObject,
  type ObjectName,
  type TargetField,
  type TargetKind,
  targetFields,
  targetKinds,
} from './plan/named-object.js';
export {
  type Arm,
  type Caller,
  type CounterQueries,
  type Guard,
  type GuardedOutcome,
  type NoData,
  type Plan,
  planApiVersion,
  planGroup,
  planKind,
  type RateGuard,
  type Risk,
  type Step,
  type Sticky,
  type Target,
  type UserSelector,
  type WebhookGuard,
  type WebhookType,
  webhookTypes,
} from './plan/plan.js';
export type { PlanIssue, PlanIssueCode } from './plan/plan-issue.js';
export { planIssues } from './plan/plan-issues.js';
export { planFromObject, type ReadPlan, readPlan } from './plan/read-plan.js';
export { planSchema } from './plan/schema.js';
export { objectText, type TargetObject, targetName, targetObject } from './plan/target-object.js';
export type {
  CountSource,
  JournalEntry,
  OfferedPlan,
  SentCommand,
  Store,
  WriteOutcome,
} from './ports.js';
export { receive } from './receive.js';
export {
  type GuardReport,
  type GuardTest,
  type ObservedReport,
  type ReleaseReport,
  reportOf,
  type StepReport,
  stepsOf,
  type TargetReport,
  testOf,
} from './report/report.js';
export { type Revised, revise } from './revise.js';
export { generatedMatches, generatedRules } from './rules/generated-rules.js';
export {
  type FoundSplit,
  findAgain,
  findSplit,
  generatedPrefix,
  ruleFingerprint,
  type Split,
} from './split/find-split.js';
export { isOver, type Phase, phases, type ReleaseState, type TargetState } from './state.js';
export { addLook, type Exposure, type Harm, noHarm } from './statistics/harm.js';
export {
  evidenceAbove,
  evidenceBelow,
  type RateInterval,
  rateInterval,
  requestsNeeded,
} from './statistics/rate-evidence.js';
export type { Tally } from './statistics/tally.js';
export {
  ceilingEvidence,
  dispersionOf,
  noTrial,
  observe,
  ratioEvidence,
  type Trial,
  type TrialRule,
} from './statistics/trial.js';
export { type ArmPair, armKey, countQuestion, pairsOf } from './trials.js';
export type {
  ArmView,
  DestinationView,
  MatchView,
  ReadTarget,
  RuleView,
  StringMatch,
  TargetView,
  View,
} from './view.js';
export type { Waiting, WaitingReason } from './waiting.js';
export { type SplitWeights, shareOf, splitWeights } from './weights/split-weights.js';
export { count, durationText, percentText } from './words/figures.js';
export type {
  DestinationWeight,
  GeneratedRule,
  HeaderCondition,
  RuleReference,
  TargetContent,
  Write,
  WritePurpose,
} from './write.js';
