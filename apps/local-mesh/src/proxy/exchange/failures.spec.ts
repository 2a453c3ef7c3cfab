import { PlayedExchange, type PlayedRequest } from '../../../test/played-exchange.js';
import type { PlayedStream } from '../../../test/played-stream.js';
import { rulesFor } from '../../../test/rules.js';
import type { StreamFailure } from '../upstream/stream.js';

const to = 'route: [{destination: {host: back.ext}}]';
const overRetries = (attempts: number) => `[{retries: {attempts: ${attempts}, retryOn: 5xx}, ${to}}]`;

function play(http = '', request: PlayedRequest = {}, ports = [1]): PlayedExchange {
  return new PlayedExchange(rulesFor(ports, http), request);
}

const fails = (stream: PlayedStream, kind: StreamFailure) => stream.handler.onFailure(kind);
const before = 'upstream connect error or disconnect/reset before headers.';

afterEach(() => PlayedExchange.endAll());

const failures = [
  ['refused', 503, 'remote connection failure', 'UF', 'unreachable'],
  ['timeout', 503, 'connection timeout', 'UF', 'timeout'],
  ['termination', 503, 'connection termination', 'UC', 'unreachable'],
  ['protocol', 502, 'protocol error', 'UPE', 'unreachable'],
  ['reset', 503, 'remote reset', 'UR', 'unreachable'],
  ['refused-stream', 503, 'remote refused stream reset', 'UR', 'unreachable'],
  ['overflow', 503, 'overflow', 'UO', undefined],
] as const;

describe('a server that fails before its answer', () => {
  it.each(failures)('%s: %d %s, %s', (kind, status, reason, flag, result) => {
    const { client, stream, records, results } = play(overRetries(0)).start();
    fails(stream, kind);
    expect([client.status, client.body]).toEqual([status, `${before} reset reason: ${reason}`]);
    expect(client.header('x-envoy-overloaded')).toEqual(kind === 'overflow' ? ['true'] : []);
    const details = `upstream_reset_before_response_started{${reason.replaceAll(' ', '_')}}`;
    expect(records).toMatchObject([
      { status, flags: [flag], details, attempts: 1, upstreamDurationMs: undefined },
    ]);
    expect(results).toEqual(result === undefined ? [] : [['1', result]]);
  });

  it.each(failures.filter(([kind]) => kind !== 'overflow'))(
    '%s, after another try: the reason says so',
    async (kind, status, reason, flag) => {
      const played = play(overRetries(1)).start();
      fails(played.stream, 'refused');
      fails(await played.left(2), kind);
      expect([played.client.status, played.client.body]).toEqual([
        status,
        `${before} retried and the latest reset reason: ${reason}`,
      ]);
      expect(played.records).toMatchObject([{ flags: ['URX', flag], attempts: 2 }]);
    },
  );

  it('within the time that the rule gives: what it failed by is told, not the time', () => {
    const { stream, records } = play(`[{timeout: 60s, retries: {attempts: 0}, ${to}}]`).start();
    fails(stream.connects(), 'reset');
    expect(records).toMatchObject([{ status: 503, flags: ['UR'] }]);
  });

  it('a name without an address: no healthy upstream where rules list it, else as the proxy that resolves names', () => {
    const listed = play().start();
    fails(listed.stream, 'name-not-found');
    expect([listed.client.status, listed.client.body]).toEqual([503, 'no healthy upstream']);
    expect(listed.records).toMatchObject([{ flags: ['UH'], details: 'no_healthy_upstream' }]);
    const stranger = play('', { target: 'http://out.ext/' }).start();
    fails(stranger.stream, 'name-not-found');
    expect([stranger.client.status, stranger.client.body]).toEqual([503, 'DNS resolution failure']);
    expect(stranger.records).toMatchObject([{ flags: ['DF'], details: 'dns_resolution_failure' }]);
    expect([listed.results, stranger.results]).toEqual([[], []]);
  });

  it('the proxy itself: 508, and what was asked for', () => {
    const listed = play().start();
    fails(listed.stream, 'loop');
    expect(listed.client.status).toBe(508);
    expect(listed.client.body).toContain(
      '127.0.0.1:1, an endpoint of outbound|80||back.ext, is the local mesh',
    );
    const stranger = play('', { target: 'http://out.ext/' }).start();
    fails(stranger.stream, 'loop');
    expect(stranger.client.status).toBe(508);
    expect(stranger.client.body).toMatch(/^out\.ext is the local mesh itself/);
    expect(stranger.records).toMatchObject([{ flags: [], details: 'loop_detected' }]);
    expect([listed.results, stranger.results]).toEqual([[], []]);
  });

  it('no server at all', () => {
    const played = play('', {}, []).start();
    expect([played.client.status, played.client.body]).toEqual([503, 'no healthy upstream']);
    expect(played.records).toMatchObject([{ flags: ['UH'], attempts: 0, upstreamHost: undefined }]);
  });

  it('no room for one more request: nothing was asked, and the next finds it again', () => {
    const limit = `
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: back, namespace: hello-page}
spec: {host: back.ext, trafficPolicy: {connectionPool: {http: {http2MaxRequests: 1}}}}`;
    const played = new PlayedExchange(rulesFor([1], '', limit));
    const { resources } = played.cluster;
    resources.take('requests');
    played.start();
    expect(played.streams).toEqual([]);
    expect(played.records).toMatchObject([{ flags: ['UO'], attempts: 1, upstreamHost: '127.0.0.1:1' }]);
    resources.giveBack('requests');
    expect(resources.hasRoom('requests')).toBe(true);
  });
});

