import type { HttpRule } from '../resources/virtual-service.js';
import { validateDirectResponse, validateRedirect, validateRewrite } from './action.js';
import { validateCors } from './cors.js';
import { validateDuration } from './duration.js';
import { warnOfRefusal } from './envoy.js';
import { validateFault } from './fault.js';
import { validateAuthority, validateHeaders } from './headers.js';
import { validateMatch } from './match.js';
import { validateMirrors } from './mirror.js';
import type { Report } from './report.js';
import { validateRetries } from './retries.js';
import { validateConflicts } from './rule-conflict.js';
import { validateSplit } from './weights.js';
import { checkWrittenHeaders } from './wire-safety.js';

/** One HTTP rule of a VirtualService, in the order of Istio's own checks. */
export function validateRule(rule: HttpRule, inDelegate: boolean, path: string, report: Report): void {
  validateConflicts(rule, inDelegate, path, report);
  for (const [index, match] of rule.match.entries()) validateMatch(match, `${path}.match[${index}]`, report);
  validateHeaders(rule.headers, `${path}.headers`, report);
  validateCors(rule.corsPolicy, `${path}.corsPolicy`, report);
  validateFault(rule.fault, `${path}.fault`, report);
  validateMirrors(rule, path, report);
  validateRedirect(rule, `${path}.redirect`, report);
  validateDirectResponse(rule.directResponse, `${path}.directResponse`, report);
  validateRetries(rule.retries, `${path}.retries`, report);
  validateRewrite(rule.rewrite, `${path}.rewrite`, report);
  validateAuthority(rule.headers, rule.rewrite?.authority, `${path}.headers`, report);
  validateSplit(rule.route, `${path}.route`, report);
  for (const [index, { headers }] of rule.route.entries())
    validateHeaders(headers, `${path}.route[${index}].headers`, report);
  if (rule.timeout !== undefined) validateDuration(rule.timeout, `${path}.timeout`, report);
  checkWrittenHeaders(rule.headers, `${path}.headers`, report);
  for (const [index, { headers }] of rule.route.entries())
    checkWrittenHeaders(headers, `${path}.route[${index}].headers`, report);
  warnOfRefusal(rule, path, report);
}
