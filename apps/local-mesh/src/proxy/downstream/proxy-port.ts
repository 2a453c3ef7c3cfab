import type { Socket } from 'node:net';
import type { Runtime } from '../runtime.js';
import type { Dialled } from '../target.js';
import type { ClientConnection } from './client-connection.js';
import { serveGateway } from './gateway-port.js';
import { awaitServerName, type OriginalDestination, sniffProtocol } from './original-destination.js';
import { serveRequests } from './requests.js';
import { connectionEstablished } from './tunnel.js';

/** Serves a client that asks the proxy itself, in HTTP/1 or HTTP/2. */
export function serveProxy(connection: ClientConnection): void {
  const { runtime, socket } = connection;
  const ownPort = socket.localPort ?? 0;
  const dialled = (isUrl: boolean) => (isUrl ? undefined : standsFor(runtime, ownPort));
  serveRequests(connection, dialled, { onConnect: (to, rest) => connect(connection, to, rest) });
}

/** A request in origin form to a proxy that stands for a sidecar's own listener was dialled to that listener's port. */
function standsFor({ options }: Runtime, ownPort: number): Dialled | undefined {
  const served = options.gateway?.().plainPort;
  if (served !== undefined) return { port: served };
  return options.standsFor?.(ownPort) ? { port: ownPort } : undefined;
}

/** Takes a CONNECT. A server may be the first to speak, so it is not waited for the client where a sidecar looks at nothing. */
function connect(connection: ClientConnection, to: OriginalDestination, rest: Buffer): void {
  const { runtime } = connection;
  if (runtime.options.gateway?.().at(to.port) !== undefined) {
    establish(connection.socket);
    serveGateway(connection, to.port, rest);
    return;
  }
  const looksAt = runtime.options.inspection?.(to) ?? 'protocol';
  if (looksAt === 'nothing' || (looksAt === 'server-name' && isBlocked(runtime, to))) {
    connection.tunnel({ ...to, first: rest, answered: false });
    return;
  }
  const goOn = looksAt === 'protocol' ? sniffProtocol : awaitServerName;
  const answer = (nowhere: boolean): void => {
    if (connection.socket.destroyed) return;
    if (nowhere)
      connection.refuse({
        status: 503,
        body: 'DNS resolution failure',
        details: 'dns_resolution_failure',
      });
    else {
      establish(connection.socket);
      goOn(connection, to, rest);
    }
  };
  connection.wait();
  // A fault of the engine's: each request behind it gets its own answer.
  leadsNowhere(runtime, to).then(answer, () => answer(false));
}

function establish(socket: Socket): void {
  socket.write(connectionEstablished, 'latin1');
}

/** Whether it is refused by any name that its TLS may ask for, as far as can be told: then it is better said now. */
function isBlocked({ options }: Runtime, { host, port }: OriginalDestination): boolean {
  return [host, null].every((sni) => options.routeConnection({ host, port, sni }, 0).kind === 'blocked');
}

/** Whether no rule knows a host, and no resolver either: then it is better said now than by a tunnel that ends at once. */
async function leadsNowhere(
  { options, lookup }: Runtime,
  { host, port }: OriginalDestination,
): Promise<boolean> {
  if (options.resolve?.(host, port) !== undefined) return false;
  if (options.routeHttpConnection({ host, port }, 0).kind !== 'pass-through') return false;
  return !(await lookup(host));
}
