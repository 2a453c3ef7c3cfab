import { PassThrough } from 'node:stream';
import type { Cluster, Forward } from '@grayscale/traffic-rules';
import { PlayedExchange, type PlayedRequest } from '../../../test/played-exchange.js';
import type { PlayedStream } from '../../../test/played-stream.js';
import { rulesFor, serviceText } from '../../../test/rules.js';

const to = 'route: [{destination: {host: back.ext}}]';

interface Mirrored {
  request?: PlayedRequest;
  draws?: number[];
  rule?: string;
  /** Of the servers of `copy.ext`. */
  ports?: number[];
}

function play({ request = {}, draws = [], rule = 'mirror: {host: copy.ext}', ports = [8] }: Mirrored = {}) {
  const rules = rulesFor([1], `[{${rule}, ${to}}]`, serviceText('copy', ports));
  return new PlayedExchange(rules, request, { draws }).start();
}

function copyOf(played: PlayedExchange): PlayedStream {
  const copy = played.streams.find(({ host }) => host === '8');
  if (copy === undefined) throw new Error('there is no copy');
  return copy;
}

function originalOf(played: PlayedExchange): PlayedStream {
  return played.streams.find(({ host }) => host === '1') as PlayedStream;
}

afterEach(() => PlayedExchange.endAll());

describe('a copy of a request', () => {
  it('is the first try, marked as internal, from the address that the client dialled', () => {
    const played = play({ request: { method: 'POST', target: '/a', headers: ['X-A', '1'], bodyLength: 2 } });
    const [original, copy] = [originalOf(played), copyOf(played)];
    expect(copy.request).toEqual({
      ...original.request,
      headers: [...original.request.headers, 'x-envoy-internal', 'true', 'x-forwarded-for', '127.0.0.9'],
    });
    expect(copy.header('x-envoy-attempt-count')).toEqual(['1']);
    for (const stream of played.streams) stream.connects();
    played.exchange.onData(Buffer.from('ab'));
    played.exchange.onEnd([]);
    expect([original.body, copy.body]).toEqual(['ab', 'ab']);
  });

  it.each([
    [30, 0.2999, 2],
    [30, 0.3, 1],
    [100, 0.9999, 2],
    [0, 0, 1],
  ])('is sent to %d %% of the requests: a draw of %d makes %d', (percentage, draw, count) => {
    const rule = `mirrors: [{destination: {host: copy.ext}, percentage: {value: ${percentage}}}]`;
    // The first draw chooses the route.
    expect(play({ rule, draws: [0, draw] }).streams).toHaveLength(count);
  });

  it.each([
    ['without a server', { ports: [] }],
    ['to where nothing is', { rule: 'mirror: {host: nowhere.ext}' }],
  ])('%s is none', (_, mirrored) => {
    const played = play(mirrored);
    expect(played.streams.map(({ host }) => host)).toEqual(['1']);
    played.stream.connects().answers(200);
    expect(played.client.status).toBe(200);
  });

  it('is not sent again with a retry', async () => {
    const played = play({ rule: 'mirror: {host: copy.ext}, retries: {attempts: 1, retryOn: 5xx}' });
    originalOf(played).connects().answers(500);
    expect((await played.left(3)).host).toBe('1');
  });
});

describe('nothing that happens to a copy reaches the client', () => {
  const cases: Array<[string, (copy: PlayedStream) => void]> = [
    ['an answer', (copy) => copy.informs(103).answers(500, ['x', 'y'], 'other')],
    ['a failure', (copy) => copy.handler.onFailure('refused')],
    ['half an answer', (copy) => copy.answersHead(200, [], 9).sends('half')],
    ['half an answer and a failure', (copy) => copy.answersHead(200, [], 9).handler.onFailure('termination')],
  ];

  it.each(cases)('%s', (_, happens) => {
    const played = play();
    happens(copyOf(played).connects());
    expect([played.client.status, played.client.body, played.client.informed]).toEqual([0, '', []]);
    originalOf(played).connects().answers(200, [], 'ok');
    expect([played.client.status, played.client.body]).toEqual([200, 'ok']);
    expect(played.records).toMatchObject([{ flags: [], attempts: 1, upstreamHost: '127.0.0.1:1' }]);
  });

  it('another protocol, which is cut off', () => {
    const played = play({ request: { headers: ['Connection', 'Upgrade', 'Upgrade', 'websocket'] } });
    const socket = new PassThrough();
    copyOf(played).connects().changesProtocol([], socket);
    expect([socket.destroyed, played.client.status]).toEqual([true, 0]);
  });

  it('slowness: it is dropped, and the client goes on', () => {
    const played = play({ request: { method: 'POST', bodyLength: undefined } });
    const [original, copy] = [originalOf(played).connects(), copyOf(played).connects()];
    copy.full = true;
    played.exchange.onData(Buffer.from('a'));
    expect([played.client.paused, copy.cancelled, original.cancelled]).toEqual([false, true, false]);
    played.exchange.onData(Buffer.from('b'));
    expect([original.body, copy.body]).toEqual(['ab', 'a']);
  });
});

describe('a copy under way', () => {
  it('goes on when the client has its answer', () => {
    const played = play();
    originalOf(played).connects().answers(200);
    expect(copyOf(played).cancelled).toBe(false);
    copyOf(played).connects().answers(200);
  });

  it('ends with a client that goes away', () => {
    const played = play();
    copyOf(played).connects();
    played.exchange.onClientGone();
    expect(copyOf(played).cancelled).toBe(true);
  });

  it('ends when a rule has made the answer unsendable', () => {
    const rule = 'mirror: {host: copy.ext}, headers: {response: {set: {"x a": b}}}';
    const played = play({ rule });
    originalOf(played).connects().answers(200);
    expect([played.client.status, copyOf(played).cancelled]).toEqual([503, true]);
  });

  it('is none where a rule has made the request unsendable, and counts for no server', () => {
    const played = play({ rule: 'mirror: {host: copy.ext}, rewrite: {authority: "a\\r\\nb"}' });
    expect([played.client.status, played.streams]).toEqual([400, []]);
    const decision = played.runtime.options.route(played.context.request, 0) as Forward;
    const copies = played.runtime.upstreams.of(decision.mirrors[0]?.cluster as Cluster);
    expect(copies.hostAt({ host: '127.0.0.1', port: 8 }).active).toBe(0);
  });

  it.each([
    [['grpc-status', '14'], ['content-type', 'application/grpc'], 503],
    [['grpc-status', '14'], [], 200],
  ])('counts for its server, a call by its status: %j', (answer, headers, status) => {
    const played = play({ request: { headers } });
    copyOf(played).connects().answers(200, answer);
    expect(played.results).toEqual([['8', { status }]]);
  });
});
