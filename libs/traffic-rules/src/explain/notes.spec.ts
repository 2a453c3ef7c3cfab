import { type Ask, entry, requestOf, tableOf, to, virtualService } from '../../test/mesh.js';
import type { Workload } from '../workload.js';
import { explain } from './explain.js';

const notesOn = (yaml: string, ask: Ask, seenBy: Partial<Workload> = {}) =>
  explain(tableOf(yaml, seenBy), requestOf(ask)).notes;

const service = (name: string, namespace: string, ports: string, exportTo = '*') => `
apiVersion: v1
kind: Service
metadata: {name: ${name}, namespace: ${namespace}, annotations: {networking.istio.io/exportTo: "${exportTo}"}}
spec: {clusterIP: 10.0.0.1, ports: [${ports}]}
---`;
const http = '{name: http, port: 80}, {name: grpc-a, port: 9090}';
const tcp = '{name: tcp-a, port: 5432}';

describe('rules that lead to a host, and are for requests to other hosts', () => {
  const rule = (name: string, hosts: string, action = to('one.ext')) =>
    virtualService(`[{${action}}]`, { name, hosts });
  const said = (name: string, hosts: string) =>
    `VirtualService hello-page/${name} routes to one.ext, but only requests for its own hosts (${hosts}) take its rules.`;

  it('are named, with three of their hosts', () => {
    const rules = rule('few', '[a.ext]') + rule('many', '[a1.ext, a2.ext, a3.ext, a4.ext]');
    expect(notesOn(rules, { authority: 'one.ext' })).toEqual([
      said('few', 'a.ext'),
      said('many', 'a1.ext, a2.ext, a3.ext'),
    ]);
  });

  it('are five at most', () => {
    const rules = [1, 2, 3, 4, 5, 6].map((number) => rule(`v${number}`, `[a${number}.ext]`));
    expect(notesOn(rules.join(''), { authority: 'one.ext' })).toHaveLength(5);
  });

  it.each([
    ['a redirect leads nowhere', rule('v', '[a.ext]', 'redirect: {uri: /}')],
    ['to another host', rule('v', '[a.ext]', to('two.ext'))],
    ['where the host has a rule of its own', rule('v', '[a.ext]') + rule('own', '[one.ext]')],
  ])('are not named: %s', (_, rules) => {
    expect(notesOn(rules, { authority: 'one.ext' })).toEqual([]);
  });
});

describe('rules for the host that do not act', () => {
  it('since none is left of them', () => {
    const rules = virtualService('[{match: [{uri: {prefix: /}}], delegate: {name: gone}}]');
    expect(notesOn(rules, { authority: 't.ext' })).toEqual([
      'VirtualService hello-page/rules names t.ext too, but none of its rules is left: the VirtualServices that they delegate to are missing or conflict with them (grayscale check says which).',
    ]);
  });

  it('since they are not for the port', () => {
    expect(notesOn(virtualService(`[{${to('one.ext')}}]`), { authority: 't.ext', port: 81 })).toEqual([
      'VirtualService hello-page/rules names t.ext too, but it has no rule for this workload on port 81.',
      't.ext is served on port 8080, not on 81.',
    ]);
  });
});

describe('a port on which nobody looks into requests', () => {
  const mixed = service('db', 'shop', `${http}, ${tcp}`);
  const onlyTcp = service('db', 'shop', tcp);
  const words = (port: number) =>
    `On port ${port} the application speaks TLS or TCP, which HTTP rules do not apply to`;

  it.each([
    ['http', 1, mixed, ['db.shop is served on port 80, 9090, not on 1.']],
    ['https', 443, mixed, [`${words(443)}; they apply on port 80, 9090 of db.shop.`]],
    ['http', 80, mixed, []],
    ['http', 5432, mixed, []],
    ['http', 1, onlyTcp, []],
    ['https', 443, onlyTcp, [`${words(443)}.`]],
  ] as const)(
    'beside those on which somebody does, if any: %s on port %d',
    (scheme, port, yaml, expected) => {
      expect(notesOn(yaml, { authority: 'db.shop', port, scheme })).toEqual(expected);
    },
  );
});

