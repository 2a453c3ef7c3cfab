import { type Ask, entry, requestOf, rulesOf, tableOf, to, virtualService } from '../../test/mesh.js';
import { explain } from './explain.js';
import { renderExplanation } from './render.js';

const textOf = (table: ReturnType<typeof rulesOf>, ask: Ask | string = '/') =>
  renderExplanation(explain(table, requestOf(ask)));

/** What is said of a rule for all requests, without where it stands. */
function ruleText(rule: string, ask?: Ask | string): string {
  return textOf(rulesOf(`[{${rule}}]`), ask).replace(/^.*\n.*\n {2}rules\.yaml:\d+:\d+\n\n/, '');
}

const defaultRetries =
  '  up to 2 retries on connect-failure, refused-stream, unavailable, cancelled, retriable-status-codes';

it('a rule with everything that a rule can do', () => {
  const rule = [
    'name: a, match: [{name: m, uri: {prefix: /old}}], rewrite: {uri: /new}, timeout: 1s',
    'retries: {attempts: 3, perTryTimeout: 2s, retryOn: "5xx,503"}',
    'fault: {delay: {fixedDelay: 1s, percentage: {value: 12.5}}, abort: {grpcStatus: NOT_FOUND, percentage: {value: 25}}}',
    'corsPolicy: {allowOrigins: [{exact: x}]}',
    'mirrors: [{destination: {host: two.ext, port: {number: 8080}}, percentage: {value: 10}}, {destination: {host: none.ext}}]',
    'headers: {response: {set: {a: "100%%"}, remove: [b], add: {c: "%RESP(x):5%"}}, request: {remove: [z]}}',
    to('one.ext'),
  ].join(', ');
  const text = textOf(rulesOf(`[{${rule}}]`), '/old/x?y=%41');
  expect(text.replace(/rules\.yaml:\d+:\d+/, 'rules.yaml:1:1')).toBe(`GET http://t.ext:8080/old/x?y=%41
VirtualService hello-page/rules, http[0].match[0] "a.m" decides.
  rules.yaml:1:1

Answered by the proxy itself:
  25 %  gRPC status 5, an injected fault

Destinations of the other 75 %:
  100 %  one.ext:8080, 1 of 1
      endpoints 127.0.0.1:8080
      request header: remove z
      response header: remove b
      response header: set a: 100%%
      response header: add c: %RESP(x):5%

On the way:
  path /old/x?y=%41 becomes /new/x?y=%41
  Host t.ext:8080, as received
  timeout 1000 ms, all tries together
  up to 3 retries on 5xx, retriable-status-codes, 503, each try at most 2000 ms
  fault: 12.5 % are delayed by 1000 ms
  fault: 25 % are answered with gRPC status 5
  CORS: preflights of allowed origins are answered by the proxy
  10 % are copied to outbound|8080||two.ext
  100 % are copied to (a destination that does not exist)`);
});

describe('what a rule does', () => {
  it.each([
    [
      'redirect: {uri: /x, redirectCode: 308}, headers: {response: {set: {a: b}}}',
      'answered with 308 to http://t.ext:8080/x\n  response header: set a: b',
    ],
    ['directResponse: {status: 201, body: {string: teä}}', 'answered with 201 and 3 characters'],
  ])('in the place of a server: %s', (rule, expected) => {
    expect(ruleText(rule)).toBe(`On the way:\n  ${expected}`);
  });

  it('with several destinations, one of them without endpoints', () => {
    const shares = [
      '{destination: {host: both.ext, subset: v1}, weight: 1, headers: {response: {remove: [q]}}}',
      '{destination: {host: both.ext, subset: v3}, weight: 2}',
    ];
    expect(ruleText(`route: [${shares.join(', ')}]`)).toBe(`Destinations:
  33.3333 %  both.ext:8080 (subset v1), 1 of 3
      endpoints 127.0.0.1:8080
      response header: remove q
  66.6667 %  both.ext:8080 (subset v3), 2 of 3
      outbound|8080|v3|both.ext has no endpoint listed

On the way:
  path /, as received
  Host t.ext:8080, as received
${defaultRetries}`);
  });

  it('without retries and limits: nothing is said of them', () => {
    expect(ruleText(to('one.ext', 'retries: {attempts: 0}'))).toMatch(
      /On the way:\n {2}path \/, as received\n {2}Host t\.ext:8080, as received$/,
    );
  });

  it.each([
    ['timeout: 1s', false],
    ['retries: {attempts: 1, retryOn: 5xx}', false],
    ['fault: {abort: {httpStatus: 500, percentage: {value: 100}}}', true],
  ])('to every request: %s, nothing is left for destinations: %s', (more, isLast) => {
    const text = ruleText(to('one.ext', more));
    expect(text.includes('Destinations')).toBe(!isLast);
    expect(text.includes('timeout')).toBe(more.startsWith('timeout'));
    expect(text.includes('each try')).toBe(false);
  });
});

