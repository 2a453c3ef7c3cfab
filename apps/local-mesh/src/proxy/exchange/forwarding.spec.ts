import { PlayedExchange, type PlayedRequest } from '../../../test/played-exchange.js';
import { http2Upgrade, routing, rulesFor, serviceText } from '../../../test/rules.js';

const to = 'route: [{destination: {host: back.ext}}]';
const uuid = /^[0-9a-f-]{36}$/;

function play(request: PlayedRequest = {}, http = '', destinationRule = ''): PlayedExchange {
  return new PlayedExchange(rulesFor([1], http, destinationRule), request);
}

afterEach(() => PlayedExchange.endAll());

describe('what a server gets', () => {
  it('is the request with the headers of a sidecar, and nothing of its body before it is reached', () => {
    const { exchange, stream } = play({
      method: 'POST',
      target: '/a?b=c',
      headers: ['X-Mine', '1'],
      bodyLength: 3,
    }).start();
    exchange.onData(Buffer.from('abc'));
    expect(stream.request).toEqual({
      method: 'POST',
      scheme: 'http',
      authority: 'back.ext',
      path: '/a?b=c',
      headers: [
        ...['x-mine', '1', 'x-forwarded-proto', 'http', 'x-request-id', expect.stringMatching(uuid)],
        ...['x-envoy-attempt-count', '1'],
      ],
      bodyLength: 3,
      upgrade: undefined,
      untouched: false,
    });
    expect([stream.host, stream.protocol, stream.body]).toEqual(['1', 'http1', '']);
    stream.connects();
    expect(stream.body).toBe('abc');
    exchange.onEnd(['x-sum', '7']);
    expect(stream.trailers).toEqual(['x-sum', '7']);
  });

  it('names what a rewrite has changed, and only that', () => {
    const rewritten = play(
      { target: '/old/x' },
      `[{match: [{uri: {prefix: /old}}], rewrite: {uri: /new}, ${to}}]`,
    );
    const { stream } = rewritten.start();
    expect([stream.request.path, stream.header('x-envoy-original-path')]).toEqual(['/new/x', ['/old/x']]);
    expect(stream.header('x-envoy-original-host')).toEqual([]);
    const renamed = play({}, `[{rewrite: {authority: other.ext}, ${to}}]`).start().stream;
    expect([renamed.request.authority, renamed.header('x-envoy-original-host')]).toEqual([
      ...['other.ext', ['back.ext']],
    ]);
    expect(renamed.header('x-envoy-original-path')).toEqual([]);
  });

  it.each(['1.0', '1.1', '2'] as const)(
    "has a rule's changes, which may quote request and client: HTTP/%s",
    (version) => {
      const set = 'x-seen: "%REQ(X-MINE)% %PROTOCOL% %DOWNSTREAM_REMOTE_ADDRESS% %UPSTREAM_CLUSTER%"';
      const rule = `[{headers: {request: {set: {${set}}}}, ${to}}]`;
      const { stream } = play({ version, headers: ['X-Mine', 'v'] }, rule).start();
      expect(stream.header('x-seen')).toEqual([`v HTTP/${version} 127.0.0.1:40000 outbound|80||back.ext;`]);
    },
  );

  it.each([
    ['timeout: 2s', '2000'],
    ['timeout: 2s, retries: {attempts: 1, perTryTimeout: 1s}', '1000'],
    ['timeout: 1s, retries: {attempts: 1, perTryTimeout: 3s}', '1000'],
    ['retries: {attempts: 1, perTryTimeout: 3s}', '3000'],
    ['retries: {attempts: 1}', undefined],
  ])('is told how long it may take: %s', (limits, expected) => {
    const { stream } = play({}, `[{${limits}, ${to}}]`).start();
    expect(stream.header('x-envoy-expected-rq-timeout-ms')).toEqual(expected === undefined ? [] : [expected]);
    expect(stream.header('grpc-timeout')).toEqual([]);
  });

  it.each([
    ['timeout: 2s', undefined, ['2000m']],
    ['timeout: 2s', '1S', ['1000m']],
    ['timeout: 2s', '5S', ['2000m']],
    ['retries: {attempts: 1}', '5S', ['5000m']],
    ['retries: {attempts: 1}', undefined, []],
  ])(
    'a server of gRPC is told by grpc-timeout, the shorter of both: %s, client %s',
    (limits, sent, expected) => {
      const headers = [
        'content-type',
        'application/grpc',
        ...(sent === undefined ? [] : ['grpc-timeout', sent]),
      ];
      const { stream } = play({ method: 'POST', headers }, `[{${limits}, ${to}}]`).start();
      expect(stream.header('grpc-timeout')).toEqual(expected);
    },
  );

  it.each([
    ['http://back.ext/a', []],
    ['/a', ['Basic x']],
  ])('gets credentials for a proxy unless they are for this one: %s', (target, expected) => {
    const { stream } = play({ target, headers: ['Proxy-Authorization', 'Basic x'] }).start();
    expect(stream.header('proxy-authorization')).toEqual(expected);
  });

  it('is where the client was going, for a host whose endpoints nobody lists', () => {
    const entry = `
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: far, namespace: hello-page}
spec: {hosts: [far.ext], ports: [{number: 80, name: http, protocol: HTTP, TARGET}], resolution: NONE}`;
    const leadTo = (target: string) => {
      const rules = routing(entry.replace(', TARGET', target));
      const options = { ...rules, resolve: (host: string, port: number) => ({ host: `at.${host}`, port }) };
      return new PlayedExchange(options, { headers: ['Host', 'far.ext'] }).start();
    };
    expect(leadTo('').stream.host).toBe('80');
    const moved = leadTo(', targetPort: 8080');
    expect(moved.stream.host).toBe('8080');
    moved.stream.connects().answers(200);
    expect(moved.records).toMatchObject([
      { upstreamHost: 'at.far.ext:8080', upstreamCluster: 'outbound|80||far.ext' },
    ]);
  });

  it('is spoken to in the protocol that a rule says', () => {
    expect(play({}, '', http2Upgrade).start().stream.protocol).toBe('http2');
  });

  it('gets the head ahead of a body that is still to come, and only then', () => {
    expect(play({ method: 'POST', bodyLength: 3 }).start().stream.connects().flushed).toBe(true);
    expect(play().start().stream.connects().flushed).toBe(false);
  });
});

