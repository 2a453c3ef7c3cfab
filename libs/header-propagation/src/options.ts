import type { Dropped } from './captured.js';
import { HeaderPropagationError } from './errors.js';
import { headerName } from './header-name.js';
import {
  checkBoolean,
  checkCount,
  checkFunction,
  checkList,
  checkObject,
  checkPlace,
  checkRegExp,
} from './option-checks.js';
import type { Accept, MatchedHeader, Rule } from './rules/rule.js';
import type { Target } from './targets.js';

/** Bounds on what one request may bring. What is over a bound is dropped and counted, never cut. */
export interface Limits {
  /** Lines of one repeated header. Default 64. Each rule has its own, so that one header cannot push out another. */
  readonly headers?: number;
  /** Bytes of one value. Default 8192. */
  readonly valueBytes?: number;
  /** Bytes of all names and values together. Default 12288: three quarters of what a Node server takes by default. */
  readonly totalBytes?: number;
  /** What every value, as text, has to match. Default: any field value (control characters are always refused). */
  readonly characters?: RegExp;
}

/** Limits with every number set. */
export type ResolvedLimits = Required<Omit<Limits, 'characters'>> & Pick<Limits, 'characters'>;

/** What `new HeaderPropagation(options)` and `HeaderPropagationModule.forRoot(options)` take. */
export interface HeaderPropagationOptions {
  /** What to send on. Where two rules feed one header, the first that finds a value wins. */
  readonly rules: readonly Rule[];
  /** Hosts that may receive the headers. Default `[clusterLocal]`. An empty list: nobody. */
  readonly targets?: readonly Target[];
  /** Whether what a caller sent is believed. Default `'all'`; a rule's own `accept` goes before it. */
  readonly accept?: Accept;
  readonly limits?: Limits;
  /** Called for each dropped value, for a log or a metric. */
  readonly onDrop?: (dropped: Dropped) => void;
  /** Receives warnings (a credential header that a rule names) and notices. Default `process.emitWarning`. */
  readonly warn?: (message: string) => void;
  /** Outgoing headers that the response to the caller gets as well, such as `['x-request-id']`. What the application sets wins. */
  readonly response?: readonly string[];
  /** Headers that rules of the mesh match on: a notice says when one arrives and is not sent on. `fromManifests` gives them. */
  readonly matched?: readonly MatchedHeader[];
  /**
   * Whether to say, once for each, which host got nothing because it is not among `targets`, and which matched header was
   * not sent on. Default: true unless `NODE_ENV` is `production` or `test`.
   */
  readonly notices?: boolean;
}

export const DEFAULT_LIMITS = { headers: 64, valueBytes: 8192, totalBytes: 12_288 } as const;

/** The options of the core, by their names. */
export const OPTION_KEYS = [
  'rules',
  'targets',
  'accept',
  'limits',
  'onDrop',
  'warn',
  'response',
  'matched',
  'notices',
] as const;

/** @throws HeaderPropagationError when an option is unknown or of a wrong type; rules and targets are checked where they are compiled */
export function checkOptions(options: HeaderPropagationOptions): void {
  checkObject(options, OPTION_KEYS, { path: 'options', code: 'INVALID_OPTION' });
  checkFunction(options.onDrop, { path: 'onDrop', code: 'INVALID_OPTION' });
  checkFunction(options.warn, { path: 'warn', code: 'INVALID_OPTION' });
  checkBoolean(options.notices, { path: 'notices', code: 'INVALID_OPTION' });
  checkMatched(options.matched);
}

function checkMatched(matched: unknown): void {
  const place = { path: 'matched', code: 'INVALID_OPTION' } as const;
  if (matched !== undefined) checkList(matched, place, '{ header: "user", place: "k8s/rule.yaml:12" }');
  for (const [index, one] of ((matched ?? []) as readonly MatchedHeader[]).entries()) {
    const path = `matched[${index}]`;
    checkObject(one, ['header', 'place'], { ...place, path });
    headerName(one.header, `${path}.header`);
    checkPlace(one.place, { ...place, path: `${path}.place` });
  }
}

/**
 * The headers that go to the response, in lower case.
 *
 * @throws HeaderPropagationError when it is not a list, or names a header that no rule sends on
 */
export function responseNames(response: unknown, sent: ReadonlySet<string>): string[] {
  if (response === undefined) return [];
  checkList(response, { path: 'response', code: 'INVALID_OPTION' }, '"x-request-id"');
  return [...(response as string[])].map((text, index) => {
    const name = headerName(text, `response[${index}]`);
    if (sent.has(name)) return name;
    throw new HeaderPropagationError(
      'INVALID_OPTION',
      `response[${index}]: no rule sends "${name}" on. Add "${name}" to the rules, or remove it here.`,
    );
  });
}

/** @throws HeaderPropagationError when a limit is unknown, not a whole number or not a regular expression */
export function resolveLimits(limits: Limits = {}): ResolvedLimits {
  const place = { path: 'limits', code: 'INVALID_LIMIT' } as const;
  checkObject(limits, [...Object.keys(DEFAULT_LIMITS), 'characters'], place);
  const resolved: ResolvedLimits = { ...DEFAULT_LIMITS, ...definedOf(limits) };
  for (const name of Object.keys(DEFAULT_LIMITS) as (keyof typeof DEFAULT_LIMITS)[]) {
    checkCount(resolved[name], { ...place, path: `limits.${name}` }, 0, DEFAULT_LIMITS[name]);
  }
  checkRegExp(limits.characters, { ...place, path: 'limits.characters' });
  return resolved;
}

/** An option that is undefined is one that was left out. */
function definedOf<T extends object>(options: T): T {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)) as T;
}
