import {
  applyHeaderMutations,
  type Decision,
  type Forward,
  type HeaderContext,
  type HeaderMutation,
  type HeaderValueFormat,
  type RouteRequest,
  routeName,
} from '@grayscale/traffic-rules';
import type { Answer, Headers } from './cases.ts';

/** Headers of every answer of a backend. */
const ofBackends = ['content-type', 'application/json', 'x-from', 'a', 'x-from', 'b'];
/** Commands of header values that a decision can fill; the others are of the connection, of time, or of what came of the request. */
const commandsOfDecisions: ReadonlySet<string> = new Set([
  ...['REQ', 'RESP', 'PATH', 'QUERY_PARAM', 'QUERY_PARAMS', 'PROTOCOL', 'RESPONSE_CODE'],
  ...['ROUTE_NAME', 'UPSTREAM_CLUSTER', 'UPSTREAM_CLUSTER_RAW'],
]);

/** What recordings leave out of every answer, and of a backend's. */
const leftOutOfAnswers: ReadonlySet<string> = new Set(['server', 'date', 'content-length', 'connection']);
const leftOutOfBackends: ReadonlySet<string> = new Set([...leftOutOfAnswers, 'content-type', 'x-from']);

/** Response headers that rules write into an answer of the proxy's own. */
export function ofOwn(
  decision: Extract<Decision, { responseHeaders: unknown }>,
  asked: RouteRequest,
): Headers {
  const status = 'status' in decision ? decision.status : 0;
  // A content type stays only where there is a body.
  const leftOut = new Set([...leftOutOfAnswers, 'content-type']);
  const context = { ...namesOf(decision), request: asked };
  const response = { status, headers: [], isLocal: true };
  return written(decision.responseHeaders, [], { ...context, response }, leftOut);
}

/** Those that rules write into a backend's answer. */
export function ofBackendAnswer(decision: Forward, asked: RouteRequest, answer: Answer): Headers {
  const headers = ofBackend(asked);
  const context = { ...namesOf(decision), request: sentOn(decision, asked) };
  const response = { status: answer.status ?? 200, headers };
  return written(decision.responseHeaders, headers, { ...context, response }, leftOutOfBackends);
}

/** Request headers that rules write. */
export function ofRequest(decision: Forward, asked: RouteRequest): Headers {
  const { path, originalPath = path, requestHeaders } = decision;
  const request = { ...asked, path: originalPath };
  return written(requestHeaders, asked.headers, { ...namesOf(decision), request }, new Set());
}

/** The request as a backend gets it, which response headers quote. */
function sentOn(decision: Forward, asked: RouteRequest): RouteRequest {
  const { path, authority, originalPath, originalHost, requestHeaders } = decision;
  const context = { ...namesOf(decision), request: asked };
  const headers = [
    ...applyHeaderMutations(asked.headers, requestHeaders, context),
    ...(originalHost === undefined ? [] : ['x-envoy-original-host', originalHost]),
    ...(originalPath === undefined ? [] : ['x-envoy-original-path', originalPath]),
  ];
  return { ...asked, path, authority, headers };
}

function namesOf(decision: Decision): { routeName: string; upstreamCluster?: string } {
  return {
    routeName: routeName(decision.because),
    ...(decision.kind === 'forward' && { upstreamCluster: decision.cluster.name }),
  };
}

/** The headers that a rule's changes leave, of the names that they name. */
function written(
  mutations: readonly HeaderMutation[],
  before: readonly string[],
  context: HeaderContext,
  leftOut: ReadonlySet<string>,
): Headers {
  const names = new Set(mutations.map(({ name }) => name).filter((name) => !leftOut.has(name)));
  for (const mutation of mutations)
    if (mutation.kind !== 'remove' && mutation.value.some(isUndecided)) names.delete(mutation.name);
  const after = applyHeaderMutations(before, mutations, context);
  return pairs(after).filter(([name]) => names.has(name));
}

function isUndecided(piece: HeaderValueFormat[number]): boolean {
  return typeof piece !== 'string' && !commandsOfDecisions.has(piece.command);
}

/** `x-lab: set-cookie` makes a backend set two cookies. */
function ofBackend({ headers }: RouteRequest): readonly string[] {
  return headers.includes('set-cookie')
    ? [...ofBackends, 'set-cookie', 'a=1', 'set-cookie', 'b=2']
    : ofBackends;
}

function pairs(flat: readonly string[]): Array<[string, string]> {
  const result: Array<[string, string]> = [];
  for (let index = 0; index + 1 < flat.length; index += 2) {
    result.push([flat[index] as string, flat[index + 1] as string]);
  }
  return result;
}
