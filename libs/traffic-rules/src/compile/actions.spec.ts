import { decide, outcome, requestOf, rulesOf, to } from '../../test/mesh.js';
import { originAllowed } from '../cors/allowed-origin.js';
import { explain } from '../explain/explain.js';

const act = (rule: string) => rulesOf(`[{${rule}}]`);
const sent = (rule: string, path: string) => decide(act(`${rule}, ${to('one.ext')}`), path);

describe('redirect', () => {
  it.each([
    { id: 'T50', redirect: '{port: 80, uri: /n}', ask: '/', expected: '301 http://t.ext:8080/n' },
    { id: 'T50', redirect: '{scheme: https}', ask: '/', expected: '301 https://t.ext:8080/' },
    { id: 'T51', redirect: '{uri: /new}', ask: '/old?q=1', expected: '301 http://t.ext:8080/new?q=1' },
    { id: '4.5', redirect: '{uri: "/new?x=2"}', ask: '/old?q=1', expected: '301 http://t.ext:8080/new?x=2' },
    { id: '4.5', redirect: '{authority: new.host}', ask: '/a?b', expected: '301 http://new.host/a?b' },
    { id: '4.5', redirect: '{authority: "h:99", redirectCode: 307}', ask: '/', expected: '307 http://h:99/' },
    {
      id: '4.5',
      redirect: '{authority: new.host, derivePort: FROM_REQUEST_PORT}',
      ask: '/',
      expected: '301 http://new.host:8080/',
    },
    {
      id: '4.5',
      redirect: '{authority: new.host, derivePort: FROM_PROTOCOL_DEFAULT}',
      ask: '/',
      expected: '301 http://new.host/',
    },
    {
      id: '4.5',
      redirect: '{scheme: https, port: 8443, redirectCode: 308}',
      ask: '/d',
      expected: '308 https://t.ext:8443/d',
    },
    {
      id: '4.5',
      redirect: '{scheme: https}',
      ask: { authority: 't.ext:80' },
      expected: '301 https://t.ext/',
    },
  ])('$id $redirect of $ask is $expected', ({ redirect, ask, expected }) => {
    expect(outcome(act(`redirect: ${redirect}`), ask)).toBe(expected);
  });

  it('prefixRewrite replaces the matched prefix', () => {
    const table = act('match: [{uri: {prefix: /a}}], redirect: {prefixRewrite: /b}');
    expect(outcome(table, '/a/x?q')).toBe('301 http://t.ext:8080/b/x?q');
  });

  it('T49 with a code that Envoy has no redirect for the rule does not exist', () => {
    const table = rulesOf(
      `[{match: [{uri: {prefix: /a}}], redirect: {uri: /b, redirectCode: 304}}, {${to('one.ext')}}]`,
    );
    expect(outcome(table, '/a')).toBe('one.ext:8080');
  });

  it('a rule without match ends the table even where Envoy has no route for it', () => {
    const table = rulesOf(`[{redirect: {uri: /b, redirectCode: 304}}, {${to('one.ext')}}]`);
    expect(decide(table, '/a').kind).toBe('no-route');
    expect(explain(table, requestOf('/a')).passedOver.map(({ rule }) => rule.index)).toEqual([0]);
  });
});

