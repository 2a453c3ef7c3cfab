import type { TLSSocket } from 'node:tls';
import type { ServedTls } from '../gateway.js';
import { forwardedClientCert } from '../headers/forwarded-client-cert.js';
import type { ClientConnection } from './client-connection.js';
import { serveRequests } from './requests.js';
import { isTls, serverNameOf } from './server-name.js';

/**
 * Serves a client that dialled a port of a gateway. Unlike a sidecar it does not look what a client speaks: a port is for
 * requests, for TLS or for bytes, as its servers say (recorded: `gateway-no-servers-http10`, `gateway-tls-plain-http`).
 */
export function serveGateway(connection: ClientConnection, port: number, early?: Buffer): void {
  const served = connection.runtime.options.gateway?.().at(port);
  switch (served?.takes) {
    case 'http':
      requests(connection, port, early);
      break;
    case 'tls':
      awaitHello(connection, port, early);
      break;
    case 'tcp':
      passOn(connection, port, early ?? Buffer.alloc(0), null);
      break;
    default:
      connection.destroy();
  }
}

function awaitHello(connection: ClientConnection, port: number, early?: Buffer): void {
  connection.awaitFirstBytes(
    {
      tell: serverNameOf,
      onTold: (sni, first) => {
        const served = connection.runtime.options.gateway?.().at(port);
        const tls = isTls(first) ? served?.tlsFor(sni ?? undefined) : undefined;
        // Closed in the handshake, without a word (recorded: `gateway-tls-simple`).
        if (tls === undefined) connection.destroy();
        else if (tls === 'passed-on') passOn(connection, port, first, sni);
        else endTls(connection, { port, tls, first, sni });
      },
    },
    early,
  );
}

interface TlsToEnd {
  port: number;
  tls: Exclude<ServedTls, 'passed-on'>;
  first: Buffer;
  sni: string | null;
}

function endTls(connection: ClientConnection, { port, tls, first, sni }: TlsToEnd): void {
  connection.wait();
  tls.server.accept(connection.socket, first, (secure: TLSSocket) => {
    const client = secure.getPeerX509Certificate();
    connection.continueOver(secure, {
      ...(sni !== null && { serverName: sni }),
      ...(client !== undefined && {
        forwardedClientCert: forwardedClientCert(client, secure.getX509Certificate()),
      }),
    });
    if (tls.carries === 'requests') requests(connection, port);
    else passOn(connection, port, Buffer.alloc(0), sni);
  });
}

function requests(connection: ClientConnection, port: number, early?: Buffer): void {
  serveRequests(connection, () => ({ port }), { refusesHttp10: true }, early);
}

/** A gateway asks for nothing but the port and the server name: no service has its address. */
function passOn(connection: ClientConnection, port: number, first: Buffer, sni: string | null): void {
  connection.tunnel({ host: connection.localAddress, port, first, answered: true, sni });
}
