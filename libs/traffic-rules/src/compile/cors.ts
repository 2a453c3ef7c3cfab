import type { Cors } from '../decision.js';
import type { CorsPolicy } from '../resources/virtual-service.js';

export function compileCors(policy: CorsPolicy): Cors {
  return {
    allowOrigins: policy.allowOrigins,
    allowMethods: policy.allowMethods.join(','),
    allowHeaders: policy.allowHeaders.join(','),
    exposeHeaders: policy.exposeHeaders.join(','),
    ...(policy.maxAge !== undefined && { maxAge: Math.trunc(policy.maxAge / 1000) }),
    allowCredentials: policy.allowCredentials ?? false,
    forwardUnmatchedPreflights: policy.unmatchedPreflights !== 'IGNORE',
  };
}
