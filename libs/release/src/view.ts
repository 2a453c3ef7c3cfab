import type { Location } from '@grayscale/traffic-rules';

/** What is written now: the rules of the plan's targets, read afresh for each decision. Plain data. */
export interface View {
  /** In the order of the plan's targets. */
  targets: TargetView[];
}

/** What a look at a target gave. */
export type TargetView =
  | ReadTarget
  /** It could not be read: the API server is down, or the file is gone (which may be a save). Nothing is written, and nothing is concluded. */
  | { kind: 'unread'; reason: string };

/** A target's object as it stands now. */
export interface ReadTarget {
  kind: 'read';
  /** All HTTP rules of the VirtualService or route, in order, those that grayscale wrote as well. */
  rules: RuleView[];
  stable: ArmView;
  canary: ArmView;
  /** Another rule or caller also reaches an arm, so the share of requests need not be the written one; in words, with file:line. */
  otherWay?: string;
  /** Why there are no rules, where that is known; for words. */
  missing?: string;
  /** Who changed the object last, where that is known; for words. */
  writer?: string;
}

/** One HTTP rule of an object, as far as releases look at it. */
export interface RuleView {
  name?: string;
  index: number;
  place?: Location;
  /** The alternatives that the rule matches; empty: every request. */
  matches: MatchView[];
  destinations: DestinationView[];
  /** The value of the `set-cookie` that the rule adds to the response. */
  setCookie?: string;
}

/** One block of a rule's `match`. */
export interface MatchView {
  /** Conditions on headers: name in lower case. */
  headers: Record<string, StringMatch>;
  /** Everything else of the block, in any form that is equal when the meaning is; the empty text when there is nothing else. */
  rest: string;
}

/** How a header's value is compared. */
export type StringMatch =
  | { kind: 'exact' | 'prefix' | 'regex'; value: string }
  /** The header is there, whatever its value. */
  | { kind: 'present' };

/** One weighted destination of a rule. */
export interface DestinationView {
  /** In full: `hello.hello-1.svc.cluster.local`, never `hello`. */
  host: string;
  subset?: string;
  port?: number;
  /** As written. Absent in YAML: 0, or 100 for an only destination; in a route of the Gateway API 1. */
  weight: number;
}

/** What stands behind an arm. */
export interface ArmView {
  /** Endpoints that are ready; absent: not known here (files), which holds nothing. */
  readyEndpoints?: number;
  /** Changes when something else is deployed behind the arm (the Service's uid, the pods' template hash); absent: not known. */
  identity?: string;
}
