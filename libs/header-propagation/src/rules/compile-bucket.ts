import { headerName } from '../header-name.js';
import { memoize } from '../memoize.js';
import { checkObject } from '../option-checks.js';
import { bucketOfBytes, checkBucketOptions, DEFAULT_DIGITS } from './bucket.js';
import { compileRule } from './compile-rule.js';
import type { CompiledRule } from './compiled-rule.js';
import type { Accept, BucketRule, BucketSource, Rule } from './rule.js';

/** A header that is computed from another one that is sent on. */
export interface CompiledBucket {
  readonly where: string;
  readonly header: string;
  /** The other header, in lower case. */
  readonly of: string;
  readonly transform: (bytes: string) => string;
}

export function isBucketRule(rule: Rule): rule is BucketRule {
  return typeof rule === 'object' && rule !== null && 'bucket' in rule;
}

/**
 * A bucket of a header that another rule sends on, or a rule that reads a source of its own.
 *
 * @throws HeaderPropagationError with the rule's place when it is wrong
 */
export function compileBucket(
  rule: BucketRule,
  where: string,
  accept: Accept,
): CompiledBucket | CompiledRule {
  const { of, salt, digits = DEFAULT_DIGITS } = rule;
  const known = ['bucket', 'of', 'salt', 'digits', ...(typeof of === 'object' ? ['accept'] : [])];
  checkObject(rule, known, { path: where, code: 'INVALID_RULE' });
  checkBucketOptions(salt, digits, where);
  const header = headerName(rule.bucket, `${where}.bucket`);
  const transform = memoize((bytes) => bucketOfBytes(bytes, { salt, digits }));
  if (typeof of === 'string') return { where, header, of: headerName(of, `${where}.of`), transform };
  const read = compileRule(sourceRule(of, header, `${where}.of`), `${where}.of`, rule.accept ?? accept);
  return { ...read, where, transform };
}

function sourceRule(of: BucketSource, to: string, where: string) {
  checkObject(of, ['header', 'query', 'cookie', 'baggage'], { path: where, code: 'INVALID_RULE' });
  return { ...of, to };
}
