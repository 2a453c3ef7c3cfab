import type {
  Action,
  Cors,
  Destination,
  ForwardAction,
  MirrorDestination,
  PathRewrite,
  RedirectAction,
} from '../../model/action.js';
import type { Test } from '../../model/requirement.js';
import type {
  BackendReference,
  CorsFilter,
  HeaderModifier,
  HeaderValue,
  PathModifier,
  RequestMirror,
  RequestRedirect,
  RouteFilter,
  RouteRule,
} from '../../resources/gateway-api.js';
import type { HeaderOperations, Headers } from '../../resources/virtual-service.js';
import type { RetryPolicy } from '../../retry/retry-policy.js';
import { headerValueProblem } from '../../validate/header-value.js';
import { authorityOf, mergeHeaders } from '../header-operations.js';
import { retryPolicyOf } from '../retry-policy.js';
import { toMillionths } from '../virtual-service/fault.js';
import type { RequestRoute } from './attachment.js';
import type { Backend } from './references.js';

/** What a route's rule does, and what is wrong with it. */
export interface ConvertedAction {
  action: Action;
  problems: RouteProblem[];
}

export interface RouteProblem {
  /** Below the rule: `filters[0].type`. */
  field: string;
  /** As `there is no Service nope in the namespace shop`. */
  reason: string;
  /** What is lost: the requests to a backend, the copies to a mirror, or the whole route. */
  lost: 'backend' | 'mirror' | 'route';
}

/** How references to backends are looked up. */
export type FindBackend = (reference: BackendReference | RequestMirror['backendRef']) => Backend;

/** Istio, conversion.go convertHTTPRoute. */
export function routeAction(
  rule: RouteRule<unknown>,
  kind: RequestRoute['kind'],
  find: FindBackend,
  defaultRetry: RetryPolicy,
): ConvertedAction {
  const { filters, backendRefs } = rule;
  const problems = filterProblems(filters, ruleFilters, 'filters');
  backendRefs.forEach((backend, index) => {
    if (backend.weight > 0)
      problems.push(...filterProblems(backend.filters, backendFilters, `backendRefs[${index}].filters`));
  });
  const mirrors = mirrorsOf(filters, kind, find);
  problems.push(...mirrors.problems);
  const headers = headersOf(filters);
  const cors = lastOf(filters, 'cors');
  const common = { ...(cors !== undefined && { cors: corsOf(cors) }) };
  const redirect = lastOf(filters, 'requestRedirect');
  if (redirect !== undefined) {
    const { response: responseHeaders } = mergeHeaders(headers, undefined, false);
    return { action: redirectAction(redirect, responseHeaders, common), problems };
  }
  if (!backendRefs.some(({ weight }) => weight > 0)) {
    const { response: responseHeaders } = mergeHeaders(headers, undefined, false);
    const body = new Uint8Array();
    return { action: { kind: 'direct-response', status: 500, body, responseHeaders, ...common }, problems };
  }
  const { destinations, problems: lost } = destinationsOf(rule, headers, find);
  return {
    action: { ...forwarding(rule, destinations, defaultRetry), mirrors: mirrors.mirrors, ...common },
    problems: [...problems, ...lost],
  };
}

function forwarding(
  rule: RouteRule<unknown>,
  destinations: Destination[],
  defaultRetry: RetryPolicy,
): Omit<ForwardAction, 'mirrors'> {
  const { timeouts, retry } = rule;
  const rewritePath = rewriteOf(lastOf(rule.filters, 'urlRewrite')?.path);
  const retried = retry === undefined ? undefined : retriesOf(retry, timeouts?.backendRequest);
  const limit = retried === undefined ? timeouts?.backendRequest || timeouts?.request : timeouts?.request;
  return {
    kind: 'forward',
    destinations,
    isSplit: destinations.filter(({ weight }) => weight > 0).length > 1,
    missing: 500,
    ...(rewritePath !== undefined && { rewritePath }),
    timeoutMs: limit ?? 0,
    retry: retried === undefined ? defaultRetry : retryPolicyOf(retried),
  };
}

