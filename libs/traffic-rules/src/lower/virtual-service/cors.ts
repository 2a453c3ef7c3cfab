import type { Cors } from '../../model/action.js';
import type { Test } from '../../model/requirement.js';
import type { StringMatch } from '../../resources/string-match.js';
import type { CorsPolicy } from '../../resources/virtual-service.js';

export function corsOf(policy: CorsPolicy): Cors {
  return {
    allowOrigins: policy.allowOrigins.map(originTest),
    allowMethods: policy.allowMethods.join(','),
    allowHeaders: policy.allowHeaders.join(','),
    exposeHeaders: policy.exposeHeaders.join(','),
    ...(policy.maxAge !== undefined && { maxAge: Math.trunc(policy.maxAge / 1000) }),
    allowCredentials: policy.allowCredentials ?? false,
    forwardUnmatchedPreflights: policy.unmatchedPreflights !== 'IGNORE',
  };
}

/** `*` alone stands for every origin. */
function originTest(match: StringMatch): Test {
  if (match.kind === 'present' || (match.kind === 'exact' && match.value === '*')) return { kind: 'present' };
  return { kind: match.kind, value: match.value, ignoreCase: false };
}
