import { entry, requestOf, tableOf, virtualService } from '../../test/mesh.js';
import { listens } from './listens.js';
import { route } from './route.js';
import { routeConnection } from './route-connection.js';

const kubernetes = `
apiVersion: v1
kind: Service
metadata: {name: hello, namespace: hello-page}
spec: {ports: [{name: http, port: 8080}]}
---`;
const unregistered =
  entry('web.ext').replace('8080', '80') +
  virtualService('[{route: [{destination: {host: one.ext}}]}]', { hosts: '[free.ext]', name: 'free' });

/** Where a connection leads, in a word: a cluster's name or the decision's kind. */
function leads(
  yaml: string,
  host: string,
  port: number,
  policy: 'ALLOW_ANY' | 'REGISTRY_ONLY' = 'REGISTRY_ONLY',
) {
  const decision = routeConnection(tableOf(yaml, { outboundTrafficPolicy: policy }), { host, port }, 0);
  return decision.kind === 'connect' ? decision.cluster.name : decision.kind;
}

describe('routeConnection', () => {
  const hello = 'outbound|8080||hello.hello-page.svc.cluster.local';

  it.each([
    ['a registered host', '', 'one.ext', 8080, 'outbound|8080||one.ext'],
    ['in any letter case, with a trailing dot', '', 'ONE.ext.', 8080, 'outbound|8080||one.ext'],
    ['under a wildcard', entry('*.wild.ext'), 'a.b.wild.ext', 8080, 'outbound|8080||*.wild.ext'],
    ['the bare name of a service of the namespace', kubernetes, 'hello', 8080, hello],
    ['name and namespace', kubernetes, 'hello.hello-page', 8080, hello],
    ['name, namespace and svc', kubernetes, 'hello.hello-page.svc', 8080, hello],
    [
      'the name of a service of another namespace',
      kubernetes.replace('hello-page', 'far'),
      'hello',
      8080,
      'blocked',
    ],
    ['another port', '', 'one.ext', 8443, 'blocked'],
    ['a stranger on a port that is listened on', '', 'far.ext', 8080, 'blocked'],
    ['an address', '', '10.0.0.1', 443, 'blocked'],
    ['an IPv6 address', '', '2001:db8::1', 8080, 'blocked'],
    ['a host that only a rule names', unregistered, 'free.ext', 80, 'pass-through'],
  ])('REGISTRY_ONLY: %s', (_, yaml, host, port, expected) => {
    expect(leads(yaml, host, port)).toBe(expected);
  });

  it('ALLOW_ANY passes a stranger through', () => {
    expect(leads('', 'far.ext', 8080, 'ALLOW_ANY')).toBe('pass-through');
    expect(leads('', 'far.ext', 443, 'ALLOW_ANY')).toBe('pass-through');
  });

  it('asks no rule of a registered host', () => {
    const redirected = virtualService('[{redirect: {uri: /x}}]');
    expect(leads(redirected, 't.ext', 8080)).toBe('outbound|8080||t.ext');
  });
});

describe('listens', () => {
  it('on the ports of HTTP services alone', () => {
    const tcp = entry('db.ext').replace('8080', '5432').replaceAll('http', 'tcp').replace('HTTP', 'TCP');
    const table = tableOf(tcp);
    expect([8080, 5432, 80].map((port) => listens(table, port))).toEqual([true, false, false]);
  });
});

describe('a decision carries the hash of its rules', () => {
  const table = tableOf(
    virtualService(
      '[{match: [{uri: {prefix: /a}}], route: [{destination: {host: one.ext}}]}, {match: [{uri: {prefix: /r}}], redirect: {uri: /}}, {match: [{uri: {prefix: /d}}], directResponse: {status: 200}}, {match: [{uri: {prefix: /n}}], route: [{destination: {host: none.ext}}]}]',
    ),
    {},
    { hash: 'abc' },
  );

  it.each([
    ['forward', requestOf('/a')],
    ['redirect', requestOf('/r')],
    ['direct-response', requestOf('/d')],
    ['cluster-not-found', requestOf('/n')],
    ['no-route', requestOf('/')],
    ['bad-request', requestOf('/%00')],
    ['pass-through', requestOf({ authority: 'far.ext' })],
    ['pass-through', requestOf({ port: 1 })],
  ])('%s', (kind, request) => {
    expect(route(table, request, 0)).toMatchObject({ kind, rules: 'abc' });
  });

  it.each([
    ['one.ext', 'connect'],
    ['far.ext', 'pass-through'],
  ])('a connection to %s', (host, kind) => {
    expect(routeConnection(table, { host, port: 8080 }, 0)).toMatchObject({ kind, rules: 'abc' });
  });
});
