import { AsyncLocalStorage } from 'node:async_hooks';
import { type Captured, type DropReason, type HeaderRecord, NOTHING_CAPTURED } from './captured.js';
import { Draft } from './draft.js';
import { asText, encodeFieldValue } from './field-value.js';
import { type Added, addHeaders, type MethodHeaders, methodsOf, type OutgoingHeaders } from './inject.js';
import {
  checkOptions,
  type HeaderPropagationOptions,
  type ResolvedLimits,
  resolveLimits,
} from './options.js';
import { saysYes } from './rules/accept.js';
import { type CompiledRules, compileRules, namedCredentials } from './rules/compile.js';
import type { CompiledRule } from './rules/compiled-rule.js';
import type { LowerCaseHeaders } from './rules/reader.js';
import type { IncomingDetails, IncomingHeaders, RequestView } from './rules/rule.js';
import { requestTarget, type TargetAddress } from './target-address.js';
import type { TargetMatcher } from './target-pattern.js';
import { clusterLocal, compileTargets } from './targets.js';

/** Dropped values by their reasons since the start. */
export type DropCounts = Readonly<Record<DropReason, number>>;

/** The values of one request, taken when it arrived and checked when somebody first asks. */
export class Reading {
  #captured: Captured | undefined;
  #settle: (() => Captured) | undefined;

  constructor(settle: () => Captured) {
    this.#settle = settle;
  }

  captured(): Captured {
    if (this.#settle !== undefined) {
      this.#captured = this.#settle();
      // A timer may keep this for long; it need not keep the request.
      this.#settle = undefined;
    }
    return this.#captured ?? NOTHING_CAPTURED;
  }
}

/** Headers from a request to the requests that it causes. Its methods may be taken off it: none uses `this`. */
export class HeaderPropagation {
  readonly #storage = new AsyncLocalStorage<Captured | Reading>();
  readonly #rules: CompiledRules['rules'];
  readonly #buckets: CompiledRules['buckets'];
  readonly #limits: ResolvedLimits;
  readonly #receives: TargetMatcher;
  readonly #onDrop: HeaderPropagationOptions['onDrop'];
  readonly #counts: Record<DropReason, number> = { characters: 0, length: 0, count: 0, filter: 0, accept: 0 };

  /** @throws HeaderPropagationError when an option is wrong */
  constructor(options: HeaderPropagationOptions) {
    checkOptions(options);
    const compiled = compileRules(options.rules, options.accept === undefined ? 'all' : options.accept);
    this.#rules = compiled.rules;
    this.#buckets = compiled.buckets;
    this.#limits = resolveLimits(options.limits);
    this.#receives = compileTargets(options.targets === undefined ? [clusterLocal] : options.targets);
    this.#onDrop = options.onDrop;
    warnOfCredentials(compiled, options.warn);
  }

  /**
   * What the rules find in a request.
   *
   * @param headers names in any letter case; values as Node's parser gives them, one character for each byte
   *   (characters above U+00FF become their UTF-8 bytes)
   * @param url path and query as the request line has them, or a whole URL
   * @param details a Node `IncomingMessage` fits: it keeps repeated headers apart and knows the peer
   */
  readonly extract = (
    headers: IncomingHeaders,
    url: string | URL = '',
    details?: IncomingDetails,
  ): Captured => this.extractLowerCase(lowerCase(headers), typeof url === 'string' ? url : url.href, details);

  /** `extract` without the look at each name's letter case: for headers that Node's own parser made. */
  readonly extractLowerCase = (
    headers: LowerCaseHeaders,
    url: string,
    details?: IncomingDetails,
  ): Captured => {
    const reading = this.read(headers, url, details);
    return reading === undefined ? NOTHING_CAPTURED : reading.captured();
  };

