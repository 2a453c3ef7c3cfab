import {
  applyHeaderMutations,
  type Cors,
  type Decision,
  explain,
  type Forward,
  type HeaderMutation,
  type LocalReply,
  localReplies,
  originAllowed,
  type RouteRequest,
  type RouteTable,
  retryable,
  route,
} from '@grayscale/traffic-rules';
import { type Answer, backends, type CaseRequest, type Headers } from './cases.js';
import { backendHeaders, labAnswer } from './lab.js';

/** What the engine's decision comes to, in the words of a recording; `tookMs` is a lower bound. */
export type Predicted = Omit<Answer, 'ms' | 'tally' | 'attempts'> & {
  attempts: Readonly<Record<string, number>>;
  tookMs: number;
};

/**
 * Plays a decision as a sidecar would, against the recordings' backends, with no sockets: the engine's own
 * values (retries, timeouts, header changes, local replies) decide every step.
 */
export function predict(table: RouteTable, request: CaseRequest, draw = 0): Predicted {
  const asked = toRouteRequest(request);
  return { ...act(route(table, asked, draw), request, asked) };
}

/** The exact share of each outcome, named as in a recorded tally. */
export function shares(table: RouteTable, request: CaseRequest): Map<string, number> {
  const result = new Map<string, number>();
  const add = (label: string, share: number) => result.set(label, (result.get(label) ?? 0) + share);
  const { destinations, effects } = explain(table, toRouteRequest(request));
  const abort = effects?.fault?.abort;
  const aborted = (abort?.percentage ?? 0) / 100;
  if (abort !== undefined && 'status' in abort) add(`status ${abort.status}`, aborted);
  let start = 0;
  for (const { share } of destinations) {
    const { backend, status } = predict(table, request, start + share / 2);
    add(backend ?? `status ${status}`, share * (1 - aborted));
    start += share;
  }
  return result;
}

export function toRouteRequest({ method, host, port, path, headers }: CaseRequest): RouteRequest {
  const proto = headers.find(([name]) => name.toLowerCase() === 'x-forwarded-proto')?.[1];
  const flat = headers.flatMap(([name, value]) => [name.toLowerCase(), value.trim()]);
  const scheme = proto === 'https' ? 'https' : 'http';
  return { method, scheme, authority: host, port, path, headers: flat };
}

function act(decision: Decision, request: CaseRequest, asked: RouteRequest): Predicted {
  switch (decision.kind) {
    case 'no-route':
      return local(localReplies.noRoute);
    case 'bad-request':
      return local({ ...localReplies.badRequest, body: decision.body });
    case 'blocked':
      return local(localReplies.blocked);
    case 'pass-through':
      return passThrough(decision, request, asked);
    case 'cluster-not-found':
      return local(localReplies.clusterNotFound, decision.responseHeaders);
    case 'redirect':
      return { ...local({ status: decision.status, body: '' }), headers: [['location', decision.location]] };
    case 'direct-response': {
      const body = new TextDecoder().decode(decision.body);
      return local({ status: decision.status, body }, decision.responseHeaders);
    }
    case 'forward':
      return filtered(decision, request, asked);
  }
}

function local(
  reply: Pick<LocalReply, 'status' | 'body'>,
  mutations: readonly HeaderMutation[] = [],
): Predicted {
  const own = reply.body === '' ? [] : ['content-type', 'text/plain'];
  const request = { method: 'GET', scheme: 'http', authority: '', path: '/', headers: [] } as const;
  const context = { request, response: { status: reply.status, headers: own } };
  const headers = pairs(applyHeaderMutations(own, mutations, context));
  return { status: reply.status, body: reply.body, headers, attempts: {}, tookMs: 0 };
}

function passThrough(
  { through, path }: Extract<Decision, { kind: 'pass-through' }>,
  request: CaseRequest,
  asked: RouteRequest,
): Predicted {
  const backend = `outside:${request.port}`;
  const headers = through === 'tcp' ? asked.headers : sidecarHeaders(asked, 1, 0);
  const upstream = { method: asked.method, path, host: asked.authority, headers: pairs(headers) };
  return { status: 200, backend, upstream, headers: [], attempts: { [backend]: 1 }, tookMs: 0 };
}

/** Fault, then CORS, then the router: Envoy's order. */
function filtered(decision: Forward, request: CaseRequest, asked: RouteRequest): Predicted {
  const { fault, cors, responseHeaders } = decision;
  const delay = fault?.delay?.percentage === 100 ? fault.delay.milliseconds : 0;
  if (fault?.abort?.percentage === 100 && 'status' in fault.abort) {
    const reply = { ...localReplies.faultAbort, status: fault.abort.status };
    return { ...local(reply, responseHeaders), tookMs: delay };
  }
  const origin = request.headers.find(([name]) => name === 'origin')?.[1];
  const allowed = cors !== undefined && origin !== undefined && originAllowed(cors, origin);
  const preflight = request.headers.some(([name]) => name === 'access-control-request-method');
  if (allowed && preflight)
    return { ...local({ status: 200, body: '' }), headers: corsHeaders(cors, origin, true) };
  const answer = forward(decision, request, asked);
  const extra = allowed ? corsHeaders(cors, origin, false) : [];
  return { ...answer, headers: [...answer.headers, ...extra], tookMs: answer.tookMs + delay };
}

