import { portEntry, tableOf } from '../../test/mesh.js';
import { type Connection, routeConnection } from '../route/route-connection.js';

const tcp = '{number: 9000, name: p, protocol: TCP}';
const http = '{protocol: HTTP, number: 9000, name: p}';
const tls = '{name: p, number: 9000, protocol: TLS}';

function leads(yaml: string, connection: Partial<Connection>): string {
  const asked = { host: 'elsewhere.ext', port: 9000, address: '192.0.2.1', sni: null, ...connection };
  const decision = routeConnection(tableOf(yaml), asked, 0);
  return decision.kind === 'connect' ? decision.cluster.service.host : decision.kind;
}

describe('a connection to a port that is not HTTP', () => {
  it('is taken by a service without an address, whatever the address dialled', () => {
    expect(leads(portEntry('raw', tcp), {})).toBe('raw.ext');
    expect(leads(portEntry('raw', tcp), { port: 9001 })).toBe('pass-through');
  });

  it('is taken at the service\u2019s own address only, where it has one', () => {
    const own = portEntry('raw', tcp, 'addresses: [10.9.9.9, 10.9.9.8]');
    expect(leads(own, {})).toBe('pass-through');
    expect(leads(own, { address: '10.9.9.9' })).toBe('raw.ext');
    expect(leads(own, { address: '10.9.9.8' })).toBe('raw.ext');
  });

  it('is taken in a block of addresses, before a service without any', () => {
    const both = portEntry('all', tcp) + portEntry('block', tcp, 'addresses: [10.9.0.0/16]');
    expect(leads(both, { address: '10.9.1.1' })).toBe('block.ext');
    expect(leads(both, { address: '10.8.1.1' })).toBe('all.ext');
  });

  it('goes to the oldest of two services without an address', () => {
    expect(leads(portEntry('b', tcp, '', 1) + portEntry('a', tcp, '', 2), {})).toBe('b.ext');
    expect(leads(portEntry('b', tcp) + portEntry('a', tcp), {})).toBe('a.ext');
  });

  it('goes by the server name of TLS, in any letter case', () => {
    const two = portEntry('one', tls) + portEntry('two', tls);
    expect(leads(two, { sni: 'two.ext' })).toBe('two.ext');
    expect(leads(two, { sni: 'ONE.ext' })).toBe('one.ext');
    expect(leads(two, { sni: 'three.ext' })).toBe('pass-through');
    expect(leads(two, {})).toBe('pass-through');
  });

  it('is left to HTTP where that came first, and shares the port where it came later', () => {
    expect(leads(portEntry('web', http, '', 1) + portEntry('raw', tcp, '', 2), {})).toBe('pass-through');
    expect(leads(portEntry('web', http, '', 2) + portEntry('raw', tcp, '', 1), {})).toBe('raw.ext');
  });

  it('goes to the service that the client names, where nobody says what it dialled', () => {
    const kubernetes = `
apiVersion: v1
kind: Service
metadata: {name: db, namespace: data}
spec: {ports: [{name: mysql, port: 9000}]}
---`;
    const named = { host: 'db.data', port: 9000 };
    expect(routeConnection(tableOf(kubernetes), named, 0)).toMatchObject({
      kind: 'connect',
      because: { reason: 'tcp-port', destination: { host: 'db.data.svc.cluster.local', port: 9000 } },
    });
    expect(leads(kubernetes, {})).toBe('pass-through');
  });
});
