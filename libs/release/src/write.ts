/** The content of one target: what grayscale writes, and nothing else of the rule. */
export interface TargetContent {
  /** All destinations of the split rule; each is found by host, subset and port, for the list may be in another order by now. */
  weights: DestinationWeight[];
  /** The rules of `users` and `sticky`, in order, to stand directly above the split rule; a writer makes exactly these. */
  generated: GeneratedRule[];
}

/** A destination of the split rule, and the weight that it is to have. */
export interface DestinationWeight {
  host: string;
  subset?: string;
  port?: number;
  weight: number;
}

/** A rule that copies the split rule's matches, rewrite, headers, timeout and retries, with a condition added to each match. */
export interface GeneratedRule {
  name: string;
  /** One of them must hold, beside the split rule's own matches; empty: none is added. */
  conditions: HeaderCondition[];
  /** Its only destination. */
  to: 'stable' | 'canary';
  /** The value of a `set-cookie` header to add to the response. */
  setCookie?: string;
}

/** A condition on one header of the request. */
export interface HeaderCondition {
  /** In lower case. */
  header: string;
  match: { kind: 'exact' | 'regex'; value: string };
}

/** How to find a rule again: by its name, else by what it matches and where it sends. Never by an index. */
export interface RuleReference {
  name?: string;
  /** See `ruleFingerprint`. */
  fingerprint: string;
}

/** One write to one target. Numbered: a write is carried out once, however often it is asked for. */
export interface Write {
  seq: number;
  /** Index in the plan's targets. */
  target: number;
  rule: RuleReference;
  purpose: WritePurpose;
  /** The canary's share after it, in percent. */
  percent: number;
  /** What stands there now; anything else is drift, and nothing is written. */
  before: TargetContent;
  after: TargetContent;
}

/** Why a write is asked for. */
export type WritePurpose =
  | 'step'
  /** The canary goes back because a guard or a human aborted. */
  | 'abort'
  | 'undo'
  /** A later target refused, so the earlier ones go back to the step before. */
  | 'put-back'
  /** Somebody else's change is taken back, once (`onDrift: restore`). */
  | 'restore'
  /** The rules of `users` and `sticky` are removed at the end. */
  | 'finish';
