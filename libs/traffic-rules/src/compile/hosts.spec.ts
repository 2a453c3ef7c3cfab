import { type Ask, clusterOf, entry, outcome, tableOf, to, virtualService } from '../../test/mesh.js';
import type { Workload } from '../workload.js';

const web = `
apiVersion: v1
kind: Service
metadata: {name: web, namespace: shop}
spec: {clusterIP: 10.96.1.7, ports: [{name: http, port: 80}]}
---`;
const hello = `
apiVersion: v1
kind: Service
metadata: {name: hello, namespace: hello}
spec: {clusterIP: 10.96.1.1, ports: [{name: http, port: 8080}]}
---`;
const rule = (
  hosts: string,
  target = 'one.ext',
  more: { name?: string; namespace?: string; more?: string } = {},
) => virtualService(`[{${to(target)}}]`, { hosts, ...more });
const at = (authority: string, port = 8080): Ask => ({ authority, port });
const foreign = '\napiVersion: networking.istio.io/v1\nkind: VirtualService\nmetadata:';
const aged = (name: string, namespace: string, day: number, target: string, more = '') =>
  `${foreign} {name: ${name}, namespace: ${namespace}, creationTimestamp: "2026-01-0${day}T00:00:00Z"}\nspec: {hosts: [t.ext], ${more} http: [{${to(target)}}]}\n---`;

interface Row {
  id: string;
  when: string;
  rules: string;
  workload?: Partial<Workload>;
  asks: Array<[Ask, string]>;
}

