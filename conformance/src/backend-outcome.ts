import { METHODS } from 'node:http';
import { type Forward, retryable, type TryOutcome, type UpstreamProtocol } from '@grayscale/traffic-rules';
import type { CaseRequest } from './cases.ts';
import { listens, shakesHands, speaksHttp, speaksHttp2, speaksTls } from './recorded-connection.ts';

/** What the client hears. */
export interface Outcome {
  /** Who answers, as `hello-1:8080`; of an answer that is not a backend's echo its status, as `status 503`. */
  by: string;
  /** Of a backend's answer. */
  status?: number;
}

/** How one try at a backend ends, and how long it took. */
interface Try {
  outcome: TryOutcome;
  /** What the client hears if there is no other try. */
  heard: Outcome;
  ms: number;
}

/** What comes of a request that is sent on, retries and timeouts included, where every try meets the same backend. */
export function forwardedTo(backend: string, decision: Forward, request: CaseRequest): Outcome {
  const { retry } = decision;
  const limitMs = limitOf(decision, request);
  let elapsedMs = 0;
  for (let attempt = 1; ; attempt++) {
    const { outcome, heard, ms } = tryAt(backend, decision, request, attempt);
    elapsedMs += ms;
    if (limitMs > 0 && elapsedMs > limitMs) return { by: 'status 504' };
    if (attempt > retry.attempts || !retryable(retry, outcome)) return heard;
  }
}

/** What comes of a request that goes through untouched by any rule, in the client's own TLS if it spoke any. @param byHttp whether HTTP is understood on the way */
export function passedTo(backend: string, request: CaseRequest, byHttp: boolean): Outcome | undefined {
  const inTls = request.tls !== undefined && speaksTls(backend);
  const { outcome, heard } = answerOf(backend, 'http1', request, 1, inTls);
  return outcome.kind === 'response' || byHttp ? heard : undefined;
}

function tryAt(backend: string, decision: Forward, request: CaseRequest, attempt: number): Try {
  const { cluster, retry, authority, path } = decision;
  const { perTryTimeoutMs } = retry;
  if (cluster.tls !== undefined && !shakesHands(backend, cluster.tls, authority)) return notConnected;
  const sent = { ...request, path };
  const one = answerOf(backend, cluster.protocol, sent, attempt, cluster.tls !== undefined);
  return perTryTimeoutMs > 0 && one.ms > perTryTimeoutMs
    ? { outcome: { kind: 'per-try-timeout' }, heard: { by: 'status 504' }, ms: perTryTimeoutMs }
    : one;
}

const notConnected: Try = { outcome: { kind: 'connect-failure' }, heard: { by: 'status 503' }, ms: 0 };
const closed: TryOutcome = { kind: 'reset', requestSent: true };

/** What a backend of the recordings says: it obeys `x-lab`, and is a server of Node's. */
function answerOf(
  backend: string,
  protocol: UpstreamProtocol,
  request: CaseRequest,
  attempt: number,
  inTls = false,
): Try {
  if (!listens(backend)) return notConnected;
  if (speaksTls(backend) && !inTls) return { outcome: closed, heard: { by: 'status 503' }, ms: 0 };
  const understands = protocol === 'http2' ? speaksHttp2(backend) : inTls || speaksHttp(backend);
  if (!understands) return { outcome: closed, heard: { by: 'status 502' }, ms: 0 };
  const refused = refusedByNode(request);
  if (refused !== undefined)
    return {
      outcome: { kind: 'response', status: refused, headers: [] },
      heard: { by: `status ${refused}` },
      ms: 0,
    };
  const orders = ordersOf(request);
  const ms = Number(orders.get('delay') ?? 0);
  if (attempt <= Number(orders.get('close') ?? 0))
    return { outcome: closed, heard: { by: 'status 503' }, ms };
  const status = ordered(orders.get('fail'), attempt) ?? 200;
  const grpcStatus = ordered(orders.get('grpc'), attempt);
  const headers = grpcStatus === undefined ? [] : ['grpc-status', String(grpcStatus)];
  const heard = isWithoutEcho(request) ? { by: `status ${status}` } : { by: backend, status };
  return { outcome: { kind: 'response', status, headers }, heard, ms };
}

/** What node:http answers before the server's own code is asked. */
function refusedByNode({ method, path, headers }: CaseRequest): number | undefined {
  if (!METHODS.includes(method) || !/^\/[\x21-\x7e]*$/.test(path)) return 400;
  const expectation = headers.find(([name]) => name.toLowerCase() === 'expect')?.[1];
  return expectation === undefined || expectation === '100-continue' ? undefined : 417;
}

/** HEAD, and what asks for another protocol and is not given it, are answered without a body (recorded: `http-hop-headers-sent`). */
function isWithoutEcho({ method, headers }: CaseRequest): boolean {
  const asksForUpgrade = headers.some(
    ([name, value]) => name.toLowerCase() === 'connection' && /\bupgrade\b/i.test(value),
  );
  return method === 'HEAD' || asksForUpgrade;
}

/** The route's timeout, or the caller's own where that is shorter. 0: none. */
function limitOf({ timeoutMs }: Forward, { headers }: CaseRequest): number {
  const text = headers.find(([name]) => name.toLowerCase() === 'grpc-timeout')?.[1] ?? '';
  const [, amount, unit = ''] = /^([0-9]+)([mSM])$/.exec(text) ?? [];
  const ofCaller = Number(amount ?? 0) * ({ m: 1, S: 1000, M: 60_000 }[unit] ?? 0);
  return timeoutMs > 0 && ofCaller > 0 ? Math.min(timeoutMs, ofCaller) : timeoutMs || ofCaller;
}

function ordersOf({ headers }: CaseRequest): ReadonlyMap<string, string> {
  const text = headers.find(([name]) => name.toLowerCase() === 'x-lab')?.[1] ?? '';
  return new Map(text.split(',').map((order) => order.trim().split('=', 2) as [string, string]));
}

/** `503`, or `503x2` for the first two tries. */
function ordered(order: string | undefined, attempt: number): number | undefined {
  if (order === undefined) return undefined;
  const [value, times] = order.split('x', 2);
  return times === undefined || attempt <= Number(times) ? Number(value) : undefined;
}