  /**
   * The first half of `extractLowerCase`: takes the values as they are now. They are checked, and defaults made, when
   * somebody first asks, so that a request that calls nobody does not pay for it. Undefined when there is nothing.
   */
  readonly read = (
    headers: LowerCaseHeaders,
    url: string,
    details?: IncomingDetails,
  ): Reading | undefined => {
    let found: Found[] | undefined;
    for (const rule of this.#rules) {
      const values = rule.read(headers, url, details);
      if (values === undefined && rule.default === undefined && rule.value === undefined) continue;
      found ??= [];
      found.push(values, rule);
    }
    if (found === undefined) return undefined;
    const kept = found;
    return new Reading(() => this.#settle(kept, { headers, url, details }));
  };

  #settle(found: readonly Found[], request: Request): Captured {
    const draft = new Draft(this.#limits);
    for (let at = 0; at < found.length; at += 2) {
      const values = found[at] as FoundValues;
      const rule = found[at + 1] as CompiledRule;
      if (rule.contested && draft.filled(rule)) continue;
      if (rule.value !== undefined) addText(draft, rule, rule.value(viewOf(request)));
      else if (values !== undefined) this.#addFound(draft, rule, values, request);
      if (rule.default !== undefined && !draft.filled(rule)) addDefault(draft, rule);
    }
    return this.#finish(draft);
  }

  #addFound(draft: Draft, rule: CompiledRule, found: string | readonly string[], request: Request): void {
    if (rule.accept === 'all') draft.add(rule, found);
    else if (accepted(rule, found, request)) draft.add(rule, found);
    else draft.drop(rule, 'accept');
  }

  #finish(draft: Draft): Captured {
    for (const bucket of this.#buckets) draft.addBucket(bucket);
    const captured = draft.finish();
    for (const dropped of captured.dropped) {
      this.#counts[dropped.reason] += 1;
      this.#onDrop?.(dropped);
    }
    return captured;
  }

  /**
   * Adds captured headers to a request's own and returns them. Nothing is added for a host that is not among
   * `targets`, and nothing that the application has set is changed.
   *
   * @param captured from `extract` or `captured()`; undefined (outside a request) adds nothing
   */
  readonly inject = <H extends OutgoingHeaders>(
    captured: Captured | undefined,
    target: TargetAddress,
    headers: H,
  ): H => {
    this.injectInto(captured, target, () => methodsOf(headers));
    return headers;
  };

  /**
   * `inject` for a client that keeps its headers in a form of its own; asked only when there is something to add.
   *
   * @returns what was added, for `removeHeaders`; undefined when nothing was
   */
  readonly injectInto = (
    captured: Captured | undefined,
    target: TargetAddress,
    outgoing: () => MethodHeaders,
  ): Added | undefined => {
    if (captured === undefined || captured === NOTHING_CAPTURED) return undefined;
    return this.allows(target) ? addHeaders(captured, outgoing()) : undefined;
  };

  /** Whether a host is among `targets`. */
  readonly allows = (target: TargetAddress): boolean => {
    const resolved = requestTarget(target);
    return resolved !== undefined && this.#receives(resolved);
  };

  /** Runs a function, and everything that it starts, with what was captured. */
  readonly run = <T>(captured: Captured, fn: () => T): T => this.#storage.run(captured, fn);