const rows: Row[] = [
  {
    id: 'T18',
    when: 'a Host is looked up without its port, its letter case and, where registered, a trailing dot',
    rules: rule('[t.ext]'),
    asks: [
      [at('T.EXT:9999'), 'one.ext:8080'],
      [at('t.ext.'), 'one.ext:8080'],
      [at('t.ext:'), 'one.ext:8080'],
    ],
  },
  {
    id: '7',
    when: 'a ServiceEntry is reached by its name and, of several addresses, by the last one',
    rules: entry('vip.ext', '[{address: 127.0.0.1}]', 'addresses: [240.0.0.1, 240.0.0.2]'),
    asks: [
      [at('vip.ext'), 'vip.ext:8080'],
      [at('240.0.0.2:8080'), 'vip.ext:8080'],
      [at('240.0.0.1:8080'), 'pass-through http'],
    ],
  },
  {
    id: 'T21',
    when: 'gateways in a match hide its sourceLabels',
    rules: virtualService(`[{match: [{gateways: [mesh], sourceLabels: {app: other}}], ${to('one.ext')}}]`),
    asks: [[at('t.ext'), 'one.ext:8080']],
  },
  {
    id: 'T22',
    when: 'a VirtualService that is left with no route is as if it were not there, for a registered host',
    rules: virtualService(`[{match: [{sourceLabels: {app: other}}], ${to('one.ext')}}]`),
    asks: [[at('t.ext'), 't.ext:8080']],
  },
  {
    id: 'T23',
    when: 'and for one that is nobody’s',
    rules:
      web +
      virtualService(`[{match: [{sourceNamespace: other}], ${to('one.ext')}}]`, { hosts: '[unreg.com]' }),
    asks: [[at('unreg.com', 80), 'pass-through http']],
  },
  {
    id: 'T24',
    when: 'match.port keeps a rule to its listener',
    rules:
      web +
      entry('multi.ext', '[{address: 127.0.0.1}]').replace(
        'ports: [',
        'ports: [{number: 9090, name: http-b, protocol: HTTP}, ',
      ) +
      virtualService(
        `[{match: [{port: 9090}], ${to('one.ext')}}, {match: [{port: 8080}], ${to('two.ext')}}, {${to('t.ext')}}]`,
        { hosts: '[multi.ext]' },
      ),
    asks: [
      [at('multi.ext', 8080), 'two.ext:8080'],
      [at('multi.ext', 9090), 'one.ext:8080'],
      [at('multi.ext', 80), 't.ext:8080'],
    ],
  },
  {
    id: 'T27',
    when: 'two VirtualServices for one host do not merge: the older wins whole',
    rules:
      `${foreign} {name: z-older, namespace: hello-page, creationTimestamp: "2026-01-01T00:00:00Z"}\nspec: {hosts: [t.ext], http: [{match: [{uri: {prefix: /a}}], ${to('one.ext')}}]}\n---` +
      aged('a-newer', 'hello-page', 2, 'two.ext'),
    asks: [
      [{ ...at('t.ext'), path: '/a' }, 'one.ext:8080'],
      [{ ...at('t.ext'), path: '/b' }, '404'],
    ],
  },
  {
    id: 'T28',
    when: 'an older public one of another namespace beats a newer one of the workload’s own',
    rules: aged('own', 'hello-page', 2, 'two.ext') + aged('other', 'other', 1, 'one.ext'),
    asks: [[at('t.ext'), 'one.ext:8080']],
  },
  {
    id: 'T29',
    when: 'a private one of the workload’s namespace beats all',
    rules: aged('own', 'hello-page', 3, 'two.ext', 'exportTo: ["."],') + aged('other', 'other', 1, 'one.ext'),
    asks: [[at('t.ext'), 'two.ext:8080']],
  },
  {
    id: 'T30',
    when: 'one exported to the workload by name beats public ones',
    rules:
      aged('own', 'hello-page', 1, 'one.ext') +
      aged('named', 'other', 3, 'two.ext', 'exportTo: [hello-page],'),
    asks: [[at('t.ext'), 'two.ext:8080']],
  },
  {
    id: '1.4',
    when: 'a star in exportTo hides the rest, a private one of elsewhere is not seen',
    rules:
      aged('starred', 'other', 1, 'one.ext', 'exportTo: ["*", "."],') +
      aged('hidden', 'third', 1, 'two.ext', 'exportTo: ["."],'),
    asks: [[at('t.ext'), 'one.ext:8080']],
  },
  {
    id: '1.5',
    when: 'of equal age the name decides, then the namespace',
    rules:
      rule('[t.ext]', 'two.ext', { name: 'b' }) + rule('[t.ext]', 'one.ext', { name: 'a', namespace: 'zzz' }),
    asks: [[at('t.ext'), 'one.ext:8080']],
  },
  {
    id: '1.6',
    when: 'a VirtualService of a gateway alone does not concern sidecars',
    rules: rule('[t.ext]', 'one.ext', { more: 'gateways: [istio-system/ingress]' }),
    asks: [[at('t.ext'), 't.ext:8080']],
  },
  {
    id: 'T31',
    when: 'a host that is nobody’s beside a registered one is routed on its ports',
    rules: rule('[unreg.com, one.ext]', 'two.ext'),
    asks: [
      [at('unreg.com'), 'two.ext:8080'],
      [at('one.ext'), 'two.ext:8080'],
    ],
  },
  {
    id: 'T32',
    when: 'alone it is routed on port 80 only, where some service speaks HTTP there',
    rules: web + rule('[unreg.com]'),
    asks: [
      [at('unreg.com'), 'pass-through http'],
      [at('unreg.com', 80), 'one.ext:8080'],
      [at('unreg.com', 9999), 'pass-through tcp'],
    ],
  },
  {
    id: 'T32',
    when: 'and nowhere without one',
    rules: rule('[unreg.com]'),
    asks: [[at('unreg.com', 80), 'pass-through tcp']],
  },
  {
    id: 'T33',
    when: 'a host under a wildcard entry does not make its own rule act',
    rules: entry('*.x.ext') + rule('[www.x.ext]'),
    asks: [[at('www.x.ext'), '*.x.ext:8080']],
  },
  {
    id: 'T34',
    when: 'exact beats the longest wildcard beats a shorter one, which covers any depth but not the bare name',
    rules:
      web +
      rule('["*.a.zz"]', 'one.ext', { name: 'a' }) +
      rule('["*.b.a.zz"]', 'two.ext', { name: 'b' }) +
      rule('[x.b.a.zz]', 't.ext', { name: 'c' }) +
      rule('["*bar.zz"]', 'one.ext', { name: 'd' }),
    asks: [
      [at('x.b.a.zz', 80), 't.ext:8080'],
      [at('y.b.a.zz', 80), 'two.ext:8080'],
      [at('y.a.zz', 80), 'one.ext:8080'],
      [at('x.y.a.zz', 80), 'one.ext:8080'],
      [at('a.zz', 80), 'pass-through http'],
      [at('foobar.zz', 80), 'one.ext:8080'],
      [at('bar.zz', 80), 'pass-through http'],
    ],
  },
  {
    id: '2.3',
    when: 'a wildcard rule takes the services it covers, unless a more specific rule has them',
    rules: rule('["*.ext"]', 'one.ext', { name: 'a' }) + rule('[two.ext]', 't.ext', { name: 'b' }),
    asks: [
      [at('both.ext'), 'one.ext:8080'],
      [at('two.ext'), 't.ext:8080'],
      [at('none.ext'), 'pass-through http'],
    ],
  },
  {
    id: '2.3',
    when: 'a rule for a wildcard entry’s own host takes every name under it',
    rules: entry('*.x.ext') + rule('["*.x.ext"]'),
    asks: [[at('www.x.ext'), 'one.ext:8080']],
  },
  {
    id: 'T35',
    when: 'hello.hello as a VirtualService’s host is not the service hello of namespace hello',
    rules: hello + rule('[hello.hello]'),
    asks: [[at('hello.hello'), 'hello.hello.svc.cluster.local:8080']],
  },
  {
    id: '2.4',
    when: 'a Kubernetes service answers to its short names, its address, and to the bare name within its namespace',
    rules: hello,
    asks: [
      [at('hello.hello.svc'), 'hello.hello.svc.cluster.local:8080'],
      [at('10.96.1.1'), 'hello.hello.svc.cluster.local:8080'],
      [at('hello.hello.svc.cluster.local.'), 'hello.hello.svc.cluster.local:8080'],
      [at('hello'), 'pass-through http'],
    ],
  },
  {
    id: '2.4',
    when: 'the bare name, for a workload of the namespace',
    rules: hello,
    workload: { namespace: 'hello' },
    asks: [[at('hello'), 'hello.hello.svc.cluster.local:8080']],
  },
  {
    id: 'T36',
    when: 'REGISTRY_ONLY blocks hosts that are nobody’s',
    rules: '',
    workload: { outboundTrafficPolicy: 'REGISTRY_ONLY' },
    asks: [
      [at('example.org'), 'blocked http'],
      [at('example.org', 9999), 'blocked tcp'],
      [at('t.ext'), 't.ext:8080'],
    ],
  },
  {
    id: 'T69',
    when: 'a sniffed port has a listener of its own service alone',
    rules:
      hello.replace('port: 8080', 'port: 7070').replace('name: http, ', '') +
      rule('[hello.hello.svc.cluster.local, unreg.com]'),
    asks: [
      [at('hello.hello', 7070), 'one.ext:8080'],
      [at('unreg.com', 7070), 'pass-through tcp'],
    ],
  },
  {
    id: '2.1',
    when: 'TCP ports have no HTTP listener',
    rules: hello.replace('name: http', 'name: tcp').replace('port: 8080', 'port: 7070'),
    asks: [
      [at('hello.hello', 7070), 'connect outbound|7070||hello.hello.svc.cluster.local'],
      [at('unreg.com', 7070), 'pass-through tcp'],
    ],
  },
  {
    id: '2.5',
    when: 'an empty Host is nobody’s',
    rules: rule('[t.ext]'),
    asks: [
      [at(''), 'pass-through http'],
      [at('t.ext,t.ext'), 'pass-through http'],
    ],
  },
  {
    id: '2.4',
    when: 'an ExternalName service lends its names to the service it points to, and its place as a destination',
    rules:
      `\napiVersion: v1\nkind: Service\nmetadata: {name: alias, namespace: hello}\nspec: {type: ExternalName, externalName: one.ext, ports: [{name: http, port: 8080}]}\n---` +
      rule('[t.ext]', 'alias.hello.svc.cluster.local'),
    asks: [
      [at('alias.hello'), 'one.ext:8080'],
      [at('t.ext'), 'one.ext:8080'],
    ],
  },
];