describe('a short name', () => {
  const said = (namespace: string) =>
    `db is a service of the namespace ${namespace}, and the calling workload is in hello-page: call db.${namespace}, or say --namespace ${namespace}.`;
  const shops = service('db', 'shop', http) + service('db', 'other', http) + service('dbx', 'third', http);

  it.each(['ALLOW_ANY', 'REGISTRY_ONLY'] as const)('that other namespaces have is told of: %s', (policy) => {
    const notes = notesOn(shops, { authority: 'db', port: 80 }, { outboundTrafficPolicy: policy });
    expect(notes.toSorted()).toEqual([said('other'), said('shop')]);
  });

  it.each([
    ['that the own namespace has', service('db', 'hello-page', http) + service('db', 'shop', http), 'db'],
    ['that is not short', shops, 'db.x'],
    ['of a ServiceEntry', entry('db.shop'), 'db'],
  ])('%s is not', (_, yaml, authority) => {
    expect(notesOn(yaml, { authority, port: 80 })).toEqual([]);
  });
});

describe('a service that the workload is not shown', () => {
  const said = (host: string) => `${host} is not exported to hello-page: add it to the exportTo of ${host}.`;
  const hidden = (host: string) => `
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: hidden, namespace: shop}
spec: {hosts: ["${host}"], exportTo: [.], ports: [{number: 8080, name: http, protocol: HTTP}], resolution: NONE}
---`;

  it.each(['db.shop', 'db.shop.svc', 'db.shop.svc.cluster.local'])('is told of, asked as %s', (authority) => {
    expect(notesOn(service('db', 'shop', http, '.'), { authority })).toEqual([
      said('db.shop.svc.cluster.local'),
    ]);
  });

  it.each([
    ['h.ext', 'h.ext', true],
    ['h.ext', 'a.h.ext', false],
    ['*.h.ext', 'a.h.ext', true],
    ['*.h.ext', 'h.ext', false],
    ['*.h.ext', 'a.g.ext', false],
  ])('%s, asked for %s: %s', (host, authority, isTold) => {
    expect(notesOn(hidden(host), { authority })).toEqual(isTold ? [said(host)] : []);
  });

  it('is not told of where another one is served', () => {
    expect(notesOn(hidden('t.ext'), { authority: 't.ext' })).toEqual([]);
  });
});