function corsHeaders(cors: Cors, origin: string, preflight: boolean): Headers {
  const headers: Array<[string, string]> = [['access-control-allow-origin', origin]];
  if (cors.allowCredentials) headers.push(['access-control-allow-credentials', 'true']);
  if (preflight) {
    headers.push(['access-control-allow-methods', cors.allowMethods]);
    headers.push(['access-control-allow-headers', cors.allowHeaders]);
    if (cors.maxAge !== undefined) headers.push(['access-control-max-age', `${cors.maxAge}`]);
  }
  if (cors.exposeHeaders !== '') headers.push(['access-control-expose-headers', cors.exposeHeaders]);
  return headers;
}

function forward(decision: Forward, request: CaseRequest, asked: RouteRequest): Predicted {
  const { cluster, retry, timeoutMs } = decision;
  const backend = backendOf(decision, request.port);
  if (backend === undefined) return local(localReplies.noHealthyUpstream, decision.responseHeaders);
  let tookMs = 0;
  for (let attempt = 1; ; attempt++) {
    const limit = retry.perTryTimeoutMs > 0 ? retry.perTryTimeoutMs : Number.POSITIVE_INFINITY;
    const { outcome, delayMs } = labAnswer(asked.headers, backend, attempt);
    const ended = delayMs > limit ? ({ kind: 'per-try-timeout' } as const) : outcome;
    tookMs += Math.min(delayMs, limit);
    const attempts = { [backend]: attempt };
    if (timeoutMs > 0 && tookMs > timeoutMs) {
      return { ...local(localReplies.timeout, decision.responseHeaders), attempts, tookMs: timeoutMs };
    }
    if (attempt <= retry.attempts && retryable(retry, ended)) continue;
    const answered =
      ended.kind === 'response'
        ? response(decision, request, asked, { backend, attempt, status: ended.status })
        : local(failure(ended.kind, attempt > 1), decision.responseHeaders);
    const reached = cluster.endpoints.length > 0 ? attempts : {};
    return { ...answered, attempts: reached, tookMs };
  }
}

/** The only healthy endpoint: the recorded clusters have no more. */
function backendOf({ cluster }: Forward, dialled: number): string | undefined {
  if (cluster.discovery === 'original-destination') return `outside:${cluster.targetPort ?? dialled}`;
  const endpoint = cluster.endpoints.find(({ healthy }) => healthy);
  return endpoint && `${backends[endpoint.address]}:${endpoint.port}`;
}

function failure(
  kind: 'connect-failure' | 'refused-stream' | 'reset' | 'per-try-timeout',
  retried: boolean,
): LocalReply {
  if (kind === 'per-try-timeout') return localReplies.timeout;
  if (kind === 'connect-failure') {
    return retried ? localReplies.connectFailureAfterRetries : localReplies.connectFailure;
  }
  return retried ? localReplies.connectionTerminationAfterRetries : localReplies.connectionTermination;
}

interface Reached {
  backend: string;
  attempt: number;
  status: number;
}

function response(decision: Forward, request: CaseRequest, asked: RouteRequest, reached: Reached): Predicted {
  const { backend, attempt, status } = reached;
  const own = backendHeaders(backend);
  const context = { request: asked, response: { status, headers: own } };
  const changed = pairs(applyHeaderMutations(own, decision.responseHeaders, context));
  if (request.method === 'HEAD') return { status, body: '', headers: changed, attempts: {}, tookMs: 0 };
  const ownPairs = new Set(pairs(own).map((pair) => pair.join('\n')));
  return {
    status,
    backend,
    upstream: {
      method: asked.method,
      path: decision.path,
      host: decision.authority,
      headers: pairs(upstreamHeaders(decision, asked, attempt)),
      ...(request.body !== undefined && { body: request.body }),
    },
    headers: changed.filter((pair) => !ownPairs.has(pair.join('\n'))),
    attempt,
    attempts: {},
    tookMs: 0,
  };
}

function upstreamHeaders(decision: Forward, asked: RouteRequest, attempt: number): string[] {
  const timeoutMs = decision.retry.perTryTimeoutMs || decision.timeoutMs;
  const headers = sidecarHeaders(asked, attempt, timeoutMs);
  if (decision.originalPath !== undefined) headers.push('x-envoy-original-path', decision.originalPath);
  if (decision.originalHost !== undefined) headers.push('x-envoy-original-host', decision.originalHost);
  return applyHeaderMutations(headers, decision.requestHeaders, { request: { ...asked, headers } });
}

const commandHeaders = new Set(['x-envoy-upstream-rq-timeout-ms', 'x-envoy-retry-on', 'x-envoy-max-retries']);

function sidecarHeaders({ headers, scheme }: RouteRequest, attempt: number, timeoutMs: number): string[] {
  const sent = pairs(headers)
    .filter(([name]) => !commandHeaders.has(name))
    .flat();
  if (!sent.includes('x-forwarded-proto')) sent.push('x-forwarded-proto', scheme);
  if (!sent.includes('x-request-id')) sent.push('x-request-id', '<uuid>');
  if (timeoutMs > 0) sent.push('x-envoy-expected-rq-timeout-ms', `${timeoutMs}`);
  sent.push('x-envoy-attempt-count', `${attempt}`);
  return sent;
}

function pairs(flat: readonly string[]): Array<[string, string]> {
  const result: Array<[string, string]> = [];
  for (let index = 0; index + 1 < flat.length; index += 2) {
    result.push([flat[index] as string, flat[index + 1] as string]);
  }
  return result;
}
