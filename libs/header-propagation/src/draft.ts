import {
  type Captured,
  type Dropped,
  type DropReason,
  type HeaderValue,
  NOTHING_CAPTURED,
} from './captured.js';
import { asBytes, isFieldBytes } from './field-value.js';
import type { ResolvedLimits } from './options.js';
import { formatMember, parseBaggage } from './rules/baggage.js';
import type { CompiledRule } from './rules/compile.js';

/** What one request has given so far, measured against the limits. */
export class Draft {
  readonly #limits: ResolvedLimits;
  readonly #headers: Record<string, HeaderValue> = {};
  #baggage: Record<string, string> | undefined;
  #dropped: Dropped[] | undefined;
  #lines = 0;
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
      const bytes = this.#admit(rule, values);
      if (bytes !== undefined) this.#put(rule, bytes);
      return;
    }
    const admitted = values.map((value) => this.#admit(rule, value)).filter((value) => value !== undefined);
    const [first] = admitted;
    if (first !== undefined) this.#put(rule, admitted.length === 1 ? first : admitted);
  }

  #admit(rule: CompiledRule, value: string): string | undefined {
    // Nearly every value is bytes already; only what is not is looked at as text.
    const legal = isFieldBytes(value);
    const bytes = legal ? value : asBytes(value);
    const reason = legal || isFieldBytes(bytes) ? this.#refusal(rule, bytes) : 'characters';
    if (reason === undefined) return bytes;
    this.drop(rule, reason);
    return undefined;
  }

  #refusal(rule: CompiledRule, value: string): DropReason | undefined {
    const { headers, valueBytes, totalBytes, characters } = this.#limits;
    if (value.length > (rule.maxLength ?? valueBytes)) return 'length';
    // search() rather than test(): a RegExp with the flag g would remember where it stopped.
    if (characters !== undefined && value.search(characters) === -1) return 'characters';
    if (rule.characters !== undefined && value.search(rule.characters) === -1) return 'characters';
    if (rule.filter !== undefined && !rule.filter(value)) return 'filter';
    const bytes = this.#bytes + rule.name.length + value.length;
    if (this.#lines >= headers || bytes > totalBytes) return 'count';
    this.#lines += 1;
    this.#bytes = bytes;
    return undefined;
  }

  #put(rule: CompiledRule, value: HeaderValue): void {
    if (rule.header !== undefined) {
      this.#headers[rule.header] = value;
      return;
    }
    const key = rule.member as string;
    const text = typeof value === 'string' ? value : (value[0] as string);
    this.#baggage ??= {};
    this.#baggage[key] = rule.source === 'baggage' ? renamed(text, key) : formatMember(key, text);
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

function renamed(member: string, key: string): string {
  return `${key}${member.slice(member.indexOf('='))}`;
}

/** A member that a rule names stands before one of its key in a `baggage` that was taken whole. */
function withMembers(whole: HeaderValue | undefined, members: Readonly<Record<string, string>>): string {
  const header = whole === undefined || typeof whole === 'string' ? (whole ?? '') : whole.join(',');
  const others = parseBaggage(header).filter((member) => !Object.hasOwn(members, member.key));
  return [...others.map((member) => member.text), ...Object.values(members)].join(',');
}
