import { PlayedExchange } from '../../../../test/played-exchange.js';
import { rulesFor } from '../../../../test/rules.js';

const full =
  'allowOrigins: [{exact: "http://a"}], allowMethods: [GET, PUT], allowHeaders: [x-a, x-b], exposeHeaders: [x-c], maxAge: 90s';

function play(policy: string, method: string, headers: string[], more = ''): PlayedExchange {
  const rule = `[{corsPolicy: {${policy}}, ${more} route: [{destination: {host: back.ext}}]}]`;
  return new PlayedExchange(rulesFor([1], rule), { method, headers }).start();
}

/** Those of an answer that are about CORS. */
function corsHeaders({ client: { headers } }: PlayedExchange): Record<string, string> {
  const entries = headers.flatMap((name, index) =>
    index % 2 === 0 && name.startsWith('access-control-') ? [[name.slice(15), headers[index + 1]]] : [],
  );
  return Object.fromEntries(entries);
}

const preflight = ['Origin', 'http://a', 'Access-Control-Request-Method', 'PUT'];

afterEach(() => PlayedExchange.endAll());

describe('a preflight', () => {
  it('of an allowed origin is answered with all that is allowed', () => {
    const played = play(`${full}, allowCredentials: true`, 'OPTIONS', preflight);
    expect([played.client.status, played.client.body, played.streams]).toEqual([200, '', []]);
    expect(corsHeaders(played)).toEqual({
      'allow-origin': 'http://a',
      'allow-credentials': 'true',
      'allow-methods': 'GET,PUT',
      'allow-headers': 'x-a,x-b',
      'max-age': '90',
      'expose-headers': 'x-c',
    });
    expect(played.records).toMatchObject([{ details: 'cors_response', flags: [] }]);
  });

  it('is told nothing that the rule does not say', () => {
    expect(corsHeaders(play('allowOrigins: [{exact: "http://a"}]', 'OPTIONS', preflight))).toEqual({
      'allow-origin': 'http://a',
    });
    expect(
      corsHeaders(play('allowOrigins: [{exact: "http://a"}], maxAge: 0s', 'OPTIONS', preflight)),
    ).toEqual({
      'allow-origin': 'http://a',
      'max-age': '0',
    });
  });

  const stranger = ['Origin', 'http://b', 'Access-Control-Request-Method', 'PUT'];

  it.each([
    ['unmatchedPreflights: IGNORE', 200, 0],
    ['unmatchedPreflights: FORWARD', 0, 1],
    ['allowCredentials: false', 0, 1],
  ])('of a stranger, with %s', (policy, status, requests) => {
    const played = play(`${full}, ${policy}`, 'OPTIONS', stranger);
    expect([played.client.status, played.streams.length]).toEqual([status, requests]);
    if (requests > 0) played.stream.connects().answers(200);
    const { 'allow-origin': allowed, ...others } = corsHeaders(played);
    expect(allowed).toBeUndefined();
    expect(others).toEqual(
      requests > 0
        ? {}
        : {
            'allow-methods': 'GET,PUT',
            'allow-headers': 'x-a,x-b',
            'max-age': '90',
            'expose-headers': 'x-c',
          },
    );
  });
});

describe('an ordinary request', () => {
  it.each([
    ['GET', ['Origin', 'http://a', 'Access-Control-Request-Method', 'PUT']],
    ['OPTIONS', ['Origin', 'http://a']],
    ['OPTIONS', ['Origin', 'http://a', 'Access-Control-Request-Method', '']],
  ])('%s %j reaches the server; its answer is for the page that asks', (method, headers) => {
    const played = play(`${full}, allowCredentials: true`, method, headers);
    played.stream.connects().answers(404, ['access-control-allow-origin', '*']);
    expect(played.client.status).toBe(404);
    expect(corsHeaders(played)).toEqual({
      'allow-origin': 'http://a',
      'allow-credentials': 'true',
      'expose-headers': 'x-c',
    });
  });

  it('is told nothing that the rule does not say', () => {
    const played = play('allowOrigins: [{exact: "http://a"}]', 'GET', ['Origin', 'http://a']);
    played.stream.connects().answers(200);
    expect(corsHeaders(played)).toEqual({ 'allow-origin': 'http://a' });
  });

  it.each([
    ['of a stranger', ['Origin', 'http://b']],
    ['without an origin', []],
    ['with an empty one', ['Origin', '']],
  ])("%s has the server's own answer", (_, headers) => {
    const played = play('allowOrigins: [{regex: ".*a|"}], allowCredentials: true', 'GET', headers);
    played.stream.connects().answers(200, ['access-control-allow-origin', '*']);
    expect(corsHeaders(played)).toEqual({ 'allow-origin': '*' });
  });

  it("the proxy's own answers are for the page as well", () => {
    const played = play(full, 'GET', ['Origin', 'http://a'], 'retries: {attempts: 0},');
    played.stream.handler.onFailure('refused');
    expect(corsHeaders(played)).toMatchObject({ 'allow-origin': 'http://a' });
  });
});
