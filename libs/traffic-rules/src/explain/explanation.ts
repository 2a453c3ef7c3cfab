import type { Because, Decision } from '../decision.js';
import type { Fault } from '../model/action.js';
import type { Entry, ResourceReference, RulePlace } from '../model/place.js';

/** Why a request goes where it goes, and what happens to it on the way; plain data, fit for JSON. */
export interface Explanation {
  request: { method: string; scheme: string; authority: string; port: number; path: string };
  /** With several destinations, `because.destination` is the first of them. */
  decision: { kind: Decision['kind']; because: Because };
  /** One sentence for a person. */
  summary: string;
  /** What the proxy answers by itself instead of sending the request on; empty: it sends every such request on. */
  answers: ExplainedAnswer[];
  /** All destinations of the rule, in its order; they get what is left beside {@link answers}. */
  destinations: ExplainedDestination[];
  /** What happens to the request and its answer; absent where no route was found. */
  effects?: Effects;
  /** Match blocks that came before the one that held, each with the conditions that failed. */
  passedOver: PassedOver[];
  /** What else is worth knowing, for instance other VirtualServices for the same host. */
  notes: string[];
}

/** An answer of the proxy's own. */
export interface ExplainedAnswer {
  /** What gives it: an injected fault, CORS for a preflight, the rule's action, or what is not there. */
  by:
    | 'fault'
    | 'preflight'
    | 'redirect'
    | 'direct-response'
    | 'cluster-not-found'
    | 'no-route'
    | 'bad-request'
    | 'blocked'
    | 'connection-closed';
  /** Absent: the connection ends without an answer. */
  status?: number;
  /** Of a fault for callers of gRPC. */
  grpcStatus?: number;
  /** Of all requests like this one, up to 1. */
  share: number;
}

/** One destination of the rule, with what is specific to it. */
export interface ExplainedDestination {
  index: number;
  host: string;
  port: number;
  subset: string;
  /** The destination gets `weight` of `total` requests: exactly `share`. */
  weight: number;
  total: number;
  share: number;
  /** Envoy's name of the cluster. */
  cluster: string;
  exists: boolean;
  /** The status for every request that falls on it, where it does not exist. */
  missing?: 500 | 503;
  endpoints: Array<{ address: string; port: number; healthy: boolean; weight: number }>;
  /** What TLS the proxy speaks in the application's place, in a sentence; absent: none. */
  tls?: string;
  /** How an endpoint is chosen, in words; absent: the one with the fewest requests. */
  loadBalancing?: string;
  /** What of connection limits and outlier detection applies, in words. */
  limits: readonly string[];
  /** The Host that is sent. */
  authority: string;
  requestHeaders: ExplainedMutation[];
  responseHeaders: ExplainedMutation[];
}

/** One change of a header. */
export interface ExplainedMutation {
  kind: 'set' | 'add' | 'remove';
  name: string;
  /** As the rule writes it, commands included; absent for removals. */
  value?: string;
}

/** What the rule does to a request and its answer, whichever destination it gets. */
export interface Effects {
  path: { received: string; sent: string };
  redirect?: { status: number; location: string };
  directResponse?: { status: number; body: string };
  /** 0: none. */
  timeoutMs: number;
  retry: { attempts: number; on: string[]; perTryTimeoutMs: number };
  fault?: Fault;
  /** Whether a CORS policy answers preflights. */
  cors: boolean;
  mirrors: Array<{ cluster: string; percentage: number }>;
  /** Changes of the answer where the proxy gives it itself; else they stand with the destinations. */
  responseHeaders: ExplainedMutation[];
}

/** A rule that was tried before, and why it did not take the request. */
export interface PassedOver {
  resource: ResourceReference;
  rule: RulePlace;
  /** Absent for a rule that takes every request. */
  match?: Entry;
  /** Conditions that did not hold: `header user is "alice", not exactly "test"`. */
  reasons: string[];
}
