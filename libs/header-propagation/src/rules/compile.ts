import { HeaderPropagationError } from '../errors.js';
import { CREDENTIAL_HEADERS } from '../header-name.js';
import { checkList, reading } from '../option-checks.js';
import { checkAccept } from './accept.js';
import { type CompiledBucket, compileBucket, isBucketRule } from './compile-bucket.js';
import { compileRule, type RuleWithSource } from './compile-rule.js';
import type { CompiledRule } from './compiled-rule.js';
import type { Accept, Rule } from './rule.js';

/** Everything that `rules` says, with its names checked: nothing is decided again while a request is served. */
export interface CompiledRules {
  readonly rules: readonly CompiledRule[];
  /** Computed from what the rules gave. */
  readonly buckets: readonly CompiledBucket[];
  /** The outgoing headers, in lower case. */
  readonly headers: ReadonlySet<string>;
}

/** @throws HeaderPropagationError for the first rule that is wrong, with its index */
export function compileRules(rules: readonly Rule[], accept: Accept): CompiledRules {
  checkList(rules, { path: 'rules', code: 'INVALID_RULE' }, '...istioTracing, { query: "name", to: "user" }');
  checkAccept(accept, 'accept');
  const compiled: CompiledRule[] = [];
  const buckets: CompiledBucket[] = [];
  for (const [index, rule] of rules.entries()) {
    const where = `rules[${index}]`;
    const one = reading({ path: where, code: 'INVALID_RULE' }, () => compileOne(rule, where, accept));
    if ('read' in one) compiled.push(one);
    else buckets.push(one);
  }
  checkBuckets(compiled, buckets);
  const headers = new Set([...compiled, ...buckets].map(({ header }) => header ?? 'baggage'));
  return { rules: withContests(compiled), buckets, headers };
}

function compileOne(rule: Rule, where: string, accept: Accept): CompiledRule | CompiledBucket {
  return isBucketRule(rule)
    ? compileBucket(rule, where, accept)
    : compileRule(rule as string | RuleWithSource, where, accept);
}

function withContests(rules: readonly CompiledRule[]): CompiledRule[] {
  const once = new Set<string>();
  const contested = new Set<string>();
  for (const { name } of rules) (once.has(name) ? contested : once).add(name);
  return rules.map((rule) => ({ ...rule, contested: contested.has(rule.name) }));
}

/** A bucket is of something that is there, and nobody but us writes it. */
function checkBuckets(rules: readonly CompiledRule[], buckets: readonly CompiledBucket[]): void {
  for (const { header, of, where } of buckets) {
    if (rules.some((rule) => rule.header === of)) continue;
    throw new HeaderPropagationError(
      'INVALID_RULE',
      `${where}.of: no rule sends "${of}" on. Add one, such as "${of}" or { query: "name", to: "${of}" }, or write of: { header: "${of}" } to put it into "${header}" alone.`,
    );
  }
  const ours = [...rules.filter((rule) => rule.transform !== undefined), ...buckets];
  for (const { header, where } of ours) {
    const others = [...rules, ...buckets].filter((other) => other.header === header);
    if (others.length === 1) continue;
    throw new HeaderPropagationError(
      'INVALID_RULE',
      `${where}: another rule sends "${header}" too. A bucket is computed here and nowhere else, or a caller could choose it: remove the other rule.`,
    );
  }
}

/** The credential headers that the rules read or write. */
export function namedCredentials({ rules, buckets }: Pick<CompiledRules, 'rules' | 'buckets'>): string[] {
  const names = rules.flatMap((rule) => (rule.transform ? [rule.header] : [rule.from, rule.header]));
  const all = new Set([...names, ...buckets.map((bucket) => bucket.header)]);
  return [...CREDENTIAL_HEADERS].filter((name) => all.has(name));
}