describe('rewrite', () => {
  it.each([
    { id: 'T52', rule: 'match: [{uri: {prefix: /a}}], rewrite: {uri: /}', path: '/a/b', expected: '//b' },
    { id: 'T52', rule: 'match: [{uri: {prefix: /a}}], rewrite: {uri: /}', path: '/abc', expected: '/bc' },
    { id: 'T52', rule: 'match: [{uri: {prefix: /a/}}], rewrite: {uri: /}', path: '/a/b', expected: '/b' },
    {
      id: 'T53',
      rule: 'match: [{uri: {exact: /a}}], rewrite: {uri: /x}',
      path: '/a?q=1',
      expected: '/x?q=1',
    },
    {
      id: 'T53',
      rule: 'match: [{uri: {regex: "/a.*"}}], rewrite: {uri: /x}',
      path: '/abc?q=1',
      expected: '/x?q=1',
    },
    { id: 'T53', rule: 'rewrite: {uri: /x}', path: '/any?q=1', expected: '/xany?q=1' },
    {
      id: '4.7',
      rule: 'match: [{uri: {prefix: /API}, ignoreUriCase: true}], rewrite: {uri: /v1}',
      path: '/api/x',
      expected: '/v1/x',
    },
    {
      id: 'T54',
      rule: 'rewrite: {uriRegexRewrite: {match: a, rewrite: bb}}',
      path: '/aXa?a=a',
      expected: '/bbXbb?a=a',
    },
    {
      id: '4.7',
      rule: String.raw`rewrite: {uriRegexRewrite: {match: "/(\\w+)/(\\w+)", rewrite: "/\\2/\\1$1"}}`,
      path: '/a/b',
      expected: '/b/a$1',
    },
    {
      id: '4.7',
      rule: 'rewrite: {uriRegexRewrite: {match: nothing, rewrite: x}}',
      path: '/a',
      expected: '/a',
    },
    {
      id: '4.7',
      rule: 'rewrite: {uriRegexRewrite: {match: "x*", rewrite: "-"}}',
      path: '/xa',
      expected: '-/-a-',
    },
  ])('$id $rule sends $path as $expected', ({ rule, path, expected }) => {
    expect(sent(rule, path)).toMatchObject({ kind: 'forward', path: expected, originalPath: path });
  });

  it('what is forwarded is normalized', () => {
    expect(sent('name: x', '/a/../%70fx?%70')).toMatchObject({ path: '/pfx?%70' });
  });

  it('the Host of a rule wins over its destination’s, which wins over none', () => {
    const destination =
      'route: [{destination: {host: one.ext, port: {number: 8080}}, headers: {request: {set: {Host: inner}}}}]';
    expect(decide(act(destination), '/')).toMatchObject({ authority: 'inner', originalHost: 't.ext:8080' });
    expect(decide(act(`rewrite: {authority: outer}, ${destination}`), '/')).toMatchObject({
      authority: 'outer',
    });
    expect(
      decide(act(`headers: {request: {add: {":authority": outer}}}, ${destination}`), '/'),
    ).toMatchObject({ authority: 'outer' });
  });
});

describe('retries', () => {
  it.each([
    {
      rule: 'name: none',
      expected: {
        attempts: 2,
        on: ['cancelled', 'connect-failure', 'refused-stream', 'retriable-status-codes', 'unavailable'],
        codes: [],
        perTryTimeoutMs: 0,
        backoffMs: 25,
        avoidPreviousHosts: true,
      },
    },
    {
      rule: 'retries: {attempts: 0}',
      expected: {
        attempts: 0,
        on: [],
        codes: [],
        perTryTimeoutMs: 0,
        backoffMs: 25,
        avoidPreviousHosts: false,
      },
    },
    {
      rule: 'retries: {attempts: 3, perTryTimeout: 2s, retryOn: "5xx,429", backoff: 100ms}',
      expected: {
        attempts: 3,
        on: ['5xx', 'retriable-status-codes'],
        codes: [429],
        perTryTimeoutMs: 2000,
        backoffMs: 100,
        avoidPreviousHosts: true,
      },
    },
    {
      rule: 'retries: {attempts: 1, retryIgnorePreviousHosts: false}',
      expected: {
        attempts: 1,
        on: ['cancelled', 'connect-failure', 'refused-stream', 'retriable-status-codes', 'unavailable'],
        codes: [],
        perTryTimeoutMs: 0,
        backoffMs: 25,
        avoidPreviousHosts: false,
      },
    },
  ])('T55 T56 $rule', ({ rule, expected: { on, codes, ...rest } }) => {
    expect(sent(rule, '/')).toMatchObject({
      kind: 'forward',
      retry: { ...rest, on: new Set(on), statusCodes: new Set(codes) },
    });
  });
});

