import { PlayedExchange, type PlayedRequest } from '../../../test/played-exchange.js';
import type { PlayedStream } from '../../../test/played-stream.js';
import { rulesFor } from '../../../test/rules.js';
import type { StreamFailure } from '../upstream/stream.js';

const to = 'route: [{destination: {host: back.ext}}]';

/** The first server is 1, the second 2. */
function play(retries: string, request: PlayedRequest = {}, more: { draws?: number[]; rule?: string } = {}) {
  const rules = rulesFor([1, 2], `[{retries: ${retries}, ${to}}]`, more.rule);
  return new PlayedExchange(rules, request, { draws: more.draws ?? [], limits: { maxReplayBytes: 4 } });
}

const trafficPolicy = (policy: string) => `
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: back, namespace: hello-page}
spec: {host: back.ext, trafficPolicy: ${policy}}`;

const fails = (stream: PlayedStream, kind: StreamFailure) => stream.handler.onFailure(kind);

afterEach(() => PlayedExchange.endAll());

describe('what is tried again', () => {
  it.each([
    ['refused', 'connect-failure', true],
    ['timeout', 'connect-failure', true],
    ['termination', 'connect-failure', false],
    ['refused-stream', 'refused-stream', true],
    ['reset', 'refused-stream', false],
    ['termination', 'reset', true],
    ['protocol', '5xx', true],
    ['reset', '5xx', true],
    // Envoy counts what was sent of the request already.
    ['reset', 'reset-before-request', false],
    ['overflow', '5xx,reset,connect-failure', false],
    ['refused', 'retriable-4xx', false],
  ] satisfies Array<[StreamFailure, string, boolean]>)('%s, by %s: %s', async (kind, on, expected) => {
    const played = play(`{attempts: 1, retryOn: "${on}"}`).start();
    fails(played.stream.connects(), kind);
    if (expected) await played.left(2);
    expect([played.streams.length, played.records.length]).toEqual(expected ? [2, 0] : [1, 1]);
  });

  it.each([
    [503, '503', true],
    [503, '5xx', true],
    [502, '503', false],
    [409, 'retriable-4xx', true],
    [200, '5xx', false],
  ])('an answer of %d, by %s: %s', async (status, on, expected) => {
    const played = play(`{attempts: 1, retryOn: "${on}"}`).start();
    const [first] = played.streams as [PlayedStream];
    first.connects().answers(status, [], 'first');
    if (expected) (await played.left(2)).connects().answers(200, [], 'second');
    expect([played.client.status, played.client.body]).toEqual(
      expected ? [200, 'second'] : [status, 'first'],
    );
    expect(first.cancelled).toBe(expected);
    expect(played.records).toMatchObject([
      { flags: [], attempts: expected ? 2 : 1, details: 'via_upstream' },
    ]);
  });

  it('is tried as often as the rule says, with the number of the try; the last answer stands', async () => {
    const played = play('{attempts: 2, retryOn: 5xx}').start();
    for (const count of [1, 2, 3]) {
      const stream = await played.left(count);
      expect(stream.header('x-envoy-attempt-count')).toEqual([String(count)]);
      stream.connects().answers(500 + count);
    }
    expect(played.streams).toHaveLength(3);
    expect(played.client.status).toBe(503);
    expect(played.records).toMatchObject([{ flags: ['URX'], attempts: 3 }]);
  });

  it('is nothing where the rule says none: the answer does not tell of too many tries', () => {
    const played = play('{attempts: 0}').start();
    played.stream.connects().answers(503);
    expect(played.records).toMatchObject([{ status: 503, flags: [], attempts: 1 }]);
  });

  it('goes to a server that was not tried yet, where there is one', async () => {
    const played = play('{attempts: 2, retryOn: 5xx}', {}, { draws: [0, 0, 0, 0, 0, 0.9, 0.9] }).start();
    expect(played.stream.host).toBe('1');
    played.stream.connects().answers(500);
    expect((await played.left(2)).host).toBe('2');
  });
});

