import { type Answer, type CaseRequest, type Headers, ofSidecarsAlone } from './cases.ts';
import type { Echo } from './echo-server.ts';
import type { Lab } from './lab-servers.ts';
import { authority, type Form, type Received } from './proxy-client.ts';
import { comparableAnswers } from './raw-answer.ts';

/** Headers of every answer, and the backends' own. */
const ofEveryAnswer = new Set([
  'date',
  'server',
  'content-length',
  'transfer-encoding',
  'connection',
  'keep-alive',
  'x-envoy-upstream-service-time',
]);
const ofBackends = new Set(['content-type', 'x-backend', 'x-from']);
const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

export function expectAnswer(received: Received, answer: Answer, request: CaseRequest, form: Form): void {
  const echo = echoOf(received);
  expect(received.status).toBe(answer.status);
  if (answer.backend === anyBackend) return;
  expect(echo?.backend).toBe(answer.backend);
  if (request.allHeaders) expect(compared(received.headers)).toEqual(compared(answer.headers));
  else
    expect(withoutChance(shownHeaders(received, echo !== undefined))).toEqual(withoutChance(answer.headers));
  if (echo === undefined) expect(received.body).toBe(answer.body ?? '');
  else expectUpstream(echo, answer, request, form);
  // A lower bound, as recorded; timers of two programs differ by some milliseconds. How long retries take is chance.
  if (answer.ms !== undefined && (answer.attempt ?? 1) === 1)
    expect(received.ms).toBeGreaterThan(answer.ms * 0.9 - 10);
}

function expectUpstream(echo: Echo, answer: Answer, request: CaseRequest, form: Form): void {
  const { upstream } = answer;
  expect(echo.protocol).toBe(answer.protocol);
  if (upstream === undefined) return;
  expect(echo.tls).toEqual(upstream.tls);
  // Where a URL has to name the port, the Host has it too.
  if (request.allHeaders) {
    expect(compared(pairs(echo.rawHeaders))).toEqual(compared(upstream.headers));
    return;
  }
  const asUrl = (host: string) =>
    form === 'absolute' && host === request.host ? authority(host, request.port) : host;
  expect({ ...echo, headers: withoutFreshId(echo.headers) }).toMatchObject({
    method: upstream.method,
    path: upstream.path,
    host: asUrl(upstream.host),
    headers: withoutFreshId(upstream.headers).map(([name, value]) => [
      name,
      name === 'x-envoy-original-host' ? asUrl(value) : value,
    ]),
    body: upstream.body ?? '',
    ...(answer.attempt === undefined ? {} : { attempt: answer.attempt }),
  });
}

/** Within five sigma of what the recording has: both are samples. */
export function expectShares(
  received: readonly Received[],
  tally: Readonly<Record<string, number>>,
  repeat: number,
): void {
  const counts = countsOf(received);
  const total = Object.values(tally).reduce((sum, count) => sum + count, 0);
  if (tally[anyBackend] !== undefined) {
    // Whoever they are, as many of them as recorded.
    expect(Object.keys(counts)).toHaveLength(Object.keys(tally).length - 1);
    return;
  }
  expect(total).toBe(repeat);
  expect(Object.keys(counts).sort()).toEqual(Object.keys(tally).sort());
  for (const [who, recorded] of Object.entries(tally)) {
    const share = recorded / repeat;
    const sigma = Math.sqrt(2 * repeat * share * (1 - share));
    expect(Math.abs((counts[who] ?? 0) - recorded)).toBeLessThanOrEqual(5 * sigma);
  }
}

/** Who answered how often: a backend, or `status 503`. */
export function countsOf(received: readonly Received[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const one of received) {
    const who = echoOf(one)?.backend ?? `status ${one.status}`;
    counts[who] = (counts[who] ?? 0) + 1;
  }
  return counts;
}

/** Stands for a backend that is left open. */
const anyBackend = 'any backend';

/** An answer of which only how many backends took part is compared, not which. */
export function leftOpen(answer: Answer | undefined): Answer {
  const { tally, status } = answer as Answer;
  if (tally === undefined)
    return { headers: [], ...(status !== undefined && { status }), backend: anyBackend };
  return { headers: [], tally: { ...tally, [anyBackend]: 0 } };
}

/** A mirrored copy may still be on its way when the answer is there. */
export async function expectAttempts(lab: Lab, attempts: Readonly<Record<string, number>>): Promise<void> {
  const total = (counts: Readonly<Record<string, number>>) =>
    Object.values(counts).reduce((sum, count) => sum + count, 0);
  for (let i = 0; i < 100 && total(lab.attempts()) < total(attempts); i++) {
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  expect(lab.attempts()).toEqual(attempts);
}

/** What a backend said, if one answered. */
export function echoOf({ body, headers }: Received): Echo | undefined {
  const isEcho = headers.some(([name]) => name.toLowerCase() === 'x-backend');
  return isEcho && body !== '' ? (JSON.parse(body) as Echo) : undefined;
}

/** The headers of an answer that a rule or the proxy set. @param isEcho whether a backend answered */
export function shownHeaders({ headers }: Received, isEcho: boolean): Headers {
  return headers.filter(([name, value]) => {
    if (ofEveryAnswer.has(name.toLowerCase())) return false;
    return !isEcho || !ofBackends.has(name) || (name === 'x-from' && value === 'mesh');
  });
}

/** Fresh ids are alike. */
export function withoutFreshId(headers: Headers): Headers {
  return headers.map(([name, value]) =>
    name === 'x-request-id' && uuid.test(value) ? [name, '<uuid>'] : [name, value],
  );
}

/** All headers for a comparison: how the client's and the backend's own connections were kept is not what is recorded. */
function compared(headers: Headers): Headers {
  return headers
    .map(([name, value]) => [name.toLowerCase(), value] as const)
    .filter(([name]) => !ofSidecarsAlone.has(name) && name !== 'connection' && name !== 'keep-alive')
    .map(([name, value]) => [name, changing.has(name) ? '<any>' : value] as const)
    .sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
}

const changing = new Set(['date', 'x-envoy-upstream-service-time', 'x-request-id']);

/** A cookie's value that a proxy has made. */
function withoutChance(headers: Headers): Headers {
  return headers.map(([name, value]) => [name, value.replace(/"[0-9a-f]{16}"/, '"<hash>"')]);
}

/** Names and values in turn, as pairs. */
export function pairs(flat: readonly string[]): Headers {
  return Array.from({ length: flat.length / 2 }, (_, index) => [
    flat[2 * index] ?? '',
    flat[2 * index + 1] ?? '',
  ]);
}

/** What is drawn by weight comes after some tries, and a machine at its limit is slow, not wrong: what is missing is waited for longer in the end. */
export async function expectRawAnswer(
  send: (silenceMs: number) => Promise<{ data: string; closed: boolean }>,
  { data = '', closed }: Answer,
  silences: readonly number[] = [...Array<number>(8).fill(200), 1000, 4000],
): Promise<void> {
  for (const silenceMs of silences) {
    const received = await send(silenceMs);
    const expected = comparableAnswers(data);
    const actual = comparableAnswers(received.data);
    if (silenceMs !== silences.at(-1) && JSON.stringify(actual) !== JSON.stringify(expected)) continue;
    expect(actual).toEqual(expected);
    if (closed !== undefined) expect(received.closed).toBe(closed);
    return;
  }
}
