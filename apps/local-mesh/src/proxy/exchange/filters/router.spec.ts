import { PlayedExchange, type PlayedRequest } from '../../../../test/played-exchange.js';
import { routing, rulesFor, rulesText } from '../../../../test/rules.js';

const quoting = 'headers: {response: {set: {x-code: "%RESPONSE_CODE%"}}}';

function play(http: string, request: PlayedRequest = {}): PlayedExchange {
  return new PlayedExchange(rulesFor([1], http), request).start();
}

afterEach(() => PlayedExchange.endAll());

describe('what is decided without a server', () => {
  it('a redirect', () => {
    const { client, records } = play(`[{redirect: {uri: /new, redirectCode: 307}, ${quoting}}]`);
    expect([client.status, client.body, client.reusable]).toEqual([307, '', true]);
    expect([client.header('location'), client.header('x-code')]).toEqual([['http://back.ext/new'], ['0']]);
    expect([client.header('content-length'), client.header('content-type')]).toEqual([[], []]);
    expect(records).toMatchObject([
      {
        flags: [],
        details: 'direct_response',
        attempts: 0,
        upstreamHost: undefined,
        upstreamCluster: undefined,
      },
    ]);
  });

  it('a direct response, with a content type that a rule may set', () => {
    const direct = (more = '') => `[{directResponse: {status: 203, body: {string: tea}}${more}}]`;
    const { client, records } = play(direct(`, ${quoting}`));
    expect([client.status, client.body, client.bodyLength]).toEqual([203, 'tea', 3]);
    expect([client.header('content-type'), client.header('x-code')]).toEqual([['text/plain'], ['0']]);
    expect(client.headers.filter((_, index) => index % 2 === 0)).toEqual([
      ...['x-code', 'content-length', 'content-type', 'date', 'server'],
    ]);
    expect(records).toMatchObject([{ flags: [], details: 'direct_response', bytesSent: 3 }]);
    const typed = play(direct(', headers: {response: {set: {content-type: a/b, content-length: "9"}}}'));
    expect([typed.client.header('content-type'), typed.client.header('content-length')]).toEqual([
      ['a/b'],
      [''],
    ]);
  });

  it('a direct response that says where a thing was made: at the URL that was asked for', () => {
    const { client } = play('[{directResponse: {status: 201}}]', { target: '/a' });
    expect([client.status, client.header('location')]).toEqual([201, ['http://back.ext/a']]);
  });

  it('a destination that is not there', () => {
    const { client, records } = play(`[{route: [{destination: {host: nowhere.ext}}], ${quoting}}]`);
    expect([client.status, client.body, client.header('x-code')]).toEqual([503, '', ['0']]);
    expect(records).toMatchObject([
      { flags: ['NC'], details: 'cluster_not_found', upstreamCluster: 'outbound|80||nowhere.ext' },
    ]);
  });

  it('no rule that matches', () => {
    const { client, records } = play(
      '[{match: [{uri: {exact: /a}}], route: [{destination: {host: back.ext}}]}]',
    );
    expect([client.status, client.body, client.reusable]).toEqual([404, '', true]);
    expect(records).toMatchObject([
      { flags: ['NR'], details: 'route_not_found', upstreamCluster: undefined },
    ]);
  });

  it('a path that is none', () => {
    const { client, records } = play('', { target: '/%00' });
    expect([client.status, client.reusable]).toEqual([400, false]);
    expect(records).toMatchObject([{ flags: [], details: 'http1.codec_error', attempts: 0 }]);
  });

  it('what REGISTRY_ONLY does not let pass: an answer where HTTP is listened for, else the end of the connection', () => {
    const only = routing(rulesText([1]), 'REGISTRY_ONLY');
    const http = new PlayedExchange(only, { headers: ['Host', 'other.ext'] }).start();
    expect([http.client.status, http.client.body, http.client.destroyed]).toEqual([502, '', false]);
    expect(http.records).toMatchObject([{ details: 'direct_response', upstreamCluster: 'BlackHoleCluster' }]);
    const tcp = new PlayedExchange(only, { target: 'http://other.ext:9999/' }).start();
    expect([tcp.client.status, tcp.client.destroyed]).toEqual([0, true]);
    expect(tcp.records).toMatchObject([{ details: 'blocked', upstreamCluster: 'BlackHoleCluster' }]);
  });
});

describe('an answer of its own to a request with a body', () => {
  const direct = '[{directResponse: {status: 200}}]';
  const forward = '[{route: [{destination: {host: back.ext}}], retries: {attempts: 0}}]';

  function withBody(http: string): PlayedExchange {
    const played = new PlayedExchange(rulesFor([1], http), { method: 'POST', bodyLength: 3 });
    played.exchange.onData(Buffer.from('abc'));
    played.exchange.onEnd([]);
    return played.start();
  }

  it('that came along with the head: the connection ends, as Envoy has read none of it', () => {
    expect(withBody(direct).client).toMatchObject({ announcedClose: true, reusable: false });
  });

  it('after a server was asked: the connection goes on', () => {
    const played = withBody(forward);
    played.stream.handler.onFailure('refused');
    expect(played.client).toMatchObject({ announcedClose: false, reusable: true });
  });

  it('which a rule has made unsendable, as is found when it is written to the server: the connection goes on', () => {
    const played = withBody('[{route: [{destination: {host: back.ext}}], rewrite: {authority: "a\\r\\nb"}}]');
    expect(played.client).toMatchObject({ status: 400, body: '', announcedClose: false, reusable: true });
    expect(played.records).toMatchObject([{ flags: [], details: 'invalid_path', attempts: 1 }]);
    expect(played.cluster.hostAt({ host: '127.0.0.1', port: 1 }).active).toBe(0);
  });

  it('that is still to come: the connection ends', () => {
    const played = new PlayedExchange(rulesFor([1], forward), { method: 'POST', bodyLength: 3 }).start();
    played.stream.handler.onFailure('refused');
    expect(played.client).toMatchObject({ announcedClose: true, reusable: false });
  });
});

describe('an answer of its own to a call', () => {
  it.each([
    ['[{directResponse: {status: 503, body: {string: "no ä"}}}]', ['14', 'no %C3%A4']],
    ['[{directResponse: {status: 404}}]', ['12', undefined]],
    ['[{match: [{uri: {exact: /a}}], route: [{destination: {host: back.ext}}]}]', ['12', undefined]],
  ])('is a status of gRPC: %s', (http, [status, message]) => {
    const { client, records } = play(http, { headers: ['content-type', 'application/grpc'] });
    expect([client.status, client.body]).toEqual([200, '']);
    expect(client.header('grpc-status')).toEqual([status]);
    expect(client.header('grpc-message')).toEqual(message === undefined ? [] : [message]);
    expect(records).toMatchObject([{ status: 200, grpcStatus: status }]);
  });
});
