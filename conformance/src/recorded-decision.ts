import {
  type Decision,
  explain,
  type Forward,
  grpcStatusOf,
  isGrpc,
  type RouteRequest,
  type RouteTable,
  route,
} from '@grayscale/traffic-rules';
import { forwardedTo, type Outcome, passedTo } from './backend-outcome.ts';
import { type Answer, type CaseRequest, type Headers, outside, type UpstreamTls } from './cases.ts';
import { askedName, backendAt, dialled, speaksTls } from './recorded-connection.ts';
import { ofBackendAnswer, ofOwn, ofRequest } from './written-headers.ts';

/** What a decision and a recorded answer both say, in the same words. */
export interface Told {
  /** Who answers: a backend as `hello-1:8080`, or the proxy itself as `status 404`. */
  by: string;
  /** Of a backend's answer. */
  status?: number;
  upstream?: { path: string; host: string; headers: Headers; tls?: UpstreamTls };
  /** Response headers that a rule wrote. */
  headers?: Headers;
  body?: string;
}

/** The connection was refused, or ended without an answer. */
const noAnswer = 'no answer';

/** From where the callers of the recordings called. */
const remoteAddress = '10.201.0.1';
const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

export function toRouteRequest(request: CaseRequest): RouteRequest {
  const { method, host, port, address = outside, path, headers, tls } = request;
  const proto = headers.find(([name]) => name.toLowerCase() === 'x-forwarded-proto')?.[1];
  const flat = headers.flatMap(([name, value]) => [name.toLowerCase(), value.trim()]);
  const scheme = proto === 'https' ? 'https' : 'http';
  return {
    ...{ method, scheme, authority: host, port, address, path, headers: flat, remoteAddress },
    ...(tls !== undefined && { tls: tls.sni === null ? {} : { serverName: tls.sni } }),
  };
}

/**
 * What the engine's decision says of a request, and what comes of it at the recordings' backends. What a proxy does beyond it
 * (times, bytes) is played over sockets.
 * @param answer where the decision leaves a choice between endpoints, the recorded one is taken
 */
export function decided(table: RouteTable, request: CaseRequest, answer: Answer, draw = 0): Told {
  const told = decidedForAny(table, request, answer, draw);
  const contentType = request.headers.find(([name]) => name.toLowerCase() === 'content-type')?.[1];
  return isGrpc(contentType) ? toldAsGrpc(told) : told;
}

/** What the proxy answers to a gRPC call by itself is 200 with a `grpc-status`. */
function toldAsGrpc(told: Told): Told {
  const status = /^status ([0-9]+)$/.exec(told.by)?.[1];
  if (status === undefined || status === '200') return told;
  const message: Headers = told.body ? [['grpc-message', told.body]] : [];
  const grpcStatus = String(grpcStatusOf(Number(status)));
  const headers: Headers = [...(told.headers ?? []), ['grpc-status', grpcStatus], ...message];
  return { by: 'status 200', body: '', headers };
}

function decidedForAny(table: RouteTable, request: CaseRequest, answer: Answer, draw: number): Told {
  const asked = toRouteRequest(request);
  const decision = route(table, asked, draw);
  const injected = injectedFault(decision, asked);
  if (injected !== undefined) return injected;
  if (answersPreflight(table, asked)) return { by: 'status 200', body: '' };
  switch (decision.kind) {
    case 'no-route':
      return { by: 'status 404', body: '' };
    case 'bad-request':
      return { by: 'status 400', body: decision.body };
    case 'blocked':
      return decision.through === 'http' ? { by: 'status 502', body: '' } : { by: noAnswer };
    case 'connect':
      return asItCame(dialled(decision.cluster, request), request, answer, false);
    case 'cluster-not-found':
      return {
        by: `status ${decision.status}`,
        body: '',
        headers: ofOwn(decision, asked),
      };
    case 'redirect':
      return {
        by: `status ${decision.status}`,
        body: '',
        headers: [['location', decision.location], ...ofOwn(decision, asked)],
      };
    case 'direct-response': {
      const { location } = decision;
      const own: Headers = location === undefined ? [] : [['location', location]];
      const headers = [...own, ...ofOwn(decision, asked)];
      return { by: `status ${decision.status}`, body: new TextDecoder().decode(decision.body), headers };
    }
    case 'pass-through': {
      const { address = outside, port } = request;
      const { path, through } = decision;
      return asItCame([backendAt(address, port)], { ...request, path }, answer, through === 'http');
    }
    case 'forward':
      return forwarded(decision, request, answer);
  }
}

function answersPreflight(table: RouteTable, asked: RouteRequest): boolean {
  return asked.method === 'OPTIONS' && explain(table, asked).answers.some(({ by }) => by === 'preflight');
}

