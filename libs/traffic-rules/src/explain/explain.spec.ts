import { entry, requestOf, rulesOf, tableOf, to, virtualService } from '../../test/mesh.js';
import { describeRules } from './describe-rules.js';
import { explain } from './explain.js';
import { renderExplanation } from './render.js';

const byUser = `
  - name: tester
    match: [{headers: {user: {exact: test}}}, {uri: {prefix: /beta}, queryParams: {v: {regex: "[2-3]+"}}}]
    ${to('one.ext')}
  - name: split
    rewrite: {authority: inner.example}
    timeout: 2s
    route:
    - {destination: {host: one.ext, port: {number: 8080}}, weight: 90, headers: {request: {set: {x: "%REQ(user)%"}}}}
    - {destination: {host: both.ext, port: {number: 8080}, subset: v9}, weight: 10}`;

describe('an explanation', () => {
  const table = rulesOf(byUser);

  it('names the rule, every destination with its exact share, and why rules before it did not hold', () => {
    const explanation = explain(table, requestOf({ headers: ['user', 'alice'], path: '/hello?v=1' }));
    expect(JSON.parse(JSON.stringify(explanation))).toMatchObject({
      decision: { kind: 'forward', because: { reason: 'rule', rule: { index: 1, name: 'split' } } },
      destinations: [
        {
          host: 'one.ext',
          weight: 90,
          total: 100,
          share: 0.9,
          exists: true,
          endpoints: [{ address: '127.0.0.1', port: 8080 }],
          authority: 'inner.example',
          requestHeaders: [{ kind: 'set', name: 'x', value: '%REQ(user)%' }],
        },
        { host: 'both.ext', subset: 'v9', share: 0.1, exists: false, cluster: 'outbound|8080|v9|both.ext' },
      ],
      effects: { timeoutMs: 2000, path: { received: '/hello?v=1', sent: '/hello?v=1' } },
      passedOver: [
        {
          rule: { index: 0, name: 'tester' },
          match: { index: 0 },
          reasons: ['header user is "alice", not exactly "test"'],
        },
        {
          match: { index: 1 },
          reasons: [
            'path is "/hello", which does not start with "/beta"',
            'query parameter v is "1", which the regex "[2-3]+" does not match as a whole',
          ],
        },
      ],
    });
  });

  it('reads as a person would explain it', () => {
    expect(renderExplanation(explain(table, requestOf({ headers: ['user', 'alice'], path: '/hello' })))).toBe(
      `GET http://t.ext:8080/hello
VirtualService hello-page/rules, http[1] "split" decides.
  rules.yaml:59:5

Destinations:
  90 %  one.ext:8080, 90 of 100
      endpoints 127.0.0.1:8080
      request header: set x: %REQ(user)%
  10 %  both.ext:8080 (subset v9), 10 of 100
      there is no outbound|8080|v9|both.ext: 503 with an empty body

On the way:
  path /hello, as received
  Host t.ext:8080 becomes inner.example
  timeout 2000 ms, all tries together
  up to 2 retries on connect-failure, refused-stream, unavailable, cancelled, retriable-status-codes

Passed over:
  http[0].match[0] "tester" (rules.yaml:57:13): header user is "alice", not exactly "test"
  http[0].match[1] "tester" (rules.yaml:57:47): path is "/hello", which does not start with "/beta"; query parameter v is missing, wanted: matching the regex "[2-3]+"`,
    );
  });

  it.each([
    {
      match: '{headers: {user: {exact: 张三}}}',
      ask: { headers: ['user', '\xe5\xbc\xa0'] },
      reason: 'header user is "张", not exactly "张三"',
    },
    { match: '{headers: {user: {}}}', ask: {}, reason: 'header user is missing' },
    {
      match: '{headers: {user: {exact: test}}}',
      ask: {},
      reason: 'header user is missing, wanted: exactly "test"',
    },
    {
      match: '{queryParams: {v: {prefix: a}}}',
      ask: {},
      reason: 'query parameter v is missing, wanted: starting with "a"',
    },
    {
      match: '{headers: {user: {prefix: a}}}',
      ask: { headers: ['user', 'x', 'user', 'y'] },
      reason: 'header user is "x" and "y", which does not start with "a"',
    },
    {
      match: '{withoutHeaders: {user: {regex: "t.*"}}}',
      ask: { headers: ['user', 'test'] },
      reason: 'header user is "test", which the rule excludes: matching the regex "t.*"',
    },
    { match: '{method: {exact: POST}}', ask: {}, reason: 'method is "GET", not exactly "POST"' },
    {
      match: '{authority: {exact: t.ext}}',
      ask: {},
      reason: 'authority is "t.ext:8080", not exactly "t.ext"',
    },
    { match: '{scheme: {exact: https}}', ask: {}, reason: 'scheme is "http", not exactly "https"' },
    { match: '{port: 80}', ask: {}, reason: 'port is 8080, not 80' },
    {
      match: '{sourceLabels: {app: other}}',
      ask: {},
      reason: 'the calling workload does not have the label app=other',
    },
    {
      match: '{sourceNamespace: shop}',
      ask: {},
      reason: 'the calling workload is in namespace hello-page, not in shop',
    },
    { match: '{gateways: [x/y]}', ask: {}, reason: 'gateways x/y do not include mesh' },
    {
      match: '{uri: {exact: /Ab}, ignoreUriCase: true}',
      ask: {},
      reason: 'path is "/", not exactly "/Ab" (in any letter case)',
    },
  ])('of $match says: $reason', ({ match, ask, reason }) => {
    const explained = rulesOf(
      `[{match: [${match}], ${to('one.ext')}}, {match: [{uri: {exact: /never}}], ${to('one.ext')}}]`,
    );
    expect(explain(explained, requestOf(ask)).passedOver[0]?.reasons).toEqual([reason]);
  });

  it.each([
    {
      authority: 'one.ext',
      port: 8080,
      summary: 'No rule is in force for one.ext on port 8080: the request goes to the service itself.',
    },
    {
      authority: 'x.org',
      port: 8080,
      summary: 'On port 8080 no rule and no service is called x.org: it passes through to where x.org leads.',
    },
    {
      authority: 'x.org',
      port: 1,
      summary:
        'No service has an HTTP port 1, so no rule looks at the request: it passes through to where x.org leads.',
    },
    {
      authority: 't.ext',
      port: 8080,
      path: '/#',
      summary: 'The request target is malformed (a fragment, an encoded NUL, or no leading slash): 400.',
    },
  ])('of $authority on port $port: $summary', ({ summary, ...ask }) => {
    expect(explain(table, requestOf(ask)).summary).toBe(summary);
  });

  it.each([
    [
      'bound to a gateway only',
      'gateways: [public], hosts: [one.ext]',
      /but is bound to the gateway public only: add mesh/,
    ],
    ['not exported', 'exportTo: [elsewhere], hosts: [one.ext]', /but is not exported to hello-page/],
    [
      'for a gateway, and routes there',
      'gateways: [public], hosts: [x.example]',
      /routes to one\.ext, but .*; its hosts are x\.example\./,
    ],
  ])('tells of a VirtualService that is %s', (_why, fields, words) => {
    const rule = `
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: hidden, namespace: hello-page}
spec: {${fields}, http: [{route: [{destination: {host: one.ext}}]}]}
`;
    const [note, ...more] = explain(
      tableOf(entry('one.ext') + rule),
      requestOf({ authority: 'one.ext' }),
    ).notes;
    expect(note).toMatch(words);
    expect(more).toEqual([]);
  });

  it.each(['reviews', 'reviews.shop', 'reviews.shop.svc.cluster.local'])(
    'tells where a service is served, or in which namespace: %s',
    (authority) => {
      const service =
        '\n---\napiVersion: v1\nkind: Service\nmetadata: {name: reviews, namespace: shop}\nspec: {clusterIP: 10.0.0.1, ports: [{name: http, port: 9080}]}\n';
      const [note] = explain(tableOf(service), requestOf({ authority, port: 80 })).notes;
      expect(note).toMatch(
        authority === 'reviews'
          ? /is a service of the namespace shop, and the calling workload is in hello-page: call reviews\.shop/
          : /is served on port 9080, not on 80\./,
      );
    },
  );

  it('tells of a VirtualService that never acts because another has its host', () => {
    const twice =
      virtualService(`[{${to('one.ext')}}]`, { name: 'a' }) +
      virtualService(`[{${to('two.ext')}}]`, { name: 'b' });
    expect(explain(tableOf(twice), requestOf('/')).notes).toEqual([
      'VirtualService hello-page/b names t.ext too, but hello-page/a comes first and decides alone: the two are not merged.',
    ]);
  });

  it.each([
    [`http: [{${to('db.shop.svc.cluster.local')}}]`, ['it has only HTTP rules, and port 5432 is not HTTP']],
    ['tcp: [{route: [{destination: {host: db.shop.svc.cluster.local}}]}]', []],
  ])('tells whether rules act on a port that is not HTTP: %s', (rules, expected) => {
    const yaml = `
apiVersion: v1
kind: Service
metadata: {name: db, namespace: shop}
spec: {clusterIP: 10.0.0.1, ports: [{name: tcp-db, port: 5432}]}
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: bytes, namespace: shop}
spec: {hosts: [db], ${rules}}
---`;
    const { notes } = explain(tableOf(yaml), requestOf({ authority: 'db.shop', port: 5432 }));
    expect(notes).toEqual(
      expected.map((words) => `VirtualService shop/bytes names db.shop too, but ${words}.`),
    );
  });

  it.each([
    ['weight: 9', 'weight: 1', 'endpoints 10.0.0.1:8080 (weight 9), 10.0.0.2:8080 (weight 1)'],
    ['weight: 3', 'weight: 3', 'endpoints 10.0.0.1:8080, 10.0.0.2:8080'],
  ])('tells weights of endpoints that differ: %s and %s', (first, second, expected) => {
    const yaml = entry('w.ext', `[{address: 10.0.0.1, ${first}}, {address: 10.0.0.2, ${second}}]`);
    expect(renderExplanation(explain(tableOf(yaml), requestOf({ authority: 'w.ext' })))).toContain(expected);
  });

  it('tells of a rule whose host no service registers on the port', () => {
    const rules =
      entry('x.ext') + virtualService(`[{${to('one.ext')}}]`, { hosts: '[hello.com]', name: 'h' });
    expect(explain(tableOf(rules), requestOf({ authority: 'hello.com' })).notes[0]).toContain(
      'no service registers hello.com on port 8080',
    );
  });
});