const asks = rows.flatMap(({ asks, ...row }) =>
  asks.map(([ask, expected]) => ({ ...row, ask, expected, shown: `${ask.authority}, port ${ask.port}` })),
);

describe('the virtual host of a request', () => {
  it.each(asks)('$id $when: $shown goes to $expected', ({ rules, workload, ask, expected }) => {
    expect(outcome(tableOf(rules, workload), ask)).toBe(expected);
  });

  it.each([
    { namespace: 'other', address: '127.0.0.9' },
    { namespace: 'hello-page', address: '127.0.0.1' },
    { namespace: 'third', address: '127.0.0.1' },
  ])(
    'T67 of one host in two namespaces, a workload of $namespace sees $address',
    ({ namespace, address }) => {
      const elsewhere = entry('one.ext', '[{address: 127.0.0.9}]').replace('hello-page', 'other');
      const table = tableOf(elsewhere, { namespace });
      expect(clusterOf(table, 'outbound|8080||one.ext')?.endpoints).toMatchObject([{ address }]);
    },
  );

  it('T68 an entry for a Kubernetes service’s own host adds its endpoints to the service', () => {
    const more = entry('hello.hello.svc.cluster.local', '[{address: 127.0.0.9}]').replace(
      'hello-page',
      'hello',
    );
    const cluster = clusterOf(tableOf(hello + more), 'outbound|8080||hello.hello.svc.cluster.local');
    expect(cluster?.endpoints).toMatchObject([{ address: '127.0.0.9', port: 8080 }]);
  });

  it.each([
    { ask: { path: 'http://t.ext/' }, expected: '400 Bad Request' },
    { ask: { path: '/a#b' }, expected: '400' },
    { ask: { path: '/%00' }, expected: '400' },
    { ask: { method: 'CONNECT', path: 't.ext:8080' }, expected: '404' },
    { ask: { method: 'OPTIONS', path: '*' }, expected: '404' },
    { ask: { path: '' }, expected: 't.ext:8080' },
  ])('2.6 a request target $ask.path comes to $expected', ({ ask, expected }) => {
    expect(outcome(tableOf(''), ask)).toBe(expected);
  });
});