/** A fault that every request meets comes before all else. */
function injectedFault(decision: Decision, asked: RouteRequest): Told | undefined {
  if (!('fault' in decision) || decision.fault?.abort?.percentage !== 100) return undefined;
  const { abort } = decision.fault;
  // In the words of gRPC, which sockets show.
  if (!('status' in abort)) return { by: 'status 200' };
  return { by: `status ${abort.status}`, body: 'fault filter abort', headers: ofOwn(decision, asked) };
}

/** The same of a recorded answer, as far as the decision says something of it. */
export function recorded(answer: Answer, said: Told): Told {
  const { backend, upstream, headers, body, status, error } = answer;
  return {
    by: backend ?? (error === undefined ? `status ${status}` : noAnswer),
    ...(said.status !== undefined && status !== undefined && { status }),
    ...(said.body !== undefined && { body: body ?? '' }),
    ...(said.headers !== undefined && { headers: named(headers, said.headers) }),
    ...(said.upstream !== undefined &&
      upstream !== undefined && {
        upstream: {
          path: upstream.path,
          host: upstream.host,
          headers: named(upstream.headers, said.upstream.headers),
          ...(upstream.tls !== undefined && { tls: upstream.tls }),
        },
      }),
  };
}

/** The exact share of each outcome, named as in a recorded tally; the backends of one cluster are one outcome, joined with commas. */
export function shares(table: RouteTable, request: CaseRequest, answer: Answer): Map<string, number> {
  const result = new Map<string, number>();
  const add = (label: string, share: number) => result.set(label, (result.get(label) ?? 0) + share);
  const { destinations, effects } = explain(table, toRouteRequest(request));
  const abort = effects?.fault?.abort;
  const aborted = (abort?.percentage ?? 0) / 100;
  if (abort !== undefined && 'status' in abort) add(`status ${abort.status}`, aborted);
  let start = 0;
  for (const { share } of destinations) {
    add(decided(table, request, answer, start + share / 2).by, share * (1 - aborted));
    start += share;
  }
  return result;
}

/** A request that goes on untouched, to one of these. @param byHttp whether HTTP is understood on the way, so that a failure gets an answer */
function asItCame(
  candidates: readonly string[],
  request: CaseRequest,
  answer: Answer,
  byHttp: boolean,
): Told {
  if (candidates.length === 0) return { by: noAnswer };
  const outcome = oneOf(
    candidates.map((backend) => passedTo(backend, request, byHttp) ?? { by: noAnswer }),
    answer,
  );
  if (outcome.status === undefined) return outcome;
  const { path, host, tls } = request;
  const ofClient = tls !== undefined && speaksTls(outcome.by) ? { tls: { sni: tls.sni, alpn: null } } : {};
  return { ...outcome, upstream: { path, host, headers: [], ...ofClient } };
}

function forwarded(decision: Forward, request: CaseRequest, answer: Answer): Told {
  const { cluster } = decision;
  const { tls } = cluster;
  const asked = toRouteRequest(request);
  const { endpoint } = decision;
  const candidates =
    endpoint === undefined
      ? dialled(cluster, request, decision.authority)
      : [backendAt(endpoint.address, endpoint.port)];
  if (candidates.length === 0) return { by: 'status 503', body: 'no healthy upstream' };
  const outcomes = candidates.map((backend) => forwardedTo(backend, decision, request));
  const outcome = oneOf(outcomes, answer);
  if (outcome.status === undefined) return outcome;
  return {
    ...outcome,
    headers: cluster.endpoints.length === 0 ? [] : ofBackendAnswer(decision, asked, answer),
    upstream: {
      path: decision.path,
      host: decision.authority,
      headers: ofRequest(decision, asked),
      ...(tls !== undefined && {
        tls: { sni: askedName(tls, decision.authority), alpn: tls.alpn[0] ?? null },
      }),
    },
  };
}

/** Which of several endpoints is asked is chance: of what they come to, what was recorded, if it is among them. */
function oneOf(outcomes: readonly Outcome[], { backend, status }: Answer): Outcome {
  const actual = backend ?? `status ${status}`;
  const names = [...new Set(outcomes.map(({ by }) => by))].sort();
  const alike = outcomes.find(({ by }) => by === actual) ?? (names.length === 1 ? outcomes[0] : undefined);
  return alike ?? { by: names.join() };
}

/** Those of the names that the decision mentions, in the order of names. */
function named(headers: Headers, said: Headers): Headers {
  const names = new Set(said.map(([name]) => name));
  return headers.filter(([name]) => names.has(name));
}

/** For a comparison: the order of headers of different names does not matter, and any fresh id is one. */
export function comparable(told: Told): Told {
  const { headers, upstream, ...rest } = told;
  return {
    ...rest,
    ...(headers !== undefined && { headers: sorted(headers) }),
    ...(upstream !== undefined && { upstream: { ...upstream, headers: sorted(upstream.headers) } }),
  };
}

function sorted(headers: Headers): Headers {
  return headers
    .map(([name, value]) => [name, uuid.test(value) ? '<uuid>' : value] as const)
    .sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
}
