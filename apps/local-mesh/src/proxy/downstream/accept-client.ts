import type { Socket } from 'node:net';
import type { PortRole } from '../port-role.js';
import type { Runtime } from '../runtime.js';
import { ClientConnection } from './client-connection.js';
import { serveGateway } from './gateway-port.js';
import { serveProxy } from './proxy-port.js';
import { serveService } from './service-port.js';

/** Takes a client's connection to a port of ours, and serves it as the port's role says. */
export function acceptClient(runtime: Runtime, socket: Socket, role: PortRole): ClientConnection {
  const connection = new ClientConnection(runtime, socket);
  switch (role.kind) {
    case 'proxy':
      serveProxy(connection);
      break;
    case 'service':
      serveService(connection, role);
      break;
    case 'gateway':
      serveGateway(connection, role.port);
  }
  return connection;
}
