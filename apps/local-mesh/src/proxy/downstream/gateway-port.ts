import type { TLSSocket } from 'node:tls';
import type { ServedPort, ServedTls } from '../gateway.js';
import { forwardedClientCert } from '../headers/forwarded-client-cert.js';
import type { ClientConnection } from './client-connection.js';
import { serveRequests } from './requests.js';
import { isTls, serverNameOf } from './server-name.js';

/**
 * Serves a client that dialled a port of a gateway. Unlike a sidecar it tells TLS from plain text alone, and only where servers take TLS:
 * a port is for requests or for bytes, as they say (recorded: `gateway-no-servers-http10`, `gateway-https-then-tcp`).
 */
export function serveGateway(connection: ClientConnection, port: number, early?: Buffer): void {
  const served = connection.runtime.options.gateway?.().at(port);
  if (served === undefined) connection.destroy();
  else if (served.takesTls) awaitHello(connection, port, early);
  else servePlain(connection, served, early);
}

function servePlain(connection: ClientConnection, { plain, port }: ServedPort, early?: Buffer): void {
  if (plain === 'requests') requests(connection, port, early);
  else if (plain === 'bytes') passOn(connection, port, early ?? Buffer.alloc(0), null);
  // Closed without a word (recorded: `gateway-tls-plain-http`).
  else connection.destroy();
}

function awaitHello(connection: ClientConnection, port: number, early?: Buffer): void {
  connection.awaitFirstBytes(
    {
      tell: serverNameOf,
      onTold: (sni, first) => {
        const served = connection.runtime.options.gateway?.().at(port);
        const tls = isTls(first) ? served?.tlsFor(sni ?? undefined) : undefined;
        if (served === undefined) connection.destroy();
        // What no server of TLS is for is plain text to a port that takes some (recorded: `gateway-https-then-http`).
        else if (tls === undefined) servePlain(connection, served, first);
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