describe('what is said beside HTTP', () => {
  const rule = (tls: string) => `
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: safe, namespace: hello-page}
spec: {host: t.ext, trafficPolicy: {tls: ${tls}}}
---`;

  it.each([
    [
      '{mode: SIMPLE}',
      'asks for front.ext (the Host), and takes only a certificate for front.ext and signed by a CA of the system',
    ],
    [
      '{mode: SIMPLE, sni: a.ext, caCertificates: /ca.pem}',
      'asks for a.ext, and takes only a certificate signed by a CA of /ca.pem',
    ],
    ['{mode: SIMPLE, insecureSkipVerify: true}', 'asks for front.ext (the Host), and takes any certificate'],
  ])('TLS in the application\u2019s place: %s', (tls, expected) => {
    const rules = virtualService(`[{rewrite: {authority: front.ext}, ${to('t.ext')}}]`);
    const text = renderExplanation(explain(tableOf(rules + rule(tls)), requestOf('/')));
    expect(text).toContain(`\n      TLS in the application's place: ${expected}\n`);
  });

  it.each([
    [
      '{connectionPool: {tcp: {maxConnections: 1}, http: {http1MaxPendingRequests: 2, maxRequestsPerConnection: 0, idleTimeout: 5s}}}',
      'at most 1 connection, 2 requests waiting for one, 5 s without a request on a connection',
    ],
    [
      '{outlierDetection: {consecutive5xxErrors: 2, consecutiveGatewayErrors: 1, baseEjectionTime: 3m}}',
      'an endpoint is ejected for 180 s after 2 answers of 5xx or 1 of 502, 503 or 504 in a row, at most 10 % of them',
    ],
    ['{outlierDetection: {consecutive5xxErrors: 0}}', 'no endpoint is ejected: every count of errors is 0'],
    [
      '{outlierDetection: {splitExternalLocalOriginErrors: true, maxEjectionPercent: 100}}',
      'an endpoint is ejected for 30 s after 5 answers of 5xx or 5 failures to reach it in a row, at most 100 % of them',
    ],
    ['{loadBalancer: {simple: RANDOM}}', 'an endpoint is chosen at random'],
    ['{loadBalancer: {simple: ROUND_ROBIN}}', 'endpoints are chosen in turn'],
    [
      '{loadBalancer: {consistentHash: {httpHeaderName: x-user}}}',
      'an endpoint is chosen by the header x-user',
    ],
    [
      '{loadBalancer: {consistentHash: {httpCookie: {name: lane, ttl: 60s}}}}',
      'an endpoint is chosen by the cookie lane, which clients without it are given',
    ],
  ])('what a DestinationRule says of a destination: %s', (policy, expected) => {
    const limiting = rule('{mode: DISABLE}').replace('{tls: {mode: DISABLE}}', policy);
    const text = renderExplanation(
      explain(tableOf(virtualService(`[{${to('t.ext')}}]`) + limiting), requestOf('/')),
    );
    expect(text).toContain(`\n      ${expected}\n`);
  });

  it('bytes to a port of TCP, and where they go', () => {
    const raw = entry('raw.ext').replace('protocol: HTTP', 'protocol: TCP').replace('8080', '9000');
    const text = renderExplanation(
      explain(tableOf(raw), requestOf({ authority: 'raw.ext:9000', port: 9000 })),
    );
    expect(text).toContain(
      'Port 9000 of raw.ext is not HTTP, so no rule looks at the request: its bytes go to the service as they are.',
    );
    expect(text).toContain('endpoints 127.0.0.1:9000');
  });
});