describe('a server that takes no more', () => {
  it('holds the client back until it does', () => {
    const { exchange, stream, client } = play({ method: 'POST', bodyLength: undefined }).start();
    stream.connects();
    exchange.onData(Buffer.from('a'));
    expect(client.paused).toBe(false);
    stream.full = true;
    exchange.onData(Buffer.from('b'));
    expect(client.paused).toBe(true);
    stream.handler.onDrain();
    expect(client.paused).toBe(false);
  });

  it('is the only one to get the body once it answers: nothing of it is kept for another try', () => {
    const { context, stream } = play({ method: 'POST', bodyLength: undefined }).start();
    stream.connects();
    expect(context.body.replayable).toBe(true);
    stream.answersHead(200, [], 9);
    expect(context.body.replayable).toBe(false);
  });

  it('does not set a client going that has sent everything', () => {
    const { exchange, stream, client } = play({ method: 'POST', bodyLength: undefined }).start();
    stream.connects().full = true;
    exchange.onData(Buffer.from('b'));
    exchange.onEnd([]);
    stream.handler.onDrain();
    expect(client.paused).toBe(true);
  });
});

describe('what a client gets', () => {
  it('is the answer, with date, server and the time that it took, and its trailers', async () => {
    const played = play().start();
    const { client, stream } = played;
    stream.connects().answersHead(201, ['X-A', '1', 'Content-Length', '5'], 5);
    stream.sends('he').sends('llo');
    expect([client.body, client.reusable]).toEqual(['hello', undefined]);
    stream.ends(['x-sum', '1']);
    expect([client.status, client.bodyLength, client.trailers]).toEqual([201, 5, ['x-sum', '1']]);
    expect(client.headers).toEqual([
      ...['x-a', '1', 'content-length', '5', 'x-envoy-upstream-service-time', expect.stringMatching(/^\d+$/)],
      ...['date', expect.stringMatching(/ GMT$/), 'server', 'envoy'],
    ]);
    expect([client.announcedClose, client.reusable, client.destroyed]).toEqual([false, true, false]);
    expect(played.runtime.stats.activeRequests).toBe(0);
    expect(played.results).toEqual([['1', { status: 201 }]]);
  });

  it("has a rule's changes, which may quote the answer and the server", () => {
    const set = 'x-seen: "%RESP(X-A)% %RESPONSE_CODE% %UPSTREAM_HOST% %UPSTREAM_CLUSTER% %REQ(:path)%"';
    const { client, stream } = play(
      { target: '/p' },
      `[{headers: {response: {set: {${set}}}}, ${to}}]`,
    ).start();
    stream.connects().answers(202, ['x-a', 'v']);
    expect(client.header('x-seen')).toEqual(['v 202 127.0.0.1:1 outbound|80||back.ext; /p']);
  });

  it('that takes no more holds the server back, until it does', () => {
    const { client, stream, exchange } = play().start();
    // No server is reached yet.
    exchange.onClientDrain();
    stream.connects().answersHead(200, [], undefined);
    stream.sends('a');
    expect(stream.paused).toBe(false);
    client.full = true;
    stream.sends('b');
    expect(stream.paused).toBe(true);
    exchange.onClientDrain();
    expect(stream.paused).toBe(false);
  });

  it.each([
    ['nothing is said of it', {}, true],
    ['the client asks to close it', { headers: ['Connection', 'close'] }, false],
    ['the client speaks HTTP/1.0', { version: '1.0' as const }, false],
    ['the client asks to keep it', { headers: ['Connection', 'keep-alive'] }, true],
  ])('on a connection that goes on or not: %s', (_, request, reusable) => {
    const { client, stream } = play(request).start();
    stream.connects().answers(200);
    expect([client.announcedClose, client.reusable]).toEqual([!reusable, reusable]);
  });

  it('on a connection that ends where the proxy takes nothing new', () => {
    const played = play().start();
    played.runtime.draining = true;
    played.stream.connects().answers(200);
    expect([played.client.announcedClose, played.client.reusable]).toEqual([true, false]);
  });

  it('before its request has ended closes the connection, and no time is told', () => {
    const { client, stream } = play({ method: 'POST', bodyLength: 9 }).start();
    stream.connects().answers(413);
    expect([client.announcedClose, client.reusable]).toEqual([true, false]);
    expect(client.header('x-envoy-upstream-service-time')).toEqual([]);
  });

  it('of 1xx is the first that Envoy knows', () => {
    const { client, stream } = play().start();
    stream.connects().informs(105).informs(103, ['Link', '</a>']).informs(100);
    expect(client.informed).toEqual([[103, ['link', '</a>']]]);
    const last = play().start();
    last.stream.connects().informs(104);
    expect(last.client.informed).toEqual([[104, []]]);
  });
});