describe('at a gateway', () => {
  const gateway = `
apiVersion: networking.istio.io/v1
kind: Gateway
metadata: {name: front, namespace: hello-page}
spec:
  selector: {istio: front}
  servers:
  - {port: {number: 80, name: http, protocol: HTTP}, hosts: [a.ext]}
  - {port: {number: 81, name: http-b, protocol: HTTP}, hosts: [b.ext]}
---`;
  const seenBy: Partial<Workload> = { labels: { istio: 'front' }, proxy: 'gateway' };
  const bound = (name: string, hosts: string) =>
    virtualService(`[{${to('one.ext')}}]`, { name, hosts, more: 'gateways: [front]' });

  it('without rules it says how one is bound to it', () => {
    expect(notesOn(gateway, { authority: 'a.ext', port: 80 }, seenBy)).toEqual([
      'No rule in force is bound to Gateway hello-page/front: write its name among the gateways of a VirtualService.',
    ]);
  });

  it('rules for a host that no server on the port takes are named, with their ports', () => {
    const rules = gateway + bound('a', '[a.ext]') + bound('b', '[b.ext]');
    expect(notesOn(rules, { authority: 'b.ext', port: 80 }, seenBy)).toEqual([
      'VirtualService hello-page/b has rules for b.ext on port 81.',
    ]);
    expect(notesOn(rules, { authority: 'a.ext', port: 80 }, seenBy)).toEqual([]);
  });

  it('rules for a host that no server has are told so', () => {
    expect(notesOn(gateway + bound('c', '[c.ext]'), { authority: 'c.ext', port: 80 }, seenBy)).toEqual([
      'VirtualService hello-page/c names c.ext too, but no server of Gateway hello-page/front leads to its rules.',
    ]);
  });

  it('rules behind a redirect are told where they are', () => {
    const servers = `
apiVersion: networking.istio.io/v1
kind: Gateway
metadata: {name: front, namespace: hello-page}
spec:
  selector: {istio: front}
  servers:
  - {port: {number: 80, name: http, protocol: HTTP}, hosts: [a.ext], tls: {httpsRedirect: true}}
  - {port: {number: 443, name: https, protocol: HTTPS}, hosts: [a.ext], tls: {mode: SIMPLE, credentialName: a}}
---`;
    expect(notesOn(servers + bound('a', '[a.ext]'), { authority: 'a.ext', port: 80 }, seenBy)).toEqual([
      'VirtualService hello-page/a has rules for a.ext on port 443 with TLS.',
    ]);
  });

  it('says which hosts the servers take, or the rules are for', () => {
    const rules = gateway + bound('a', '[a.ext]');
    expect(notesOn(rules, { authority: 'c.ext', port: 80 }, seenBy)).toEqual([
      'No server takes c.ext on port 80: they take a.ext.',
    ]);
    const any = rules.replace('hosts: [a.ext]}', 'hosts: ["*"]}');
    expect(notesOn(any, { authority: 'c.ext', port: 80 }, seenBy)).toEqual([
      'A server takes c.ext, but no rule names it: the rules are for a.ext.',
    ]);
  });

  it('names rules for a wider host where those of the narrower one take nothing', () => {
    const narrow = virtualService(`[{match: [{uri: {prefix: /one}}], ${to('one.ext')}}]`, {
      name: 'narrow',
      hosts: '[a.ext]',
      more: 'gateways: [front]',
    });
    const rules = gateway.replace('hosts: [a.ext]}', 'hosts: ["*"]}') + narrow + bound('wide', '["*"]');
    expect(notesOn(rules, { authority: 'a.ext', port: 80, path: '/two' }, seenBy)).toEqual([
      'VirtualService hello-page/wide has rules for *, but those for a.ext hide them whole: a gateway tries the rules of the narrowest host alone.',
    ]);
    expect(notesOn(rules, { authority: 'a.ext', port: 80, path: '/one' }, seenBy)).toEqual([]);
  });

  it('says nothing of the rule that passes TLS on', () => {
    const tls = `
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: tls, namespace: hello-page}
spec:
  hosts: [a.ext]
  gateways: [front]
  tls: [{match: [{sniHosts: [a.ext]}], route: [{destination: {host: one.ext, port: {number: 8080}}}]}]
---`;
    const passing = gateway.replace(
      '{port: {number: 80, name: http, protocol: HTTP}, hosts: [a.ext]}',
      '{port: {number: 443, name: tls, protocol: TLS}, tls: {mode: PASSTHROUGH}, hosts: [a.ext]}',
    );
    const asked = requestOf({ authority: 'a.ext', port: 443, tls: { serverName: 'a.ext' } });
    const explanation = explain(tableOf(passing + tls, seenBy), asked);
    expect([explanation.decision.kind, explanation.notes]).toEqual(['connect', []]);
  });
});

describe('a wildcard above a host that is not registered', () => {
  const wide = virtualService(`[{${to('one.ext')}}]`, { name: 'wide', hosts: '["*.shops.ext"]' });
  const registered = (host: string) => entry(host).replace('number: 8080', 'number: 80');

  it('is told to act on registered names alone', () => {
    expect(notesOn(wide + registered('a.shops.ext'), { authority: 'b.shops.ext', port: 80 })).toEqual([
      'VirtualService hello-page/wide has *.shops.ext, but beside the registered a.shops.ext its rules apply only to registered names: write a ServiceEntry for *.shops.ext with an HTTP port 80.',
    ]);
  });

  it('is told to act on port 80 alone', () => {
    expect(notesOn(wide, { authority: 'b.shops.ext', port: 8080 })).toEqual([
      'VirtualService hello-page/wide has *.shops.ext, but no service registers b.shops.ext on port 8080: write a ServiceEntry for *.shops.ext with an HTTP port 8080.',
    ]);
  });
});
