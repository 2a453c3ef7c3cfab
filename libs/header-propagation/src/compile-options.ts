import { noticesByDefault } from './notices.js';
import { reading } from './option-checks.js';
import {
  checkOptions,
  type HeaderPropagationOptions,
  type ResolvedLimits,
  resolveLimits,
  responseNames,
} from './options.js';
import { type CompiledRules, compileRules, namedCredentials } from './rules/compile.js';
import type { MatchedHeader, Rule } from './rules/rule.js';
import type { TargetMatcher } from './target-pattern.js';
import { clusterLocal, compileTargets } from './targets.js';

/** All that the options say, checked and with every default. */
export interface CompiledOptions extends CompiledRules {
  readonly limits: ResolvedLimits;
  readonly receives: TargetMatcher;
  readonly onDrop: HeaderPropagationOptions['onDrop'];
  readonly warn: (message: string) => void;
  readonly responseNames: readonly string[];
  readonly matched: readonly MatchedHeader[];
  readonly notices: boolean;
}

/** @throws HeaderPropagationError for the first option that is wrong */
export function compileOptions(options: HeaderPropagationOptions): CompiledOptions {
  return reading({ path: 'options', code: 'INVALID_OPTION' }, () => {
    checkOptions(options);
    const { rules, targets = [clusterLocal], accept = 'all', onDrop, warn = emitWarning, notices } = options;
    const compiled = compileRules(rules, accept);
    return {
      ...compiled,
      limits: resolveLimits(options.limits),
      receives: compileTargets(targets),
      onDrop,
      warn,
      responseNames: responseNames(options.response, compiled.headers),
      matched: [...(options.matched ?? []), ...matchedOf(rules)],
      notices: notices ?? noticesByDefault(),
    };
  });
}

function matchedOf(rules: readonly Rule[]): MatchedHeader[] {
  return rules.flatMap((rule) =>
    typeof rule === 'object' && 'place' in rule && rule.place !== undefined
      ? [{ header: rule.header, place: rule.place }]
      : [],
  );
}

function emitWarning(message: string): void {
  process.emitWarning(message, 'HeaderPropagationWarning');
}

/** Says of each credential among the headers what sending it on means. */
export function warnOfCredentials(options: CompiledOptions): void {
  for (const name of namedCredentials(options)) {
    options.warn(
      `"${name}" is among the headers to propagate: every host in "targets" can act as the caller. Keep "targets" to services that need it, or exchange the credential for one of its own.`,
    );
  }
}
