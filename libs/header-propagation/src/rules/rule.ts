/** Headers as Node's `IncomingMessage.headers` gives them, as a plain record, or as a web `Headers`. */
export type IncomingHeaders = Readonly<Record<string, string | readonly string[] | undefined>> | Headers;

/** What else is known of the request. A Node `IncomingMessage` fits as it is. */
export interface IncomingDetails {
  /** Repeated headers kept apart; without it, Node's joined `a, b` stays one value. */
  readonly headersDistinct?: Readonly<Record<string, readonly string[] | undefined>>;
  /** The TCP peer: the sidecar's address inside a mesh. */
  readonly socket?: { readonly remoteAddress?: string | undefined } | undefined;
}

/** Where a value was found. */
export type Source = 'header' | 'query' | 'cookie' | 'baggage';

/** What a function of the application's sees of an incoming request. */
export interface RequestView {
  /** By lower-case names, as Node gives them. */
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  /** Path and query as the request line has them. */
  readonly url: string;
  /** The TCP peer: the sidecar's address inside a mesh. */
  readonly remoteAddress: string | undefined;
  /** The request itself, where there is one: a Node `IncomingMessage` (on Express, with what middleware set on it). */
  readonly request: unknown;
}

/** A value that a caller sent, before it is believed. */
export interface Candidate extends RequestView {
  /** The header, or `baggage:member`, that it would become. */
  readonly name: string;
  readonly source: Source;
  /** As text: UTF-8 is decoded. */
  readonly value: string;
}

/** `'all'`: any caller. `'none'`: no caller, only defaults go out. A function: asked for each value, and answers at once. */
export type Accept = 'all' | 'none' | ((candidate: Candidate) => boolean);

interface Checks {
  /** Asked for each value, as text; `false` drops it. Answers at once: a promise drops it too. */
  readonly filter?: (value: string) => boolean;
  /** What a value, as text, has to match, such as `/^[a-z0-9-]+$/`, beside `limits.characters`. */
  readonly characters?: RegExp;
  /** Bytes of one value, in place of `limits.valueBytes`. */
  readonly maxLength?: number;
}

interface Common extends Checks {
  /** Goes out when no value was captured. A function is called for each such request. */
  readonly default?: string | (() => string | undefined);
  /** In place of the option of that name, for this rule. */
  readonly accept?: Accept;
}

/** Where a captured value goes: a header, or a member of the outgoing `baggage`. */
type Destination =
  | { readonly to: string; readonly toBaggage?: never }
  | { readonly toBaggage: string; readonly to?: never };

/** Where a value of the same name goes when the rule does not say. */
type OptionalDestination = Destination | { readonly to?: never; readonly toBaggage?: never };

/** An incoming header, under its own name or another. */
export type HeaderRule = Common & {
  readonly header: string;
  /** Where a rule of the mesh matches on it, such as `k8s/rule.yaml:12`, for notices. */
  readonly place?: string;
} & OptionalDestination;

/** A header that a rule of the mesh matches on: a rule that sends it on, and what a notice says of it. */
export interface MatchedHeader {
  readonly header: string;
  /** Where the rule is, such as `k8s/rule.yaml:12`. */
  readonly place: string;
}
/** An incoming header under another name. */
export type RenameRule = Common & { readonly from: string } & Destination;
/** A query parameter. An empty one counts as none. */
export type QueryRule = Common & { readonly query: string } & Destination;
/** One cookie, not the whole header. */
export type CookieRule = Common & { readonly cookie: string } & Destination;
/** One member of the incoming `baggage`, as a member again or as a header. */
export type BaggageRule = Common & { readonly baggage: string } & OptionalDestination;

/** A value that the application makes from the request, when somebody first asks for it; `accept` is not asked. */
export type ValueRule = Checks & {
  readonly value: (request: RequestView) => string | undefined;
} & Destination;

/** Where a bucket's value is read from, when it is not a header that is sent on. */
export type BucketSource =
  | { readonly header: string }
  | { readonly query: string }
  | { readonly cookie: string }
  | { readonly baggage: string };

/**
 * A header that holds the bucket of a user, `0000` to `9999`: a rule of the mesh takes a growing share of them to a new
 * version, and each user stays where they are. Always computed here: what a caller sends under that name is not read.
 */
export interface BucketRule {
  /** The header. */
  readonly bucket: string;
  /** The header whose value is put into buckets, under the name by which another rule sends it on; or a source of its own. */
  readonly of: string | BucketSource;
  /** Any text, the same in every service: see `bucketOf`. */
  readonly salt: string;
  /** Decimal digits, 1 to 9. Default 4. */
  readonly digits?: number;
  /** In place of the option of that name, where `of` is a source of its own. */
  readonly accept?: Accept;
}

/** One thing to send on. A string is the name of a header. */
export type Rule =
  | string
  | HeaderRule
  | RenameRule
  | QueryRule
  | CookieRule
  | BaggageRule
  | ValueRule
  | BucketRule;
