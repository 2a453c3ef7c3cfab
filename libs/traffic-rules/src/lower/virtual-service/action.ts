import type { Action, ForwardAction } from '../../model/action.js';
import type { HttpDirectResponse, HttpRewrite, HttpRule } from '../../resources/virtual-service.js';
import type { RetryPolicy } from '../../retry/retry-policy.js';
import { mergeHeaders } from '../header-operations.js';
import { retryPolicyOf } from '../retry-policy.js';
import { corsOf } from './cors.js';
import { destinationsOf, mirrorsOf } from './destinations.js';
import { faultOf } from './fault.js';
import { redirectOf } from './redirect.js';

/** Answers that have no body, whatever is written (RFC 9110, 15.3.5 and 15.4.5; recorded: `direct-response-kinds`). */
const bodiless: ReadonlySet<number> = new Set([204, 304]);

/** What a rule does. The first of redirect, direct response and destinations that is written counts. */
export function actionOf(http: HttpRule, defaultRetry: RetryPolicy): Action {
  const { fault, corsPolicy } = http;
  const filters = {
    ...(fault !== undefined && { fault: faultOf(fault) }),
    ...(corsPolicy !== undefined && { cors: corsOf(corsPolicy) }),
  };
  if (http.redirect === undefined && http.directResponse === undefined)
    return { ...forwarding(http, defaultRetry), ...filters };
  const { response: responseHeaders } = mergeHeaders(http.headers, undefined, false);
  if (http.redirect !== undefined) {
    const redirect = redirectOf(http.redirect);
    return redirect === undefined ? { kind: 'refused' } : { ...redirect, responseHeaders, ...filters };
  }
  const { status = 0, body } = http.directResponse ?? {};
  const sent = bodiless.has(status) ? new Uint8Array() : bytesOf(body);
  return { kind: 'direct-response', status, body: sent, responseHeaders, ...filters };
}

function forwarding(http: HttpRule, defaultRetry: RetryPolicy): ForwardAction | { kind: 'refused' } {
  const destinations = destinationsOf(http);
  if (!destinations.some(({ weight }) => weight > 0)) return { kind: 'refused' };
  const rewritePath = pathRewriteOf(http.rewrite);
  return {
    kind: 'forward',
    destinations,
    isSplit: http.route.length > 1,
    missing: 503,
    ...(rewritePath !== undefined && { rewritePath }),
    timeoutMs: http.timeout ?? 0,
    retry: http.retries === undefined ? defaultRetry : retryPolicyOf(http.retries),
    mirrors: mirrorsOf(http),
  };
}

function pathRewriteOf(rewrite: HttpRewrite | undefined): ForwardAction['rewritePath'] {
  const { uri, uriRegexRewrite } = rewrite ?? {};
  if (uriRegexRewrite !== undefined) {
    return { kind: 'replace-regex', expression: uriRegexRewrite.match, replacement: uriRegexRewrite.rewrite };
  }
  return uri ? { kind: 'replace-matched', replacement: uri } : undefined;
}

function bytesOf(body: HttpDirectResponse['body']): Uint8Array {
  return body?.kind === 'bytes' ? body.value : Buffer.from(body?.value ?? '', 'utf8');
}
