import {
  type Captured,
  type Dropped,
  type DropReason,
  type HeaderValue,
  NOTHING_CAPTURED,
} from './captured.js';
import { asBytes, asText, isFieldBytes } from './field-value.js';
import type { ResolvedLimits } from './options.js';
import { saysYes } from './rules/accept.js';
import { formatMember, parseBaggage } from './rules/baggage.js';
import type { CompiledBucket } from './rules/compile-bucket.js';
import type { CompiledRule } from './rules/compiled-rule.js';

/** What one request has given so far, measured against the limits. */
export class Draft {
  readonly #limits: ResolvedLimits;
  readonly #headers: Record<string, HeaderValue> = {};
  #baggage: Record<string, string> | undefined;
  #dropped: Dropped[] | undefined;
  #bytes = 0;

  constructor(limits: ResolvedLimits) {
    this.#limits = limits;
  }

  /** Whether an earlier rule has filled this rule's place. */
  filled(rule: CompiledRule): boolean {
    return rule.header === undefined
      ? Object.hasOwn(this.#baggage ?? {}, rule.member as string)
      : Object.hasOwn(this.#headers, rule.header);
  }

  drop(rule: CompiledRule, reason: DropReason): void {
    this.#dropped ??= [];
    this.#dropped.push({ name: rule.name, reason });
  }

  /** Adds the values that pass; several only where the header came several times. */
  add(rule: CompiledRule, values: string | readonly string[]): void {
    if (typeof values === 'string') {
      const bytes = this.#admit(rule, values, 0);
      if (bytes !== undefined) this.#put(rule, bytes);
      return;
    }
    const admitted: string[] = [];
    for (const value of values) {
      const bytes = this.#admit(rule, value, admitted.length);
      if (bytes !== undefined) admitted.push(bytes);
    }
    const [first] = admitted;
    if (first !== undefined) this.#put(rule, admitted.length === 1 ? first : admitted);
  }

  /** @param lines how many lines of this rule were admitted before */
  #admit(rule: CompiledRule, value: string, lines: number): string | undefined {
    // Nearly every value is bytes already; only what is not is looked at as text.
    const legal = isFieldBytes(value);
    const bytes = legal ? value : asBytes(value);
    const reason = legal || isFieldBytes(bytes) ? this.#refusal(rule, bytes, lines) : 'characters';
    if (reason === undefined) return bytes;
    this.drop(rule, reason);
    return undefined;
  }

  #refusal(rule: CompiledRule, value: string, lines: number): DropReason | undefined {
    const { headers, valueBytes, totalBytes, characters } = this.#limits;
    if (value.length > (rule.maxLength ?? valueBytes)) return 'length';
    // search() rather than test(): a RegExp with the flag g would remember where it stopped.
    if (characters !== undefined && asText(value).search(characters) === -1) return 'characters';
    if (rule.characters !== undefined && asText(value).search(rule.characters) === -1) return 'characters';
    if (rule.filter !== undefined && !saysYes(rule.filter(asText(value)))) return 'filter';
    const bytes = this.#bytes + rule.name.length + value.length;
    if (lines >= headers || bytes > totalBytes) return 'count';
    this.#bytes = bytes;
    return undefined;
  }

  #put(rule: CompiledRule, value: HeaderValue): void {
    const first = typeof value === 'string' ? value : (value[0] as string);
    if (rule.header !== undefined) {
      if (rule.transform !== undefined) this.#headers[rule.header] = rule.transform(first);
      else if (rule.header !== 'baggage' || !isEmpty(value)) this.#headers[rule.header] = value;
      return;
    }
    const key = rule.member as string;
    this.#baggage ??= {};
    this.#baggage[key] = rule.source === 'baggage' ? renamed(first, key) : formatMember(key, first);
  }

  /** Computes a bucket, unless the value that it is of was not captured or was empty. */
  addBucket({ header, of, transform }: CompiledBucket): void {
    if (!Object.hasOwn(this.#headers, of)) return;
    const value = this.#headers[of] as HeaderValue;
    const first = typeof value === 'string' ? value : (value[0] as string);
    if (first !== '') this.#headers[header] = transform(first);
  }

  finish(): Captured {
    if (this.#baggage !== undefined) {
      this.#headers.baggage = withMembers(this.#headers.baggage, this.#baggage);
    }
    return {
      headers: this.#headers,
      baggage: this.#baggage ?? NOTHING_CAPTURED.baggage,
      dropped: this.#dropped ?? NOTHING_CAPTURED.dropped,
    };
  }
}

/** A `baggage` without members says nothing, and W3C Baggage has no such header. */
function isEmpty(value: HeaderValue): boolean {
  return typeof value === 'string' ? value === '' : value.every((line) => line === '');
}

function renamed(member: string, key: string): string {
  return `${key}${member.slice(member.indexOf('='))}`;
}

/** A member that a rule names stands before one of its key in a `baggage` that was taken whole. */
function withMembers(whole: HeaderValue | undefined, members: Readonly<Record<string, string>>): string {
  const header = whole === undefined || typeof whole === 'string' ? (whole ?? '') : whole.join(',');
  const others = parseBaggage(header).filter((member) => !Object.hasOwn(members, member.key));
  return [...others.map((member) => member.text), ...Object.values(members)].join(',');
}
