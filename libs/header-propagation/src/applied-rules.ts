import type { Captured, DropReason } from './captured.js';
import type { CompiledOptions } from './compile-options.js';
import { Draft } from './draft.js';
import { asText, encodeFieldValue } from './field-value.js';
import { saysYes } from './rules/accept.js';
import type { CompiledRule } from './rules/compiled-rule.js';
import type { LowerCaseHeaders } from './rules/reader.js';
import type { IncomingDetails, RequestView } from './rules/rule.js';

/** Dropped values by their reasons since the start. */
export type DropCounts = Readonly<Record<DropReason, number>>;

/** What is looked at of a request that came in. */
export interface IncomingRequest {
  readonly headers: LowerCaseHeaders;
  readonly url: string;
  readonly details: IncomingDetails | undefined;
}

type FoundValues = string | readonly string[] | undefined;

/** What the rules found in one request, each in its rule's place. */
export type Found = readonly FoundValues[];

/** The rules at work: what they find in a request, and what of it goes out. */
export class AppliedRules {
  readonly #rules: CompiledOptions['rules'];
  readonly #buckets: CompiledOptions['buckets'];
  readonly #limits: CompiledOptions['limits'];
  readonly #onDrop: CompiledOptions['onDrop'];
  readonly #nothing: Found;
  /** Whether there may be values in a request in which no rule finds any. */
  readonly #makesValues: boolean;
  readonly #counts: Record<DropReason, number> = { characters: 0, length: 0, count: 0, filter: 0, accept: 0 };

  constructor({ rules, buckets, limits, onDrop }: CompiledOptions) {
    this.#rules = rules;
    this.#buckets = buckets;
    this.#limits = limits;
    this.#onDrop = onDrop;
    this.#nothing = rules.map(() => undefined);
    this.#makesValues = rules.some(makesValues);
  }

  /** Takes the values as they are now; undefined when there is nothing to settle. */
  find(headers: LowerCaseHeaders, url: string, details: IncomingDetails | undefined): Found | undefined {
    const rules = this.#rules;
    let found: FoundValues[] | undefined;
    for (let at = 0; at < rules.length; at++) {
      const values = (rules[at] as CompiledRule).read(headers, url, details);
      if (values === undefined) continue;
      // At its full length from the start: to grow it costs more than to read the values.
      found ??= [...this.#nothing];
      found[at] = values;
    }
    return found ?? (this.#makesValues ? this.#nothing : undefined);
  }

  /** Checks what was found, and makes defaults and other values of the application's. */
  settle(found: Found, request: IncomingRequest): Captured {
    const rules = this.#rules;
    const draft = new Draft(this.#limits);
    for (let at = 0; at < rules.length; at++) {
      const rule = rules[at] as CompiledRule;
      const values = found[at];
      if (values === undefined && !makesValues(rule)) continue;
      if (rule.contested && draft.filled(rule)) continue;
      if (rule.value !== undefined) addText(draft, rule, rule.value(viewOf(request)));
      else if (values !== undefined) addFound(draft, rule, values, request);
      if (rule.default !== undefined && !draft.filled(rule)) addDefault(draft, rule);
    }
    return this.#finish(draft);
  }

  /** What goes out of headers that the application itself gives, by their outgoing or incoming names: `accept` is not asked. */
  fromApplication(headers: LowerCaseHeaders): Captured {
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

  /** Whether one of them sends a header of this name, in lower case. */
  send(header: string): boolean {
    return this.#rules.some(({ name }) => name === header);
  }

  dropCounts(): DropCounts {
    return { ...this.#counts };
  }

  #finish(draft: Draft): Captured {
    for (const bucket of this.#buckets) draft.addBucket(bucket);
    const captured = draft.finish();
    if (captured.dropped.length > 0) this.#count(captured.dropped);
    return captured;
  }

  #count(all: Captured['dropped']): void {
    for (const dropped of all) {
      this.#counts[dropped.reason] += 1;
      this.#onDrop?.(dropped);
    }
  }
}

/** Whether a rule may have a value where it found none. */
function makesValues(rule: CompiledRule): boolean {
  return rule.default !== undefined || rule.value !== undefined;
}

function addFound(
  draft: Draft,
  rule: CompiledRule,
  found: string | readonly string[],
  request: IncomingRequest,
): void {
  if (accepted(rule, found, request)) draft.add(rule, found);
  else draft.drop(rule, 'accept');
}

function accepted(
  { accept, name, source }: CompiledRule,
  found: string | readonly string[],
  request: IncomingRequest,
): boolean {
  if (typeof accept !== 'function') return accept === 'all';
  return (typeof found === 'string' ? [found] : found).every((value) =>
    saysYes(accept({ ...viewOf(request), name, source, value: asText(value) })),
  );
}

function viewOf({ headers, url, details }: IncomingRequest): RequestView {
  return { headers, url, remoteAddress: details?.socket?.remoteAddress, request: details };
}

function addDefault(draft: Draft, rule: CompiledRule): void {
  addText(draft, rule, typeof rule.default === 'function' ? rule.default() : rule.default);
}

/** A promise, a number or nothing is not text: such a value does not go out. */
function addText(draft: Draft, rule: CompiledRule, text: unknown): void {
  if (typeof text === 'string') draft.add(rule, encodeFieldValue(text));
  else if (text !== undefined && text !== null) draft.drop(rule, 'characters');
}