  /**
   * Runs a job, a queue's message or a test with headers of its own, as text: those that a rule sends on, by their
   * outgoing or their incoming names. The limits hold; `accept` does not, since the application itself speaks.
   */
  readonly runWith = <T>(headers: IncomingHeaders, fn: () => T): T =>
    this.run(this.#fromApplication(encoded(headers)), fn);

  #fromApplication(headers: LowerCaseHeaders): Captured {
    const draft = new Draft(this.#limits);
    for (const rule of this.#rules) {
      if (rule.contested && draft.filled(rule)) continue;
      const ready = rule.readOutgoing(headers, '', undefined);
      const found = ready ?? rule.read(headers, '', undefined);
      if (ready !== undefined) draft.add({ ...rule, transform: undefined }, ready);
      else if (found !== undefined) draft.add(rule, found);
      else if (rule.default !== undefined) addDefault(draft, rule);
    }
    return this.#finish(draft);
  }

  /** `run` for what `read` gave. */
  readonly runReading = <T>(reading: Reading | undefined, fn: () => T): T =>
    this.#storage.run(reading ?? NOTHING_CAPTURED, fn);

  /** Whether the current context is that of a reading. */
  readonly isCurrent = (reading: Reading | undefined): boolean =>
    this.#storage.getStore() === (reading ?? NOTHING_CAPTURED);

  /** What the current request gave; undefined outside a request. */
  readonly captured = (): Captured | undefined => {
    const held = this.#storage.getStore();
    return held instanceof Reading ? held.captured() : held;
  };

  /** The headers that go out with the current request's calls, as text; none outside a request. */
  readonly current = (): HeaderRecord => decoded((this.captured() ?? NOTHING_CAPTURED).headers);

  /** How many values were dropped since the start, by reason. */
  readonly dropCounts = (): DropCounts => ({ ...this.#counts });
}

type FoundValues = string | readonly string[] | undefined;
/** Values and the rule that found them, in turn: one list, no object for each. */
type Found = FoundValues | CompiledRule;

interface Request {
  readonly headers: LowerCaseHeaders;
  readonly url: string;
  readonly details: IncomingDetails | undefined;
}

function viewOf({ headers, url, details }: Request): RequestView {
  return { headers, url, remoteAddress: details?.socket?.remoteAddress, request: details };
}

function accepted(rule: CompiledRule, found: string | readonly string[], request: Request): boolean {
  const { accept } = rule;
  if (typeof accept !== 'function') return accept === 'all';
  const { name, source } = rule;
  return (typeof found === 'string' ? [found] : found).every((value) =>
    saysYes(accept({ ...viewOf(request), name, source, value: asText(value) })),
  );
}

function addDefault(draft: Draft, rule: CompiledRule): void {
  addText(draft, rule, typeof rule.default === 'function' ? rule.default() : rule.default);
}

/** A promise, a number or nothing is no text: such a value does not go out. */
function addText(draft: Draft, rule: CompiledRule, text: unknown): void {
  if (typeof text === 'string') draft.add(rule, encodeFieldValue(text));
  else if (text !== undefined && text !== null) draft.drop(rule, 'characters');
}

/** Node's headers are in lower case already; anything else is brought there. */
function lowerCase(headers: IncomingHeaders): LowerCaseHeaders {
  if (typeof headers.get === 'function') return Object.fromEntries(headers as Headers);
  const record = headers as LowerCaseHeaders;
  for (const name in record) {
    if (name !== name.toLowerCase()) {
      return Object.fromEntries(Object.entries(record).map(([key, value]) => [key.toLowerCase(), value]));
    }
  }
  return record;
}

/** A web `Headers` holds bytes where it came from a request, and text where a program filled it. */
function encoded(headers: IncomingHeaders): LowerCaseHeaders {
  const encode =
    typeof headers.get === 'function' ? (value: string) => encodeFieldValue(asText(value)) : encodeFieldValue;
  return mapped(lowerCase(headers), encode);
}

function decoded(headers: HeaderRecord): HeaderRecord {
  return mapped(headers, asText) as HeaderRecord;
}

function mapped(headers: LowerCaseHeaders, change: (value: string) => string): LowerCaseHeaders {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [
      name,
      typeof value === 'string' ? change(value) : value?.map(change),
    ]),
  );
}

function warnOfCredentials(rules: CompiledRules, warn: HeaderPropagationOptions['warn']): void {
  const say = warn ?? ((message: string) => process.emitWarning(message, 'HeaderPropagationWarning'));
  for (const name of namedCredentials(rules)) {
    say(
      `"${name}" is among the headers to propagate: every host in "targets" can act as the caller. Keep "targets" to services that need it, or exchange the credential for one of its own.`,
    );
  }
}
