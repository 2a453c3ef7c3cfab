import type { GatewayPort, GatewayPortServer } from '@grayscale/traffic-rules';
import { Gateway } from './gateway.js';

const server = (serves: string, hosts: string[], terminates = false) =>
  ({
    serves,
    hosts,
    names: hosts,
    serverNames: hosts,
    ...(terminates && { termination: { credentialName: 'c' } }),
  }) as unknown as GatewayPortServer;
const port = (number: number, plain: GatewayPort['plain'], ...servers: GatewayPortServer[]) =>
  ({ port: number, plain, servers }) as unknown as GatewayPort;
const gateway = (...ports: GatewayPort[]) =>
  new Gateway(ports, (each) => (each.hosts.includes('secret.example') ? undefined : { tls: {} }));

describe('the ports of a gateway', () => {
  it('are those that take anything, in their order', () => {
    const made = gateway(
      port(443, undefined, server('https', ['secret.example'], true)),
      port(8443, undefined, server('https', ['a.example'], true)),
      port(444, undefined, server('https', ['a.example'])),
      port(445, undefined, server('tls-passthrough', ['a.example'])),
      port(3306, 'bytes', server('tcp', ['*'])),
      port(80, 'requests', server('http', ['*'])),
      port(81, 'requests', server('http', ['*'])),
    );
    expect([...made.ports].map(({ port: number, takesTls }) => [number, takesTls])).toEqual([
      [8443, true],
      [445, true],
      [3306, false],
      [80, false],
      [81, false],
    ]);
    expect([made.at(443), made.at(80)?.port, made.plainPort]).toEqual([undefined, 80, 80]);
    expect(gateway(port(3306, 'bytes', server('tcp', ['*']))).plainPort).toBeUndefined();
  });

  it('name each host once, and none of a server that takes nothing', () => {
    const made = gateway(
      port(
        443,
        'requests',
        server('http', ['a.example', 'b.example']),
        server('https', ['b.example', 'c.example'], true),
        server('https', ['secret.example'], true),
      ),
    );
    expect(made.at(443)?.hosts).toEqual(['a.example', 'b.example', 'c.example']);
  });

  it('carry requests in HTTPS, bytes in TLS', () => {
    const carries = (serves: string) => {
      const served = gateway(port(443, undefined, server(serves, ['*'], true)))
        .at(443)
        ?.tlsFor('x.example');
      return typeof served === 'object' ? served.carries : served;
    };
    expect(['https', 'tls-termination', 'tls-passthrough'].map(carries)).toEqual([
      'requests',
      'bytes',
      'passed-on',
    ]);
  });
});