describe('timeout, fault, mirror and CORS', () => {
  it.each([
    { id: 'T58', rule: 'timeout: 0.5s', expected: { timeoutMs: 500 } },
    { id: '4.8', rule: 'name: none', expected: { timeoutMs: 0 } },
    {
      id: 'T60',
      rule: 'fault: {abort: {httpStatus: 503}, delay: {fixedDelay: 1s}}',
      expected: { fault: {} },
    },
    {
      id: 'T61',
      rule: 'fault: {delay: {fixedDelay: 1s, percentage: {value: 100}}, abort: {httpStatus: 500, percentage: {value: 0.00019}}}',
      expected: {
        fault: { delay: { milliseconds: 1000, percentage: 100 }, abort: { status: 500, percentage: 0.0001 } },
      },
    },
    {
      id: '4.10',
      rule: 'fault: {delay: {fixedDelay: 1s, percent: 7}}',
      expected: { fault: { delay: { milliseconds: 1000, percentage: 7 } } },
    },
    {
      id: '4.10',
      rule: 'fault: {abort: {grpcStatus: UNAVAILABLE, percentage: {value: 1}}}',
      expected: { fault: { abort: { grpcStatus: 14, percentage: 1 } } },
    },
    {
      id: 'T72',
      rule: 'timeout: 1s, retries: {attempts: 1}, fault: {abort: {httpStatus: 500, percentage: {value: 5}}}',
      expected: { timeoutMs: 1000, retry: { attempts: 1 }, fault: { abort: { status: 500 } } },
    },
    {
      id: 'T62',
      rule: 'mirror: {host: two.ext}',
      expected: { mirrors: [{ cluster: { name: 'outbound|8080||two.ext' }, percentage: 100 }] },
    },
    { id: '4.11', rule: 'mirror: {host: two.ext}, mirrorPercentage: {value: 0}', expected: { mirrors: [] } },
    {
      id: '4.11',
      rule: 'mirrors: [{destination: {host: two.ext}, percentage: {value: 12.5}}, {destination: {host: nowhere}}]',
      expected: { mirrors: [{ percentage: 12.5 }, { cluster: undefined, percentage: 100 }] },
    },
    {
      id: 'T63',
      rule: 'corsPolicy: {allowOrigins: [{exact: "http://a"}], allowMethods: [GET, PUT], maxAge: 1m, unmatchedPreflights: IGNORE}',
      expected: {
        cors: {
          allowMethods: 'GET,PUT',
          allowHeaders: '',
          maxAge: 60,
          allowCredentials: false,
          forwardUnmatchedPreflights: false,
        },
      },
    },
  ])('$id $rule', ({ rule, expected }) => {
    expect(sent(rule, '/')).toMatchObject({ kind: 'forward', ...expected });
  });

  it.each([
    { origins: '[{exact: "http://a"}]', origin: 'http://a', allowed: true },
    { origins: '[{exact: "http://a"}]', origin: 'http://b', allowed: false },
    { origins: '[{prefix: "http://a"}, {regex: "https://.*[.]b"}]', origin: 'https://x.b', allowed: true },
    { origins: '[{exact: "*"}]', origin: 'http://any', allowed: true },
  ])('T63 $origins and $origin: $allowed', ({ origins, origin, allowed }) => {
    const decision = sent(`corsPolicy: {allowOrigins: ${origins}}`, '/');
    const cors = 'cors' in decision ? decision.cors : undefined;
    expect(cors && originAllowed(cors, origin)).toBe(allowed);
  });
});

describe('direct response', () => {
  it.each([
    { rule: 'directResponse: {status: 418, body: {string: "żółć"}}', expected: '418 żółć' },
    { rule: 'directResponse: {status: 503}', expected: '503' },
    { rule: 'directResponse: {status: 200, body: {bytes: aGVsbG8=}}', expected: '200 hello' },
  ])('$rule is $expected', ({ rule, expected }) => {
    expect(outcome(act(rule), '/')).toBe(expected);
  });

  it.each(['directResponse: {status: 200}', 'redirect: {uri: /x}'])(
    'T70 T74 response headers go with %s',
    (action) => {
      const decision = decide(act(`${action}, headers: {response: {set: {x: one}}}`), '/');
      expect(decision).toMatchObject({ responseHeaders: [{ kind: 'set', name: 'x', value: ['one'] }] });
    },
  );
});
