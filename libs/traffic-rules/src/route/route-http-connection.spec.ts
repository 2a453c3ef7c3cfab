import { portEntry, tableOf, virtualService } from '../../test/mesh.js';
import type { RouteTable } from '../compile/table.js';
import { route } from './route.js';
import { routeHttpConnection } from './route-connection.js';

const tcp = '{number: 9000, name: p, protocol: TCP}';
const sniffed = '{number: 9000, name: p}';
const own = 'addresses: [10.9.9.9]';

interface Place {
  host: string;
  port: number;
  address?: string;
}

function leads(table: RouteTable, place: Place): string {
  const decision = routeHttpConnection(table, place, 0);
  return decision.kind === 'connect' ? decision.cluster.service.host : decision.kind;
}

describe('a connection that speaks HTTP', () => {
  it.each([
    ['to a port of TCP goes to its service as bytes', portEntry('raw', tcp), 'raw.ext', 9000, 'raw.ext'],
    ['to a sniffed port is led by its requests', portEntry('auto', sniffed), 'auto.ext', 9000, 'by-request'],
    ['to a port of HTTP is led by its requests', '', 't.ext', 8080, 'by-request'],
    ['to a host of a rule alone', virtualService('[{redirect: {uri: /}}]'), 't.ext', 8080, 'by-request'],
    ['to a stranger on a port of HTTP', '', 'far.ext', 8080, 'pass-through'],
    ['to a port that nothing listens on', '', 'far.ext', 9000, 'pass-through'],
    [
      'to a service of TCP with an address of its own',
      portEntry('raw', tcp, own),
      'raw.ext',
      9000,
      'raw.ext',
    ],
    ['past the address of such a service', portEntry('raw', tcp, own), 'far.ext', 9000, 'pass-through'],
  ])('%s', (_, yaml, host, port, expected) => {
    expect(leads(tableOf(yaml), { host, port })).toBe(expected);
  });

  it('is closed where REGISTRY_ONLY lets nobody through', () => {
    const table = tableOf('', { outboundTrafficPolicy: 'REGISTRY_ONLY' });
    const places = [8080, 9000].map((port) => routeHttpConnection(table, { host: 'far.ext', port }, 0));
    expect(places).toMatchObject([
      { kind: 'blocked', through: 'http' },
      { kind: 'blocked', through: 'tcp' },
    ]);
  });

  it('falls on a destination of a rule of TCP by its draw', () => {
    const split = `
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: raw, namespace: hello-page}
spec:
  hosts: [raw.ext]
  tcp: [{route: [{destination: {host: one.ext}, weight: 90}, {destination: {host: two.ext}, weight: 10}]}]
---`;
    const table = tableOf(portEntry('raw', tcp) + split);
    const hosts = [0, 0.8999, 0.9].map((draw) => {
      const decision = routeHttpConnection(table, { host: 'raw.ext', port: 9000 }, draw);
      return decision.kind === 'connect' && decision.cluster.service.host;
    });
    expect(hosts).toEqual(['one.ext', 'one.ext', 'two.ext']);
  });

  it('is led as every request behind it, where the place decides; and by request where they may differ', () => {
    const yaml =
      portEntry('raw', tcp, own) +
      portEntry('block', sniffed, 'addresses: [10.8.0.0/16]') +
      portEntry('auto', sniffed, 'addresses: [10.7.0.1]') +
      virtualService('[{match: [{uri: {prefix: /a}}], route: [{destination: {host: one.ext}}]}]');
    const hosts = [
      'raw.ext',
      'block.ext',
      'auto.ext',
      't.ext',
      'one.ext',
      'far.ext',
      '10.9.9.9',
      '2001:db8::1',
    ];
    const addresses = [undefined, '10.9.9.9', '10.8.1.2', '10.7.0.1', '192.0.2.1'];
    for (const outboundTrafficPolicy of ['ALLOW_ANY', 'REGISTRY_ONLY'] as const) {
      const table = tableOf(yaml, { outboundTrafficPolicy });
      for (const host of hosts)
        for (const port of [8080, 9000, 9001])
          for (const address of addresses) {
            const place: Place = { host, port, ...(address !== undefined && { address }) };
            const authority = host.includes(':') ? `[${host}]` : host;
            const request = { method: 'GET', scheme: 'http', authority, path: '/', headers: [] } as const;
            const { kind } = route(table, { ...request, ...place }, 0);
            const expected = ['connect', 'pass-through', 'blocked'].includes(kind) ? kind : 'by-request';
            expect([place, routeHttpConnection(table, place, 0).kind]).toEqual([place, expected]);
          }
    }
  });
});
