import { HeaderPropagationError } from '../errors.js';
import { CREDENTIAL_HEADERS, headerName } from '../header-name.js';
import { type Reader, readerFor } from './reader.js';
import type { Accept, Rule, Source } from './rule.js';

/** A rule with its names checked and its reader chosen: nothing is decided again while a request is served. */
export interface CompiledRule {
  /** For people: the header, or `baggage:member`. */
  readonly name: string;
  readonly source: Source;
  /** Whether another rule feeds the same place: the first that finds a value wins. */
  readonly contested: boolean;
  readonly read: Reader;
  /** Finds the value where this rule would have put it, in headers that `current()` gave. */
  readonly readOutgoing: Reader;
  /** The outgoing header; undefined when the value becomes a member of `baggage`. */
  readonly header: string | undefined;
  readonly member: string | undefined;
  readonly accept: Accept;
  readonly filter: ((value: string) => boolean) | undefined;
  readonly characters: RegExp | undefined;
  readonly maxLength: number | undefined;
  readonly default: string | (() => string | undefined) | undefined;
}

/** @throws HeaderPropagationError for the first rule that is wrong, with its index */
export function compileRules(rules: readonly Rule[], accept: Accept): CompiledRule[] {
  if (!Array.isArray(rules)) {
    throw new HeaderPropagationError(
      'INVALID_RULE',
      'rules: a list is needed, such as [...istioTracing, { query: "name", to: "user" }].',
    );
  }
  checkAccept(accept, 'accept');
  const compiled = rules.map((rule, index) => compileRule(rule, `rules[${index}]`, accept));
  return compiled.map((rule) => ({
    ...rule,
    contested: compiled.filter((other) => other.name === rule.name).length > 1,
  }));
}

/** The credential headers that the rules read or write. */
export function namedCredentials(rules: readonly Rule[]): string[] {
  const names = rules.flatMap((rule) =>
    typeof rule === 'string'
      ? [rule]
      : ['header' in rule ? rule.header : 'from' in rule ? rule.from : '', rule.to ?? ''],
  );
  return [...CREDENTIAL_HEADERS].filter((name) => names.some((named) => named.toLowerCase() === name));
}

type ObjectRule = Exclude<Rule, string>;

function compileRule(rule: Rule, where: string, accept: Accept): CompiledRule {
  const spelled: ObjectRule = typeof rule === 'string' ? { header: rule } : rule;
  const { source, from } = sourceOf(spelled, where);
  const destination = destinationOf(spelled, source, from, where);
  if (spelled.accept !== undefined) checkAccept(spelled.accept, `${where}.accept`);
  return {
    ...destination,
    name: destination.header ?? `baggage:${destination.member}`,
    source,
    contested: false,
    read: readerFor(source, from, destination.member !== undefined),
    readOutgoing:
      destination.member === undefined
        ? readerFor('header', destination.header, false)
        : readerFor('baggage', destination.member, source === 'baggage'),
    accept: spelled.accept ?? accept,
    filter: spelled.filter,
    characters: spelled.characters,
    maxLength: spelled.maxLength,
    default: spelled.default,
  };
}

const SOURCE_KEYS = {
  header: 'header',
  from: 'header',
  query: 'query',
  cookie: 'cookie',
  baggage: 'baggage',
} as const;

function sourceOf(rule: ObjectRule, where: string): { source: Source; from: string } {
  const keys = Object.keys(SOURCE_KEYS).filter((key) => key in (rule ?? {})) as (keyof typeof SOURCE_KEYS)[];
  const [key] = keys;
  const from = key && (rule as unknown as Record<string, unknown>)[key];
  if (keys.length !== 1 || key === undefined || typeof from !== 'string' || from === '') {
    throw new HeaderPropagationError(
      'INVALID_RULE',
      `${where}: a rule reads one thing. Write a header's name, or one of { header }, { from, to }, { query, to }, { cookie, to }, { baggage }.`,
    );
  }
  const source = SOURCE_KEYS[key];
  return { source, from: source === 'header' ? headerName(from, where) : from };
}

const BAGGAGE_KEY = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;

type CompiledDestination = { header: string; member: undefined } | { header: undefined; member: string };

function destinationOf(rule: ObjectRule, source: Source, from: string, where: string): CompiledDestination {
  if (rule.to !== undefined && rule.toBaggage !== undefined) {
    throw new HeaderPropagationError('INVALID_RULE', `${where}: write either "to" or "toBaggage", not both.`);
  }
  const member = rule.toBaggage ?? (source === 'baggage' && rule.to === undefined ? from : undefined);
  if (member !== undefined) return { header: undefined, member: baggageKey(member, where) };
  const name = rule.to ?? (source === 'header' && !('from' in rule) ? from : undefined);
  if (name === undefined) {
    throw new HeaderPropagationError(
      'INVALID_RULE',
      `${where}: where does the value go? Add to: "a-header" or toBaggage: "a-member".`,
    );
  }
  return { header: headerName(name, where), member: undefined };
}

function baggageKey(key: string, where: string): string {
  if (BAGGAGE_KEY.test(key)) return key;
  throw new HeaderPropagationError(
    'INVALID_RULE',
    `${where}: ${JSON.stringify(key)} cannot be the key of a baggage member. Write letters, digits, hyphens and dots.`,
  );
}

function checkAccept(accept: Accept, where: string): void {
  if (accept === 'all' || accept === 'none' || typeof accept === 'function') return;
  throw new HeaderPropagationError(
    'INVALID_ACCEPT',
    `${where}: ${JSON.stringify(accept)} is unknown. Write 'all', 'none' or a function that returns a boolean.`,
  );
}
