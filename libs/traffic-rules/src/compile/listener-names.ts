import { asciiLowerCase } from '../ascii.js';
import type { ConnectionRule } from '../model/connection.js';
import { type GatewayServer, serverNamesOf } from '../model/gateway.js';
import type { ConnectionChain } from './connection-chains.js';
import type { GatewayListener } from './gateway-listeners.js';

/**
 * A server name that is asked for in two filter chains of one listener: Envoy refuses the listener with all that it has (recorded:
 * `gateway-https-and-passed-name`, `gateway-tls-and-passed-name`, `gwapi-tlsroute-and-https-name`).
 */
export interface SharedName {
  name: string;
  /** Whose TLS ends here. */
  server: GatewayServer;
  /** What passes the name on. */
  rule: ConnectionRule;
}

/** The first such name of a listener. */
export function sharedNameOf(
  { https, connections }: GatewayListener,
  chains: readonly ConnectionChain[],
): SharedName | undefined {
  const ending = new Map<string, GatewayServer>();
  for (const server of [...https, ...connections.filter(({ serves }) => serves === 'tls')])
    for (const name of serverNamesOf(server)) if (name !== '*') ending.set(name, server);
  for (const { rule, match } of chains) {
    if (rule?.layer !== 'tls') continue;
    for (const name of match.serverNames) {
      const server = ending.get(asciiLowerCase(name));
      if (server !== undefined) return { name, server, rule };
    }
  }
  return undefined;
}
