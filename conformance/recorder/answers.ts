import { type Answer, type CaseRequest, type Headers, ofSidecarsAlone } from '../src/cases.ts';
import type { Echo } from '../src/echo-server.ts';
import { echoOf, pairs, shownHeaders, withoutFreshId } from '../src/expectations.ts';
import type { Received } from '../src/proxy-client.ts';
import type { Came } from './requests.ts';

/** Times below it are not recorded, in milliseconds. */
const shortMs = 150;

/** What came of a request in the words of the recordings: without what changes from run to run. */
export function toAnswer(came: Came, request: CaseRequest): Partial<Answer> {
  if ('error' in came) return came;
  if ('data' in came) return toRawAnswer(came);
  const { status, body, certificate, ms } = came;
  const echo = echoOf(came);
  const headers = request.allHeaders ? withoutTimes(came.headers) : shownHeaders(came, echo !== undefined);
  return {
    ...(certificate !== undefined && { certificate }),
    status,
    ...(echo === undefined ? { body } : ofBackend(echo, request)),
    ...(headers.length > 0 && { headers }),
    ...(ms > shortMs && { ms: Math.round(ms) }),
  };
}

function ofBackend(echo: Echo, { allHeaders, count }: CaseRequest): Partial<Answer> {
  const { backend, method, path, host, body, attempt, protocol, tls } = echo;
  const headers = allHeaders
    ? pairs(echo.rawHeaders)
    : echo.headers.filter(([name]) => !ofSidecarsAlone.has(name));
  return {
    backend,
    upstream: {
      method,
      path,
      host,
      headers: withoutFreshId(headers).map(([name, value]) => [name, readTwice(value)]),
      ...(body !== '' && { body }),
      ...(tls && { tls }),
    },
    ...((attempt > 1 || count) && { attempt }),
    ...(protocol !== undefined && { protocol }),
  };
}

/** Bytes in a backend's echo stand in the recordings as if read as Latin-1 twice. */
function readTwice(value: string): string {
  return Buffer.from(value, 'utf8').toString('latin1');
}

const times = /^(?:date|x-envoy-upstream-service-time)$/i;

function withoutTimes(headers: Headers): Headers {
  return headers.map(([name, value]) => [name, times.test(name) ? '<any>' : value]);
}

function toRawAnswer({ data, closed, certificate }: Extract<Came, { data: string }>): Partial<Answer> {
  const lines = data.replace(/^(date|x-envoy-upstream-service-time): [^\r\n]*/gim, '$1: <any>');
  return {
    ...(certificate !== undefined && { certificate }),
    data: lines,
    // After an HTTP answer it is chance whether the connection has ended by then.
    ...(!data.startsWith('HTTP/') && { closed }),
  };
}

/** Who answered: a backend, `status 503`, or why nobody did. */
export function whoAnswered(came: Came): string {
  if ('error' in came) return came.error;
  if ('data' in came) return came.data;
  return echoOf(came as Received)?.backend ?? `status ${came.status}`;
}
