import type { NamedObject, ObjectName } from './named-object.js';

/** The group and version of the plan's kind; nowhere else is it written. */
export const planGroup = 'grayscale.dev';
/** `apiVersion` of a plan. */
export const planApiVersion = `${planGroup}/v1alpha1`;
/** `kind` of a plan. */
export const planKind = 'GrayRelease';

/**
 * How a release is to be carried out. Complete: what the user left out has its default, so that nothing below looks for one.
 * Every duration is in milliseconds, every percentage a number from 0 to 100, every probability from 0 to 1.
 */
export interface Plan {
  name: string;
  namespace: string;
  /** Raised in this order; reversed on abort and undo. */
  targets: Target[];
  /** The workloads whose sidecars make the split and report the counts; empty: whoever the engine finds. */
  callers: Caller[];
  /** Whose requests always go to the canary while the release runs. */
  users: UserSelector[];
  sticky?: Sticky;
  /** Empty only in a plan of `users` alone: an A/B test. */
  steps: Step[];
  guards: Guard[];
  risk: Risk;
  noData: NoData;
  /** How long after the look that sees a split in force its counts begin to belong to it. */
  settle: number;
  /** How long a split may stay out of force before the release pauses. */
  inForceWithin: number;
  /** What happens when somebody else changed the weights: `stop` pauses, `restore` writes them back once. */
  onDrift: 'stop' | 'restore';
  /** Start with the first step above this percentage; absent: above what is written. */
  from?: number;
  /** Where an abort takes the canary; absent: to the weights of the start. */
  abort: { to?: number };
  /** An object of a cluster does not start by itself. */
  suspend: boolean;
}

/** One rule of one VirtualService, HTTPRoute or GRPCRoute whose split is moved. Exactly one of the three names the object; see `targetObject`. */
export type Target = NamedObject<ObjectName> & TargetSplit;

export interface TargetSplit {
  /** The rule's name; or its index at the start, for a rule without a name. Absent: the only rule that splits between the arms. */
  rule?: string | number;
  stable: Arm;
  canary: Arm;
}

/** A destination of a rule: `host` as the plan has it, which may be shortened where it stays unique in the rule. */
export interface Arm {
  host: string;
  subset?: string;
  port?: number;
}

/** A workload whose sidecar or gateway makes the split and counts it. */
export interface Caller {
  namespace: string;
  workload: string;
}

/** Requests that always go to the canary: those whose header has one of these values. */
export interface UserSelector {
  /** In lower case. */
  header: string;
  exact: string[];
}

/** Who keeps to a side: by a bucket that the application sends on, or by a cookie that is made from the request id. */
export type Sticky = { header: string; digits: number } | { cookie: string };

/** One share of the canary, and what has to be shown at it before the next. */
export interface Step {
  /** The canary's share of the rule's requests, in percent, with up to four decimals. */
  percent: number;
  /** How long the split must have been in force. */
  hold: number;
  /** How many requests the canary must have answered in the step; absent: what the guards need, see `requestsOfStep`. */
  requests?: number;
  /** Wait for a human once everything else is satisfied. */
  pause: boolean;
}

/** What must hold for the release to go on. */
export type Guard = RateGuard | WebhookGuard;

/** A guard over the share of bad outcomes. At least one of `ratio` and `max` is there. */
export interface RateGuard {
  kind: 'rate';
  name: string;
  outcome: GuardedOutcome;
  /** The canary may be so many times as bad as stable. */
  ratio?: number;
  /** A ceiling for the canary's share of bad outcomes, as a fraction of 1. */
  max?: number;
}

/** What a guard counts as bad. */
export type GuardedOutcome =
  /** HTTP 5xx and the gRPC statuses that are the server's fault. */
  | { kind: 'failed' }
  /** Requests that took longer than `over` milliseconds: one of Istio's bucket bounds. */
  | { kind: 'slow'; over: number }
  /** Counters of one's own; `stable` is needed for a ratio. */
  | { kind: 'query'; canary: CounterQueries; stable?: CounterQueries };

/** Two PromQL selectors of counters. */
export interface CounterQueries {
  bad: string;
  all: string;
}

/** A guard that asks a URL, as Flagger's webhooks do. */
export interface WebhookGuard {
  kind: 'webhook';
  name: string;
  url: string;
  type: WebhookType;
}

/** Flagger's names; the answer 2xx lets the release go on. */
export const webhookTypes = [
  'pre-rollout',
  'confirm-traffic-increase',
  'confirm-promotion',
  'post-rollout',
  'rollback',
  'event',
] as const;
/** When a webhook is asked; one of {@link webhookTypes}. */
export type WebhookType = (typeof webhookTypes)[number];

/** Two probabilities, each for a whole run. */
export interface Risk {
  /** Of aborting a canary that is within its guards. */
  falseAbort: number;
  /** Of advancing a canary that is beyond a `max`. */
  falseAdvance: number;
}

/** What a release does while the canary gets no requests. */
export interface NoData {
  /** How long the canary may be without a request; absent: ten times the gap that is expected. */
  after?: number;
  /** How long the release waits for one. */
  holdFor: number;
  /** What it does after that; `then` in the plan. */
  afterwards: 'pause' | 'abort';
}