describe('where no HTTP listener is', () => {
  const target = 'http://out.ext:9999/a/../b';
  const sent = ['Host', 'x', 'X-Case', '1', 'Content-Type', 'application/grpc', 'Grpc-Timeout', '1m'];

  it('request and answer pass as they came, in the protocol of the client', () => {
    const { client, stream } = play({ target, headers: sent, version: '2' }).start();
    expect(stream.request).toMatchObject({
      path: '/a/../b',
      authority: 'out.ext:9999',
      headers: sent.slice(2),
      untouched: true,
    });
    expect([stream.host, stream.protocol]).toEqual(['9999', 'http2']);
    stream.connects().informs(103, ['Link', 'a']);
    stream.answers(200, ['X-Own', '1', 'Connection', 'x', 'Grpc-Status', '13']);
    expect(client.informed).toEqual([[103, ['Link', 'a']]]);
    expect(client.headers).toEqual(['X-Own', '1', 'Grpc-Status', '13']);
  });

  it('any other protocol is let pass', () => {
    const headers = ['Connection', 'Upgrade', 'Upgrade', 'foo'];
    const { stream } = play({ target, headers }).start();
    expect(stream.request).toMatchObject({ upgrade: 'foo', headers });
  });

  it('a port of a service is answered by its endpoints, whatever asks', () => {
    const rules = routing(serviceText('raw', [7], { number: 7000, protocol: 'TCP' }));
    const played = new PlayedExchange(rules, { target: 'http://raw.ext:7000/a/../b' }).start();
    expect([played.stream.host, played.stream.request.path, played.stream.request.untouched]).toEqual([
      ...['7', '/a/../b', true],
    ]);
    played.stream.connects().answers(500, ['X-Own', '1']);
    expect([played.client.status, played.client.headers]).toEqual([500, ['X-Own', '1']]);
    expect(played.records).toMatchObject([{ upstreamCluster: 'outbound|7000||raw.ext', attempts: 1 }]);
  });
});