describe('the request', () => {
  it.each([
    [{ authority: 't.ext', port: 80 }, 'GET http://t.ext/'],
    [{ authority: 't.ext' }, 'GET http://t.ext:8080/'],
    [{ authority: 't.ext:8080' }, 'GET http://t.ext:8080/'],
    [{ authority: 't.ext:80', port: 8080 }, 'GET http://t.ext:80/'],
    [{ method: 'PUT', scheme: 'https' as const, path: '/a?b' }, 'PUT https://t.ext:8080/a?b'],
  ])('%j', (ask, expected) => {
    expect(textOf(rulesOf(`[{${to('one.ext')}}]`), ask).split('\n')[0]).toBe(expected);
  });

  it('that no rule takes: each says why, and where it stands', () => {
    const rules = rulesOf(
      `[{match: [{uri: {exact: /x}}], ${to('one.ext')}}, {name: why, match: [{uri: {exact: /y}, method: {exact: PUT}}], ${to('one.ext')}}]`,
    );
    expect(textOf(rules).replace(/rules\.yaml:\d+:\d+/g, 'rules.yaml:1:1')).toBe(`GET http://t.ext:8080/
VirtualService hello-page/rules has the host, but no rule for this request: 404 with an empty body.

Passed over:
  http[0].match[0] (rules.yaml:1:1): path is "/", not exactly "/x"
  http[1].match[0] "why" (rules.yaml:1:1): path is "/", not exactly "/y"; method is "GET", not exactly "PUT"`);
  });

  it('under REGISTRY_ONLY says what becomes of a stranger', () => {
    const table = tableOf('', { outboundTrafficPolicy: 'REGISTRY_ONLY' });
    expect(textOf(table, { authority: 'far.ext' })).toContain(
      'On port 8080 no rule and no service is called far.ext: REGISTRY_ONLY answers 502.',
    );
    expect(textOf(table, { authority: 'far.ext', port: 99 })).toContain(
      'No service has an HTTP port 99, so no rule looks at the request: REGISTRY_ONLY closes the connection.',
    );
  });
});

describe('endpoints', () => {
  it.each([
    ['[]', 'outbound|8080||e.ext has no endpoint listed'],
    ['[{address: 10.0.0.1}, {address: 10.0.0.2}]', 'endpoints 10.0.0.1:8080, 10.0.0.2:8080'],
  ])('%s', (endpoints, expected) => {
    expect(textOf(tableOf(entry('e.ext', endpoints)), { authority: 'e.ext' })).toContain(
      `\n      ${expected}\n`,
    );
  });

  it('that are not ready are told as that', () => {
    const slice = `
apiVersion: v1
kind: Service
metadata: {name: s, namespace: hello-page}
spec: {clusterIP: 10.0.0.9, ports: [{name: http, port: 8080}]}
---
apiVersion: discovery.k8s.io/v1
kind: EndpointSlice
metadata: {name: s-1, namespace: hello-page, labels: {kubernetes.io/service-name: s}}
addressType: IPv4
ports: [{name: http, port: 8080}]
endpoints: [{addresses: [10.0.0.1], conditions: {ready: false}}, {addresses: [10.0.0.2], conditions: {ready: true}}]
---`;
    expect(textOf(tableOf(slice), { authority: 's' })).toContain(
      'endpoints 10.0.0.1:8080 (not ready), 10.0.0.2:8080\n',
    );
  });
});

it('a destination that says how its endpoints are reached has a line for each of it', () => {
  const policy = `
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: one, namespace: hello-page}
spec:
  host: one.ext
  trafficPolicy:
    tls: {mode: MUTUAL, clientCertificate: /c.pem, privateKey: /k.pem, caCertificates: /ca.pem, subjectAltNames: [a, b]}
    loadBalancer: {consistentHash: {useSourceIp: true}}
    connectionPool: {http: {http2MaxRequests: 3, maxRetries: 4, maxRequestsPerConnection: 5, maxConcurrentStreams: 6}}
    outlierDetection: {consecutive5xxErrors: 0, consecutiveGatewayErrors: 3}
---`;
  expect(textOf(tableOf(virtualService(`[{${to('one.ext')}}]`) + policy))).toContain(`
  100 %  one.ext:8080, 1 of 1
      endpoints 127.0.0.1:8080
      TLS in the application's place: asks for t.ext (the Host), and takes only a certificate for a or b and signed by a CA of /ca.pem; it shows the certificate of /c.pem
      an endpoint is chosen by the client's address
      at most 3 requests at once, 4 retries at once, 5 requests on each connection, 6 streams on each connection of HTTP/2
      an endpoint is ejected for 30 s after 3 of 502, 503 or 504 in a row, at most 10 % of them
`);
});

it.each([
  ['{consistentHash: {httpQueryParameterName: q}}', 'an endpoint is chosen by the query parameter q'],
  ['{consistentHash: {httpCookie: {name: lane}}}', 'an endpoint is chosen by the cookie lane'],
  ['{simple: LEAST_REQUEST}', undefined],
])('how an endpoint is chosen: %s', (loadBalancer, expected) => {
  const policy = `
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: one, namespace: hello-page}
spec: {host: one.ext, trafficPolicy: {loadBalancer: ${loadBalancer}}}
---`;
  const table = tableOf(virtualService(`[{${to('one.ext')}}]`) + policy);
  expect(explain(table, requestOf('/')).destinations[0]?.loadBalancing).toBe(expected);
});