function retriesOf({ codes, attempts = 2, backoff }: NonNullable<RouteRule<unknown>['retry']>, perTry = 0) {
  const conditions = ['connect-failure', 'refused-stream', 'unavailable', 'cancelled', ...codes];
  return {
    attempts,
    retryOn: conditions.join(','),
    perTryTimeout: perTry,
    ...(backoff !== undefined && { backoff }),
  };
}

function destinationsOf(
  { backendRefs, filters }: RouteRule<unknown>,
  headers: Headers,
  find: FindBackend,
): { destinations: Destination[]; problems: RouteProblem[] } {
  const isSplit = backendRefs.filter(({ weight }) => weight > 0).length > 1;
  const problems: RouteProblem[] = [];
  const destinations = backendRefs.map((reference, index) => {
    const backend = find(reference);
    const field = `backendRefs[${index}]`;
    if (backend.kind !== 'found' && reference.weight > 0)
      problems.push({
        field,
        reason: backend.reason,
        lost: backend.kind === 'invalid' ? 'route' : 'backend',
      });
    const own = headersOf(reference.filters);
    const merged = mergeHeaders(headers, own, isSplit);
    const authority = lastOf(filters, 'urlRewrite')?.hostname || authorityOf(headers) || authorityOf(own);
    return {
      ...nameOf(backend, field),
      weight: Math.max(0, reference.weight),
      ...(authority && { authority }),
      requestHeaders: merged.request,
      responseHeaders: merged.response,
    };
  });
  return { destinations, problems };
}

function nameOf(backend: Backend, field: string) {
  const base = { subset: '', field, hostField: 'name' } as const;
  if (backend.kind === 'invalid') return { ...base, host: '' };
  const { host, port } = backend;
  return { ...base, host, ...(port !== undefined && { port }) };
}

/** A mirror that leads nowhere is left out; a GRPCRoute goes with it (Istio, conversion.go convertGRPCRoute; recorded: `grpcroute-mirror-missing`). */
function mirrorsOf(
  filters: readonly RouteFilter[],
  kind: RequestRoute['kind'],
  find: FindBackend,
): { mirrors: MirrorDestination[]; problems: RouteProblem[] } {
  const mirrors: MirrorDestination[] = [];
  const problems: RouteProblem[] = [];
  filters.forEach(({ type, requestMirror }, index) => {
    if (type !== 'RequestMirror' || requestMirror === undefined) return;
    const field = `filters[${index}].requestMirror.backendRef`;
    const backend = find(requestMirror.backendRef);
    const percentage = toMillionths(shareOf(requestMirror));
    const reason = backend.kind === 'found' ? backend.elsewhere : backend.reason;
    if (reason !== undefined)
      problems.push({ field, reason, lost: kind === 'GRPCRoute' ? 'route' : 'mirror' });
    else if (backend.kind === 'found' && percentage > 0)
      mirrors.push({ ...nameOf(backend, field), percentage });
  });
  return { mirrors, problems };
}

function shareOf({ percent = 100, fraction }: RequestMirror): number {
  return fraction === undefined ? percent : (100 * fraction.numerator) / fraction.denominator;
}

function redirectAction(
  { scheme, hostname, port, path, statusCode }: RequestRedirect,
  responseHeaders: RedirectAction['responseHeaders'],
  common: { cors?: Cors },
): Action {
  const status = ([301, 302, 303, 307, 308] as const).find((known) => known === statusCode);
  if (status === undefined) return { kind: 'refused' };
  const chosen = port ?? (scheme === undefined ? 'listener' : undefined);
  const changed = redirectPath(path);
  return {
    kind: 'redirect',
    status,
    ...(scheme && { scheme }),
    ...(hostname && { authority: hostname }),
    ...(chosen !== undefined && { port: chosen }),
    ...(changed !== undefined && { path: changed }),
    responseHeaders,
    ...common,
  };
}

function redirectPath(path: PathModifier | undefined): RedirectAction['path'] {
  const { type, replaceFullPath, replacePrefixMatch } = path ?? {};
  if (type === 'ReplacePrefixMatch')
    return replacePrefixMatch ? { kind: 'replace-matched', replacement: replacePrefixMatch } : undefined;
  return replaceFullPath ? { kind: 'replace-path', replacement: replaceFullPath } : undefined;
}

