import type { Dropped } from './captured.js';
import { HeaderPropagationError } from './errors.js';
import type { Accept, Rule } from './rules/rule.js';
import type { Target } from './targets.js';

/** Bounds on what one request may bring. What is over a bound is dropped and counted, never cut. */
export interface Limits {
  /** Header lines and baggage members together. Default 64. */
  readonly headers?: number;
  /** Bytes of one value. Default 8192. */
  readonly valueBytes?: number;
  /** Bytes of all names and values together. Default 12288: three quarters of what a Node server takes by default. */
  readonly totalBytes?: number;
  /** What every value has to match. Default: any field value (control characters are always refused). */
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
  /** Receives the one warning for each credential header that a rule names. Default `process.emitWarning`. */
  readonly warn?: (message: string) => void;
}

export const DEFAULT_LIMITS = { headers: 64, valueBytes: 8192, totalBytes: 12_288 } as const;

/** @throws HeaderPropagationError when a limit is not a whole number of at least 0 */
export function resolveLimits(limits: Limits = {}): ResolvedLimits {
  const resolved: ResolvedLimits = { ...DEFAULT_LIMITS, ...limits };
  for (const name of Object.keys(DEFAULT_LIMITS) as (keyof typeof DEFAULT_LIMITS)[]) {
    if (!Number.isSafeInteger(resolved[name]) || resolved[name] < 0) {
      throw new HeaderPropagationError(
        'INVALID_LIMIT',
        `limits.${name}: ${resolved[name]} is not a limit. Write a whole number, such as ${DEFAULT_LIMITS[name]}.`,
      );
    }
  }
  return resolved;
}
