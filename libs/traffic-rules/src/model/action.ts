import type { HeaderMutation } from '../headers/header-mutation.js';
import type { RetryPolicy } from '../retry/retry-policy.js';
import type { Test } from './requirement.js';

/** What a rule does with a request that meets its requirements. Texts are Unicode; they are sent as UTF-8 bytes. */
export type Action = ForwardAction | RedirectAction | DirectResponseAction | RefusedAction;

/** What comes before every action; the fault first, then CORS (Envoy's filter order). */
interface Filters {
  fault?: Fault;
  cors?: Cors;
}

export interface ForwardAction extends Filters {
  kind: 'forward';
  /** As written; those of weight 0 get nothing. */
  destinations: readonly Destination[];
  /** Whether there is a draw, even if all but one have the weight 0. */
  isSplit: boolean;
  /** What a destination that does not exist is answered with. */
  missing: 500 | 503;
  rewritePath?: PathRewrite;
  /** 0: no limit. */
  timeoutMs: number;
  retry: RetryPolicy;
  mirrors: readonly MirrorDestination[];
}

/** A group of endpoints, named but not looked up. */
export interface DestinationName {
  /** Fully qualified. */
  host: string;
  /** Absent: the port that the client dialled. */
  port?: number;
  /** Empty for the service as a whole. */
  subset: string;
  /** Its field, below the rule: `route[1].destination`. */
  field: string;
  /** Where its host stands, below the field: `host`, or `name` of an object. */
  hostField: 'host' | 'name';
}

export interface Destination extends DestinationName {
  /** Its share of the sum of all weights. */
  weight: number;
  /** The Host to send, when it is not the request's. */
  authority?: string;
  /** The Host that a destination beside others sets by its headers, before the rule does: nothing tells of the request's own (recorded: `rewrite-host-split`). */
  authorityBefore?: string;
  /** In Envoy's order, the rule's own included. */
  requestHeaders: readonly HeaderMutation[];
  responseHeaders: readonly HeaderMutation[];
}

/** Whether the Host that is sent is not the request's. */
export function setsHost({ authority, authorityBefore }: Destination): boolean {
  return authority !== undefined || authorityBefore !== undefined;
}

export interface MirrorDestination extends DestinationName {
  /** 0-100, more than 0. */
  percentage: number;
}

/** How the path is changed; the query stays. */
export type PathRewrite =
  /** What the path requirement matched: a prefix, or else the whole path. */
  | { kind: 'replace-matched'; replacement: string }
  /** What the path requirement matched goes, and a slash is left where nothing else is: `/a/b` becomes `/b`. */
  | { kind: 'remove-matched' }
  /** Every match of an RE2 expression; `\1` in the replacement stands for its first group. */
  | { kind: 'replace-regex'; expression: string; replacement: string };

export interface RedirectAction extends Filters {
  kind: 'redirect';
  status: 301 | 302 | 303 | 307 | 308;
  /** Absent, as the authority and the path: the request's. */
  scheme?: string;
  authority?: string;
  /** `listener`: the port that the client dialled. Absent: none is written, and the request's goes with a change of scheme. */
  port?: number | 'listener';
  /** `replace-path`: with the request's query, unless the replacement has one of its own. */
  path?: { kind: 'replace-matched' | 'replace-path'; replacement: string };
  responseHeaders: readonly HeaderMutation[];
}

export interface DirectResponseAction extends Filters {
  kind: 'direct-response';
  status: number;
  body: Uint8Array;
  responseHeaders: readonly HeaderMutation[];
}

/** What Envoy has no route for, as validation says: the rule does nothing, and requests go on to the next one. */
export interface RefusedAction {
  kind: 'refused';
}

/** Percentages are 0-100; each is drawn on its own. */
export interface Fault {
  delay?: { milliseconds: number; percentage: number };
  abort?: { percentage: number } & ({ status: number } | { grpcStatus: number });
}

/** What a rule says about cross-origin requests. */
export interface Cors {
  /** Ask with `originAllowed(cors, origin)`. */
  allowOrigins: readonly Test[];
  allowMethods: string;
  allowHeaders: string;
  exposeHeaders: string;
  /** Seconds; absent when not set. */
  maxAge?: number;
  allowCredentials: boolean;
  forwardUnmatchedPreflights: boolean;
}