describe('what is written down of a request', () => {
  it('is what was asked, what was answered, and by whom', () => {
    const headers = ['User-Agent', 'curl', 'X-Forwarded-For', '1.2.3.4', 'X-Request-Id', 'mine'];
    const played = play({ method: 'PUT', target: '/a/../b', headers, bodyLength: 3 });
    played.exchange.onData(Buffer.from('abc'));
    played.exchange.onEnd([]);
    played.start();
    played.stream.connects().answers(200, ['content-length', '2'], 'ok');
    expect(played.records).toEqual([
      {
        startTime: expect.any(Number),
        method: 'PUT',
        path: '/a/../b',
        authority: 'back.ext',
        port: 80,
        protocol: 'HTTP/1.1',
        status: 200,
        flags: [],
        details: 'via_upstream',
        bytesReceived: 3,
        bytesSent: 2,
        durationMs: expect.any(Number),
        upstreamDurationMs: expect.any(Number),
        forwardedFor: '1.2.3.4',
        userAgent: 'curl',
        requestId: 'mine',
        upstreamHost: '127.0.0.1:1',
        upstreamCluster: 'outbound|80||back.ext',
        downstreamAddress: '127.0.0.1:40000',
        attempts: 1,
        decision: expect.objectContaining({ kind: 'forward' }),
      },
    ]);
    const { startTime = 0, durationMs = 0 } = played.records[0] ?? {};
    expect(Date.now() - startTime).toBeLessThan(60_000);
    expect(durationMs).toBeGreaterThan(0);
    expect(durationMs).toBeLessThan(60_000);
  });

  it.each([
    ['in the head', ['grpc-status', '5'], [], '5'],
    ['in the trailers', [], ['x', 'grpc-status', 'grpc-status', '7'], '7'],
    ['nowhere', [], [], ''],
  ])("a call's status, %s", (_, headers, trailers, expected) => {
    const { stream, records } = play({ headers: ['content-type', 'application/grpc'] }).start();
    stream.connects().answersHead(200, headers);
    stream.ends(trailers);
    expect(records).toMatchObject([{ grpcStatus: expected }]);
  });

  it('has no gRPC status where the request is not a call', () => {
    const { stream, records } = play().start();
    stream.connects().answers(200, ['grpc-status', '5']);
    expect(records[0]).not.toHaveProperty('grpcStatus');
  });
});