/** A prefix is replaced without the slash at the end; one that is replaced by nothing goes with its slash. */
function rewriteOf(path: PathModifier | undefined): PathRewrite | undefined {
  if (path === undefined) return undefined;
  const { type, replaceFullPath = '', replacePrefixMatch = '' } = path;
  if (type === 'ReplaceFullPath')
    return { kind: 'replace-regex', expression: '/.*', replacement: replaceFullPath };
  const replacement = replacePrefixMatch.replace(/\/$/, '');
  return replacement === '' ? { kind: 'remove-matched' } : { kind: 'replace-matched', replacement };
}

function headersOf(filters: readonly RouteFilter[]): Headers {
  const request = lastOf(filters, 'requestHeaderModifier');
  const response = lastOf(filters, 'responseHeaderModifier');
  return {
    ...(request !== undefined && { request: operationsOf(request) }),
    ...(response !== undefined && { response: operationsOf(response) }),
  };
}

function operationsOf({ set, add, remove }: HeaderModifier): HeaderOperations {
  return { set: byName(set), add: byName(add), remove };
}

/** Of one name, in any letter case, the first counts. */
function byName(values: readonly HeaderValue[]): Record<string, string> {
  return Object.fromEntries(values.toReversed().map(({ name, value }) => [name.toLowerCase(), value]));
}

function corsOf(filter: CorsFilter): Cors {
  return {
    allowOrigins: filter.allowOrigins.filter((origin) => origin !== '').map(originTest),
    allowMethods: filter.allowMethods.join(','),
    allowHeaders: filter.allowHeaders.join(','),
    exposeHeaders: filter.exposeHeaders.join(','),
    ...(filter.maxAge > 0 && { maxAge: filter.maxAge }),
    allowCredentials: filter.allowCredentials,
    forwardUnmatchedPreflights: false,
  };
}

/** Istio, conversion.go createCorsFilter. */
function originTest(origin: string): Test {
  if (origin === '*') return regex('[a-zA-Z][a-zA-Z0-9+.-]*://[^/\\s?#]+');
  if (!origin.includes('*')) return { kind: 'exact', value: origin, ignoreCase: false };
  if (origin.indexOf('*') === origin.length - 1)
    return { kind: 'prefix', value: origin.slice(0, -1), ignoreCase: false };
  return regex(
    origin.replace(/[.*+?^${}()|[\]\\]/g, (character) => (character === '*' ? '.*' : `\\${character}`)),
  );
}

function regex(value: string): Test {
  return { kind: 'regex', value, ignoreCase: false };
}

/** Of one type the last counts; the API server lets it stand once. */
function lastOf<Field extends keyof RouteFilter>(
  filters: readonly RouteFilter[],
  field: Field,
): RouteFilter[Field] | undefined {
  return filters.findLast((filter) => filter[field] !== undefined)?.[field];
}

const headerFilters = ['RequestHeaderModifier', 'ResponseHeaderModifier'];
const backendFilters = new Set(headerFilters);
const ruleFilters = new Set([...headerFilters, 'RequestRedirect', 'RequestMirror', 'URLRewrite', 'CORS']);

/** A filter that Istio does not know, or a header that it cannot send, takes the whole route away. */
function filterProblems(
  filters: readonly RouteFilter[],
  known: ReadonlySet<string>,
  path: string,
): RouteProblem[] {
  const where = known === backendFilters ? 'for a single backend' : 'in a rule';
  return filters.flatMap((filter, index): RouteProblem[] => {
    const field = `${path}[${index}]`;
    if (!known.has(filter.type)) {
      const reason = `Istio does not support the filter ${filter.type} ${where}`;
      return [{ field: `${field}.type`, reason, lost: 'route' }];
    }
    const { requestHeaderModifier, responseHeaderModifier } = filter;
    const values = [requestHeaderModifier, responseHeaderModifier].flatMap((one) => [
      ...(one?.set ?? []),
      ...(one?.add ?? []),
    ]);
    const bad = values.find(({ value }) => hasControlCharacter(value));
    return bad === undefined
      ? []
      : [{ field, reason: `the value of the header ${bad.name} has a control character`, lost: 'route' }];
  });
}

function hasControlCharacter(value: string): boolean {
  return headerValueProblem(value)?.includes('control character') === true;
}
