import { PassThrough } from 'node:stream';
import { PlayedExchange } from '../../../test/played-exchange.js';
import { http2Upgrade, rulesFor } from '../../../test/rules.js';

function play(upgrade: string | undefined, destinationRule = '', http = ''): PlayedExchange {
  const headers = upgrade === undefined ? [] : ['Connection', 'Upgrade', 'Upgrade', upgrade];
  return new PlayedExchange(rulesFor([1], http, destinationRule), { headers });
}

afterEach(() => PlayedExchange.endAll());

describe('a client that wants another protocol', () => {
  it.each(['websocket', 'WebSocket'])(
    '%s: it is joined to the server, for as long as both like',
    (upgrade) => {
      const { client, stream, records } = play(upgrade).start();
      expect(stream.request.upgrade).toBe(upgrade);
      expect([stream.header('connection'), stream.header('upgrade')]).toEqual([['Upgrade'], [upgrade]]);
      const socket = new PassThrough();
      stream
        .connects()
        .changesProtocol(['Upgrade', 'websocket', 'Keep-Alive', '5', 'X-A', '1'], socket, 'early');
      expect([client.status, client.announcedClose]).toEqual([101, false]);
      expect(client.headers).toEqual([
        ...['upgrade', 'websocket', 'x-a', '1', 'date', expect.any(String), 'server', 'envoy'],
      ]);
      expect(client.tunnel).toMatchObject({ peer: socket, rest: 'early' });
      expect(records).toEqual([]);
      client.tunnel?.onClosed();
      expect(records).toMatchObject([{ status: 101, flags: [] }]);
    },
  );

  it('is not given up by the timeout of the route once it is joined', async () => {
    const rule = '[{route: [{destination: {host: back.ext}}], timeout: 0.01s}]';
    const { client, stream, records } = play('websocket', '', rule).start();
    stream.connects().changesProtocol([], new PassThrough());
    await new Promise((resolve) => setTimeout(resolve, 40));
    expect([client.destroyed, records]).toEqual([false, []]);
  });

  it.each([
    ['declines', (played: PlayedExchange) => played.stream.connects().answersHead(200)],
    ['fails', (played: PlayedExchange) => played.stream.handler.onFailure('termination')],
  ])('has its last answer where the server %s: the timeout of the route is over with it', async (_, ends) => {
    const rule = '[{route: [{destination: {host: back.ext}}], timeout: 0.01s, retries: {attempts: 0}}]';
    const played = play('websocket', '', rule).start();
    ends(played);
    expect([played.client.announcedClose, played.client.reusable]).toEqual([true, false]);
    await new Promise((resolve) => setTimeout(resolve, 40));
    expect([played.client.destroyed, played.records.length]).toEqual([false, 1]);
  });

  it('says so in its connection header: without, it is an ordinary request', () => {
    const { stream } = new PlayedExchange(rulesFor([1]), { headers: ['Upgrade', 'websocket'] }).start();
    expect([stream.request.upgrade, stream.header('upgrade')]).toEqual([undefined, []]);
  });

  it('any other than websocket is refused', () => {
    const { client, streams, records } = play('foo').start();
    expect([client.status, client.body, client.reusable, streams]).toEqual([403, '', false, []]);
    expect(records).toMatchObject([{ details: 'upgrade_failed', upstreamCluster: 'outbound|80||back.ext' }]);
  });

  it('h2c is not taken up: the request goes on as it is', () => {
    const { stream } = play('h2c').start();
    expect([stream.request.upgrade, stream.header('upgrade'), stream.header('connection')]).toEqual([
      ...[undefined, [], []],
    ]);
  });

  it('a server that does not change to it: its answer without the body, and the connection ends', async () => {
    const { client, stream, records } = play('websocket').start();
    stream.connects().answersHead(200, ['Content-Length', '5', 'Content-Type', 'a/b', 'X-A', '1'], 5);
    expect([client.status, client.bodyLength, client.reusable]).toEqual([200, 0, false]);
    expect(client.headers.slice(0, 2)).toEqual(['x-a', '1']);
    expect([client.announcedClose, stream.cancelled]).toEqual([true, true]);
    expect(records).toMatchObject([{ status: 200, bytesSent: 0 }]);
  });

  it.each([
    ['an error', '', 404],
    ['an answer in HTTP/2', http2Upgrade, 200],
  ])('%s has its body', (_, destinationRule, status) => {
    const { client, stream } = play('websocket', destinationRule).start();
    stream.connects().answers(status, ['content-length', '4'], 'text');
    expect([client.status, client.body, client.reusable]).toEqual([status, 'text', false]);
    expect(client.header('x-envoy-upstream-service-time')).toEqual([]);
  });
});

it('a server that changes the protocol unasked is cut off', () => {
  const rule = '[{route: [{destination: {host: back.ext}}], retries: {attempts: 0}}]';
  const { client, stream, records } = play(undefined, '', rule).start();
  const socket = new PassThrough();
  stream.connects().changesProtocol(['Upgrade', 'websocket'], socket, 'HTTP/1.1 200 OK');
  expect([socket.destroyed, client.tunnel, client.status]).toEqual([true, undefined, 502]);
  expect(records).toMatchObject([{ flags: ['UPE'] }]);
});
