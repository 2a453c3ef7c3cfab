import { HeaderPropagationError } from '../errors.js';
import { encodeFieldValue, isFieldValue } from '../field-value.js';
import { headerName } from '../header-name.js';
import { checkCount, checkFunction, checkObject, checkPlace, checkRegExp, show } from '../option-checks.js';
import { checkAccept } from './accept.js';
import type { CompiledRule } from './compiled-rule.js';
import { readerFor } from './reader.js';
import type { Accept, BucketRule, Rule, Source } from './rule.js';

/** Every rule that reads or makes a value of its own. */
export type RuleWithSource = Exclude<Rule, string | BucketRule>;

/** What only some kinds of rules have. */
type LooseRule = Partial<Pick<CompiledRule, 'value' | 'default' | 'accept'>>;

/** @throws HeaderPropagationError with the rule's place when it is wrong */
export function compileRule(rule: string | RuleWithSource, where: string, accept: Accept): CompiledRule {
  const spelled: RuleWithSource = typeof rule === 'string' ? { header: rule } : rule;
  const { source, from } = sourceOf(spelled, where);
  checkSettings(spelled, where);
  const destination = destinationOf(spelled, source, from, where);
  const { value, accept: own, default: fallback } = spelled as LooseRule;
  return {
    ...destination,
    where,
    name: destination.header ?? `baggage:${destination.member}`,
    source,
    from,
    contested: false,
    read: value === undefined ? readerFor(source, from, destination.member !== undefined) : () => undefined,
    readOutgoing:
      destination.member === undefined
        ? readerFor('header', destination.header, false)
        : readerFor('baggage', destination.member, source === 'baggage'),
    accept: own ?? accept,
    filter: spelled.filter,
    characters: spelled.characters,
    maxLength: spelled.maxLength,
    default: fallback,
    value,
    transform: undefined,
  };
}

const SOURCE_KEYS = {
  header: 'header',
  from: 'header',
  query: 'query',
  cookie: 'cookie',
  baggage: 'baggage',
  value: 'header',
} as const;

const DESTINATION_KEYS = ['to', 'toBaggage'];
const CHECK_KEYS = ['filter', 'characters', 'maxLength'];

function sourceOf(rule: RuleWithSource, where: string): { source: Source; from: string } {
  const keys = Object.keys(SOURCE_KEYS).filter((key) => key in Object(rule)) as (keyof typeof SOURCE_KEYS)[];
  const [key] = keys;
  const from = key && (rule as unknown as Record<string, unknown>)[key];
  const fits = key === 'value' ? typeof from === 'function' : typeof from === 'string' && from !== '';
  if (typeof rule !== 'object' || keys.length !== 1 || key === undefined || !fits) {
    throw new HeaderPropagationError(
      'INVALID_RULE',
      `${where}: ${show(rule)}: a rule reads one thing. Write a header's name, or one of { header }, { from, to }, { query, to }, { cookie, to }, { baggage }, { value: (request) => ..., to }, { bucket, of, salt }.`,
    );
  }
  const others = key === 'value' ? [] : ['default', 'accept', ...(key === 'header' ? ['place'] : [])];
  checkObject(rule, [key, ...DESTINATION_KEYS, ...CHECK_KEYS, ...others], {
    path: where,
    code: 'INVALID_RULE',
  });
  const source = SOURCE_KEYS[key];
  if (source === 'cookie') checkCookieName(from as string, where);
  if (key === 'value') return { source, from: '' };
  return { source, from: source === 'header' ? headerName(from as string, where) : (from as string) };
}

/** What stands before the first `=` between two semicolons, without white space around it. */
function checkCookieName(name: string, where: string): void {
  if (!/[=;]/.test(name) && name === name.trim()) return;
  throw new HeaderPropagationError(
    'INVALID_RULE',
    `${where}.cookie: ${show(name)} is not the name of a cookie. Write the name alone, without "=", ";" and the value.`,
  );
}

function checkSettings(rule: RuleWithSource, where: string): void {
  const at = (name: string) => ({ path: `${where}.${name}`, code: 'INVALID_RULE' as const });
  const { value, accept, default: fallback } = rule as LooseRule;
  checkFunction(value, at('value'));
  const { place } = rule as { place?: unknown };
  if (place !== undefined) checkPlace(place, at('place'));
  checkFunction(rule.filter, at('filter'), 'a function that returns a boolean');
  checkRegExp(rule.characters, at('characters'));
  checkCount(rule.maxLength, at('maxLength'), 1, 64);
  if (accept !== undefined) checkAccept(accept, `${where}.accept`);
  if (typeof fallback !== 'string')
    checkFunction(fallback, at('default'), 'a text or a function that makes one');
  else if (!isFieldValue(fallback) || encodeFieldValue(fallback).length > (rule.maxLength ?? Infinity)) {
    throw new HeaderPropagationError(
      'INVALID_RULE',
      `${where}.default: ${show(fallback)} would never be sent. Write a text without control characters and without white space at either end, within maxLength.`,
    );
  }
}

const BAGGAGE_KEY = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;

type CompiledDestination = { header: string; member: undefined } | { header: undefined; member: string };

function destinationOf(
  rule: RuleWithSource,
  source: Source,
  from: string,
  where: string,
): CompiledDestination {
  if (rule.to !== undefined && rule.toBaggage !== undefined) {
    throw new HeaderPropagationError('INVALID_RULE', `${where}: write either "to" or "toBaggage", not both.`);
  }
  const member = rule.toBaggage ?? (source === 'baggage' && rule.to === undefined ? from : undefined);
  if (member !== undefined) return { header: undefined, member: baggageKey(member, where) };
  const name = rule.to ?? ('header' in rule ? from : undefined);
  if (name === undefined) {
    throw new HeaderPropagationError(
      'INVALID_RULE',
      `${where}: where does the value go? Add to: "a-header" or toBaggage: "a-member".`,
    );
  }
  return { header: headerName(name, where), member: undefined };
}

function baggageKey(key: unknown, where: string): string {
  if (typeof key === 'string' && BAGGAGE_KEY.test(key)) return key;
  throw new HeaderPropagationError(
    'INVALID_RULE',
    `${where}: ${show(key)} cannot be the key of a baggage member. Write letters, digits, hyphens and dots.`,
  );
}