it('another try has the headers of the first: no server is known when they are made', async () => {
  const set = 'x-seen: "host %UPSTREAM_HOST%, %START_TIME%"';
  const rule = `[{headers: {request: {set: {${set}}}}, retries: {attempts: 1, retryOn: 5xx}, ${to}}]`;
  const played = new PlayedExchange(rulesFor([1], rule)).start();
  const seen = played.stream.header('x-seen');
  expect(seen).toEqual([expect.stringMatching(/^host , 20/)]);
  fails(played.stream, 'refused');
  expect((await played.left(2)).header('x-seen')).toEqual(seen);
});

describe('the body of another try', () => {
  it('is sent from its beginning, what came meanwhile and the trailers included', async () => {
    const played = play('{attempts: 1, retryOn: 5xx}', { method: 'POST', bodyLength: undefined }).start();
    const [first] = played.streams as [PlayedStream];
    first.connects();
    played.exchange.onData(Buffer.from('ab'));
    fails(first, 'termination');
    played.exchange.onData(Buffer.from('cd'));
    expect(played.client.paused).toBe(true);
    const second = (await played.left(2)).connects();
    expect(played.client.paused).toBe(false);
    expect([first.body, second.body]).toEqual(['ab', 'abcd']);
    played.exchange.onEnd(['x', '1']);
    expect([first.trailers, second.trailers]).toEqual([undefined, ['x', '1']]);
  });

  it.each([
    ['one that was kept', 'abcd', 2],
    ['one that is longer than may be kept', 'abcde', 1],
  ])('%s', async (_, body, tries) => {
    const played = play('{attempts: 1, retryOn: 5xx}', { method: 'POST', bodyLength: body.length }).start();
    played.stream.connects();
    played.exchange.onData(Buffer.from(body));
    played.exchange.onEnd([]);
    fails(played.stream, 'termination');
    if (tries === 2) {
      const second = (await played.left(2)).connects();
      expect([second.body, second.trailers]).toEqual([body, []]);
    } else expect(played.records).toMatchObject([{ status: 503, attempts: 1 }]);
  });
});

describe('the pause before another try', () => {
  it('is over at once where chance says 0', async () => {
    const played = play('{attempts: 1, retryOn: 5xx}').start();
    fails(played.stream, 'refused');
    expect(played.streams).toHaveLength(1);
    await played.left(2);
  });

  it.each([
    ['the client goes away', (played: PlayedExchange) => played.exchange.onClientGone()],
    ['the body is malformed', (played: PlayedExchange) => played.exchange.rejectBody(malformed)],
  ])('is the last of it when %s', async (_, ends) => {
    const played = play('{attempts: 1, retryOn: 5xx, backoff: 1ms}').start();
    fails(played.stream, 'refused');
    ends(played);
    await new Promise((resolve) => setTimeout(resolve, 30));
    expect([played.streams.length, played.records.length]).toEqual([1, 1]);
  });
});

describe('the limit of retries under way', () => {
  const limited = trafficPolicy('{connectionPool: {http: {maxRetries: 1}}}');

  it('counts a request once, however often it is tried, until it is over', async () => {
    const played = play('{attempts: 2, retryOn: 5xx}', {}, { rule: limited }).start();
    for (const count of [1, 2]) fails(await played.left(count), 'refused');
    const third = await played.left(3);
    const { resources } = played.cluster;
    expect(resources.hasRoom('retries')).toBe(false);
    third.connects().answers(200);
    expect(resources.hasRoom('retries')).toBe(true);
    expect(played.records).toMatchObject([{ attempts: 3, flags: [] }]);
    resources.take('retries');
    expect(resources.hasRoom('retries')).toBe(false);
  });

  it.each([
    ['an answer', (stream: PlayedStream) => stream.connects().answers(503), ['UO']],
    ['a failure', (stream: PlayedStream) => fails(stream, 'refused'), ['UO', 'UF']],
  ])('lets %s stand where there is no room', (_, ends, flags) => {
    const played = play('{attempts: 1, retryOn: 5xx}', {}, { rule: limited }).start();
    played.cluster.resources.take('retries');
    ends(played.stream);
    expect(played.client.status).toBe(503);
    expect(played.records).toMatchObject([{ attempts: 1, flags }]);
  });
});

const malformed = {
  status: 400 as const,
  details: 'x',
  emptyBody: false,
  name: 'MalformedMessage',
  message: '',
};