describe('an answer that was begun', () => {
  it.each([
    ['termination', ['UC']],
    ['protocol', ['UC']],
    ['reset', []],
  ] satisfies Array<[StreamFailure, string[]]>)(
    'and breaks off by %s ends with its connection',
    (kind, flags) => {
      const { client, stream, records, runtime } = play(overRetries(1)).start();
      stream.connects().answersHead(200, [], 9).sends('half');
      fails(stream, kind);
      expect([client.destroyed, client.reusable, client.trailers]).toEqual([true, undefined, undefined]);
      expect(records).toMatchObject([
        { status: 200, flags, details: 'upstream_reset_after_response_started', bytesSent: 4, attempts: 1 },
      ]);
      expect(runtime.stats.activeRequests).toBe(0);
    },
  );
});

describe('a client that goes away', () => {
  it('takes its request with it; it is written down once', () => {
    const { exchange, stream, records, runtime } = play().start();
    stream.connects();
    exchange.onClientGone();
    exchange.onClientGone();
    expect(stream.cancelled).toBe(true);
    expect(records).toMatchObject([{ status: 0, flags: ['DC'], details: 'downstream_remote_disconnect' }]);
    expect(records).toHaveLength(1);
    expect(runtime.stats.activeRequests).toBe(0);
  });

  it('in the middle of an answer: what is known of it stays', () => {
    const { exchange, stream, records } = play().start();
    stream.connects().answersHead(200, [], 9).sends('half');
    exchange.onClientGone();
    expect(records).toMatchObject([{ status: 200, flags: ['DC'], details: 'via_upstream', bytesSent: 4 }]);
  });

  it('or whose bytes are not a body, behind an answer that was begun', () => {
    const { exchange, stream, records } = play('', { method: 'POST', bodyLength: undefined }).start();
    stream.connects().answersHead(200, [], 9);
    exchange.onClientGone(true);
    expect(stream.cancelled).toBe(true);
    expect(records).toMatchObject([{ flags: ['DPE', 'DC'] }]);
  });

  it('after its answer changes nothing, and what it still sends is left alone', () => {
    const { exchange, stream, records, client } = play('', { method: 'POST', bodyLength: undefined }).start();
    stream.connects().answers(200);
    const body = { ...stream };
    exchange.onData(Buffer.from('late'));
    exchange.onEnd([]);
    exchange.onClientGone();
    expect([stream.body, stream.trailers]).toEqual([body.body, body.trailers]);
    expect(records).toMatchObject([{ flags: [], bytesReceived: 0 }]);
    expect([client.paused, stream.cancelled]).toEqual([false, false]);
  });
});

describe('a body that turns out to be malformed', () => {
  const malformed = Object.assign(new Error(), { status: 400 as const, details: 'odd', emptyBody: false });

  it.each([true, false])(
    'is answered, and its request is given up; the server was reached: %s',
    (isReached) => {
      const { exchange, stream, records, client } = play('', {
        method: 'POST',
        bodyLength: undefined,
      }).start();
      if (isReached) stream.connects();
      exchange.rejectBody(malformed);
      expect(stream.cancelled).toBe(true);
      expect([client.status, client.body, client.reusable]).toEqual([400, 'Bad Request', false]);
      expect(records).toMatchObject([{ status: 400, flags: ['DPE'], details: 'odd' }]);
    },
  );

  it('before the request was acted on: nothing leaves', () => {
    const played = play('', { method: 'POST', bodyLength: undefined });
    expect(played.exchange.started).toBe(false);
    played.exchange.rejectBody(malformed);
    expect([played.exchange.started, played.client.status, played.streams]).toEqual([true, 400, []]);
  });
});

describe('what no rule may send', () => {
  const breaking = (part: string) =>
    `[{headers: {${part}: {set: {"x a": b}}}, retries: {attempts: 0}, ${to}}]`;

  it('an answer that a rule has broken is refused, and the request with it', () => {
    const { client, stream, records, exchange } = play(breaking('response')).start();
    expect(exchange.answering).toBe(false);
    stream.connects().answersHead(200, [], 2);
    expect([client.status, client.body]).toEqual([503, 'invalid header name: x a']);
    expect(exchange.answering).toBe(true);
    expect(stream.cancelled).toBe(true);
    stream.sends('ok').ends();
    expect(client.body).toBe('invalid header name: x a');
    expect(records).toMatchObject([{ status: 503, flags: [], details: 'invalid_header' }]);
    expect(records).toHaveLength(1);
  });

  it("is told apart from faults of another kind, which are not a rule's", () => {
    const broken = () => {
      throw new Error('broken');
    };
    const answered = play().start();
    answered.client.head = broken;
    expect(() => answered.stream.connects().answers(200)).toThrow('broken');
    const own = play('[{directResponse: {status: 200}}]');
    own.client.head = broken;
    expect(() => own.start()).toThrow('broken');
  });

  it('a fault of the engine is an answer of its own', () => {
    const rules = rulesFor([1]);
    const route = () => {
      throw new Error('boom');
    };
    const { client, records } = new PlayedExchange({ ...rules, route }).start();
    expect([client.status, client.reusable]).toEqual([500, true]);
    expect(client.body).toBe('the local mesh could not decide where this request goes: boom\n');
    expect(records).toMatchObject([
      { details: 'internal_error', decision: undefined, upstreamCluster: undefined },
    ]);
  });
});