describe('what the proxy answers by itself', () => {
  const cors = 'corsPolicy: {allowOrigins: [{prefix: "https://app."}], allowMethods: [GET]}';
  const preflight = {
    method: 'OPTIONS',
    headers: ['Access-Control-Request-Method', 'GET', 'Origin', 'https://app.example'],
  };
  const stranger = {
    ...preflight,
    headers: ['origin', 'https://b.example', 'access-control-request-method', 'GET'],
  };
  const half = (status: number) => `fault: {abort: {httpStatus: ${status}, percentage: {value: 50}}}`;

  it.each([
    ['nothing of a plain request', cors, {}, []],
    ['a preflight that CORS allows', cors, preflight, [{ by: 'preflight', status: 200, share: 1 }]],
    ['no preflight of a stranger', cors, stranger, []],
    [
      'that one too, where it is not to be forwarded',
      cors.replace('}]', '}], unmatchedPreflights: IGNORE'),
      stranger,
      [{ by: 'preflight', status: 200, share: 1 }],
    ],
    ['no preflight without a method', cors, { ...preflight, headers: ['origin', 'https://app.example'] }, []],
    ['an abort by its share', half(503), {}, [{ by: 'fault', status: 503, share: 0.5 }]],
    [
      'an abort before CORS',
      `${half(418)}, ${cors}`,
      preflight,
      [
        { by: 'fault', status: 418, share: 0.5 },
        { by: 'preflight', status: 200, share: 0.5 },
      ],
    ],
    ['no abort without a percentage', 'fault: {abort: {httpStatus: 503}}', {}, []],
  ])('%s', (_, more, ask, expected) => {
    expect(explain(rulesOf(`[{${to('one.ext', more)}}]`), requestOf(ask)).answers).toEqual(expected);
  });

  it.each([
    ['[{redirect: {uri: /x}}]', 't.ext:8080', [{ by: 'redirect', status: 301, share: 1 }]],
    ['[{directResponse: {status: 201}}]', 't.ext:8080', [{ by: 'direct-response', status: 201, share: 1 }]],
    [
      `[{match: [{uri: {exact: /x}}], ${to('one.ext')}}]`,
      't.ext:8080',
      [{ by: 'no-route', status: 404, share: 1 }],
    ],
    [
      '[{route: [{destination: {host: one.ext}, weight: 3}, {destination: {host: none.ext}, weight: 1}]}]',
      't.ext:8080',
      [{ by: 'cluster-not-found', status: 503, share: 0.25 }],
    ],
    ['[{redirect: {uri: /x}}]', 'far.ext:8080', []],
  ])('%s', (http, authority, expected) => {
    expect(explain(rulesOf(http), requestOf({ authority })).answers).toEqual(expected);
  });

  it('502 or nothing at all for strangers, by whether HTTP is listened for', () => {
    const table = tableOf('', { outboundTrafficPolicy: 'REGISTRY_ONLY' });
    const answers = (port: number) =>
      explain(table, requestOf({ authority: `far.ext:${port}`, port })).answers;
    expect(answers(8080)).toEqual([{ by: 'blocked', status: 502, share: 1 }]);
    expect(answers(99)).toEqual([{ by: 'connection-closed', share: 1 }]);
  });

  it('stands in the text, and the destinations get the rest', () => {
    const text = (more: string, ask = {}) =>
      renderExplanation(explain(rulesOf(`[{${to('one.ext', more)}}]`), requestOf(ask)));
    expect(text(half(503))).toContain(
      'Answered by the proxy itself:\n  50 %  503, an injected fault\n\nDestinations of the other 50 %:\n  100 %  one.ext:8080',
    );
    expect(text(cors, preflight)).toContain(
      'Answered by the proxy itself:\n  100 %  200, CORS, to a preflight\n',
    );
    expect(text(cors, preflight)).not.toContain('Destinations');
  });

  it('says why a policy of CORS leaves an OPTIONS request alone', () => {
    const table = rulesOf(`[{${to('one.ext', cors)}}]`);
    const notesOn = (ask: object) => explain(table, requestOf(ask)).notes;
    const left = "The rule's corsPolicy does not answer this OPTIONS request: ";
    expect(notesOn({ ...preflight, headers: ['origin', 'https://app.example'] })).toEqual([
      `${left}it has no access-control-request-method. It goes the way of any other request.`,
    ]);
    expect(notesOn({ ...preflight, headers: [] })).toEqual([
      `${left}it has no origin and no access-control-request-method. It goes the way of any other request.`,
    ]);
    expect(notesOn(stranger)).toEqual([
      `${left}its origin is not among allowOrigins. It goes the way of any other request.`,
    ]);
    expect([notesOn(preflight), notesOn({ ...stranger, method: 'GET' })]).toEqual([[], []]);
  });
});

it('rules say which of their hosts no port routes', () => {
  const yaml =
    virtualService(`[{${to('one.ext')}}]`, { hosts: '[t.ext, free.ext, "*.ext"]' }) +
    virtualService(`[{${to('one.ext')}}]`, { hosts: '[alone.com]', name: 'alone' });
  expect(describeRules(tableOf(yaml)).map(({ unrouted }) => unrouted)).toEqual([['alone.com'], []]);
});
