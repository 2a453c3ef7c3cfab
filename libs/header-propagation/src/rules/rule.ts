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

/** A value that a caller sent, before it is believed. */
export interface Candidate {
  /** The header, or `baggage:member`, that it would become. */
  readonly name: string;
  readonly source: Source;
  readonly value: string;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  readonly url: string;
  readonly remoteAddress: string | undefined;
}

/** `'all'`: any caller. `'none'`: no caller, only defaults go out. A function: asked for each value. */
export type Accept = 'all' | 'none' | ((candidate: Candidate) => boolean);

interface Common {
  /** Goes out when no value was captured. A function is called for each such request. */
  readonly default?: string | (() => string | undefined);
  /** Asked for each value; `false` drops it. */
  readonly filter?: (value: string) => boolean;
  /** What a value has to match, such as `/^[a-z0-9-]+$/`, beside `limits.characters`. Values are bytes: see `encodeFieldValue`. */
  readonly characters?: RegExp;
  /** Bytes of one value, in place of `limits.valueBytes`. */
  readonly maxLength?: number;
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
export type HeaderRule = Common & { readonly header: string } & OptionalDestination;
/** An incoming header under another name. */
export type RenameRule = Common & { readonly from: string } & Destination;
/** A query parameter. An empty one counts as none. */
export type QueryRule = Common & { readonly query: string } & Destination;
/** One cookie, not the whole header. */
export type CookieRule = Common & { readonly cookie: string } & Destination;
/** One member of the incoming `baggage`, as a member again or as a header. */
export type BaggageRule = Common & { readonly baggage: string } & OptionalDestination;

/** One thing to send on. A string is the name of a header. */
export type Rule = string | HeaderRule | RenameRule | QueryRule | CookieRule | BaggageRule;
