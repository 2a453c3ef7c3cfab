import { PlayedExchange, type PlayedRequest } from '../../../test/played-exchange.js';
import { rulesFor } from '../../../test/rules.js';

const to = 'route: [{destination: {host: back.ext}}]';

function play(limits: string, request: PlayedRequest = {}): PlayedExchange {
  return new PlayedExchange(rulesFor([1], `[{${limits}, ${to}}]`), request);
}

const aWhile = (milliseconds = 40) => new Promise((resolve) => setTimeout(resolve, milliseconds));

afterEach(() => PlayedExchange.endAll());

describe("a route's timeout", () => {
  it('is for the whole answer: none', async () => {
    const played = play('timeout: 0.01s, retries: {attempts: 5, retryOn: 5xx}').start();
    await played.over();
    expect([played.client.status, played.client.body]).toEqual([504, 'upstream request timeout']);
    expect(played.records).toMatchObject([{ flags: ['UT'], details: 'response_timeout', attempts: 1 }]);
    expect(played.stream.cancelled).toBe(true);
    expect(played.results).toEqual([['1', 'timeout']]);
  });

  it('is for the whole answer: half of it, which says nothing against the server', async () => {
    const played = play('timeout: 0.01s').start();
    played.stream.connects().answersHead(200, [], 9).sends('half');
    await played.over();
    expect([played.client.destroyed, played.stream.cancelled]).toEqual([true, true]);
    expect(played.records).toMatchObject([{ status: 200, flags: ['UT'], details: 'response_timeout' }]);
    expect(played.results).toEqual([['1', { status: 200 }]]);
  });

  it('begins when the request is complete', async () => {
    const played = play('timeout: 0.01s', { method: 'POST', bodyLength: undefined }).start();
    played.stream.connects();
    await aWhile();
    expect(played.records).toEqual([]);
    played.exchange.onEnd([]);
    expect((await played.over()).details).toBe('response_timeout');
  });

  it('is over for what fails behind it, whoever is heard of first', () => {
    const played = play('timeout: 0.01s, retries: {attempts: 5, retryOn: 5xx}').start();
    const end = performance.now() + 20;
    // The timer has no turn before the failure.
    while (performance.now() < end);
    played.stream.handler.onFailure('reset');
    expect(played.records).toMatchObject([{ status: 504, flags: ['UT'], attempts: 1 }]);
  });

  it('goes on counting while a try is made again, and what is left is told', async () => {
    const played = play('timeout: 5s, retries: {attempts: 1, retryOn: 5xx}').start();
    await aWhile(20);
    played.stream.connects().answers(500);
    const second = await played.left(2);
    const [left] = second.header('x-envoy-expected-rq-timeout-ms').map(Number);
    expect(left).toBeLessThanOrEqual(4990);
    expect(left).toBeGreaterThan(0);
  });

  it('does not come after an answer', async () => {
    const played = play('timeout: 0.01s').start();
    played.stream.connects().answers(200);
    await aWhile();
    expect(played.records).toMatchObject([{ status: 200, flags: [] }]);
    expect(played.client.destroyed).toBe(false);
  });

  it('of a call is the shorter one of the rule and the caller', async () => {
    const headers = ['content-type', 'application/grpc', 'grpc-timeout', '10m'];
    const played = play('timeout: 50s', { method: 'POST', headers }).start();
    await played.over();
    expect(played.client.header('grpc-status')).toEqual(['14']);
    expect(played.records).toMatchObject([{ status: 200, flags: ['UT'] }]);
  });

  it('is not taken from the headers of what is not a gRPC call', async () => {
    const played = play('retries: {attempts: 0}', { headers: ['grpc-timeout', '10m'] }).start();
    await aWhile();
    expect(played.records).toEqual([]);
  });
});

describe('the limit of one try', () => {
  it('begins another one, where the rule retries so', async () => {
    const played = play('retries: {attempts: 1, perTryTimeout: 10ms, retryOn: 5xx}').start();
    const second = await played.left(2);
    expect(played.streams[0]?.cancelled).toBe(true);
    second.connects().answers(200);
    expect(played.records).toMatchObject([{ status: 200, flags: [], attempts: 2 }]);
    expect(played.results).toEqual([
      ['1', 'timeout'],
      ['1', { status: 200 }],
    ]);
  });

  it('is an answer of its own otherwise', async () => {
    const played = play('retries: {attempts: 1, perTryTimeout: 10ms, retryOn: connect-failure}').start();
    await played.over();
    expect([played.client.status, played.client.body]).toEqual([504, 'upstream request timeout']);
    expect(played.records).toMatchObject([
      { flags: ['UT'], details: 'upstream_per_try_timeout', attempts: 1 },
    ]);
  });

  it('after the last try: both are said', async () => {
    const played = play('retries: {attempts: 1, perTryTimeout: 10ms, retryOn: 5xx}').start();
    await played.over();
    expect(played.records).toMatchObject([{ status: 504, flags: ['URX', 'UT'], attempts: 2 }]);
  });

  it('ends with the head of an answer', async () => {
    const played = play('retries: {attempts: 1, perTryTimeout: 10ms, retryOn: 5xx}').start();
    played.stream.connects().answersHead(200, [], 4).sends('ha');
    await aWhile();
    expect(played.records).toEqual([]);
    played.stream.sends('lf').ends();
    expect(played.records).toMatchObject([{ status: 200, bytesSent: 4 }]);
  });

  it('begins when the request is complete', async () => {
    const limits = 'retries: {attempts: 1, perTryTimeout: 10ms, retryOn: connect-failure}';
    const played = play(limits, { method: 'POST', bodyLength: undefined }).start();
    played.stream.connects();
    await aWhile();
    expect(played.records).toEqual([]);
    played.exchange.onEnd([]);
    await played.over();
  });

  it('ends with a try that fails', async () => {
    const played = play('retries: {attempts: 0, perTryTimeout: 10ms}').start();
    played.stream.handler.onFailure('refused');
    await aWhile();
    expect(played.results).toEqual([['1', 'unreachable']]);
  });
});

describe('a request in which nothing moves', () => {
  it.each([
    ['complete', 0, 504],
    ['not complete', 5, 408],
  ])('%s: it is answered', (_, bodyLength, status) => {
    const { exchange, client, stream, records } = play('retries: {attempts: 0}', { bodyLength }).start();
    exchange.onStreamIdle();
    expect([client.status, client.body, stream.cancelled]).toEqual([status, 'stream timeout', true]);
    expect(records).toMatchObject([{ flags: [], details: 'stream_idle_timeout' }]);
  });

  it('whose answer was begun ends with its connection', () => {
    const { exchange, client, stream, records } = play('retries: {attempts: 0}').start();
    stream.connects().answersHead(200, [], 9);
    exchange.onStreamIdle();
    expect([client.destroyed, stream.cancelled]).toEqual([true, true]);
    expect(records).toMatchObject([{ status: 200, details: 'stream_idle_timeout' }]);
  });
});
