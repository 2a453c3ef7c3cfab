import type { TLSSocket } from 'node:tls';
import type { ServedTls } from '../gateway.js';
import type { ClientConnection } from './client-connection.js';
import { isTls, serverNameOf } from './server-name.js';
import { startsHttp2 } from './sniff.js';

/**
 * Serves a client that dialled a port of a gateway. Unlike a sidecar it does not look what a client speaks: a port is for
 * requests, for TLS or for bytes, as its servers say (recorded: `gateway-no-servers-http10`, `gateway-tls-plain-http`).
 */
export function serveGateway(connection: ClientConnection, port: number, early?: Buffer): void {
  const served = connection.runtime.options.gateway?.().at(port);
  switch (served?.takes) {
    case 'http':
      serveRequests(connection, port, early);
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
      tell: (bytes) => {
        const sni = serverNameOf(bytes);
        return sni === undefined ? undefined : { serverName: sni ?? undefined };
      },
      onTold: ({ serverName }, first) => {
        const served = connection.runtime.options.gateway?.().at(port);
        const tls = isTls(first) ? served?.tlsFor(serverName) : undefined;
        // Closed in the handshake, without a word (recorded: `gateway-tls-simple`).
        if (tls === undefined) connection.destroy();
        else if (tls === 'passed-on') passOn(connection, port, first, serverName ?? null);
        else endTls(connection, { port, tls, first, serverName });
      },
    },
    early,
  );
}

interface EndedTls {
  port: number;
  tls: Exclude<ServedTls, 'passed-on'>;
  first: Buffer;
  serverName: string | undefined;
}

function endTls(connection: ClientConnection, { port, tls, first, serverName }: EndedTls): void {
  connection.wait();
  tls.server.accept(connection.socket, first, (secure: TLSSocket) => {
    connection.continueOver(secure, serverName === undefined ? {} : { serverName });
    if (tls.carries === 'requests') serveRequests(connection, port);
    else passOn(connection, port, Buffer.alloc(0), serverName ?? null);
  });
}

/** HTTP/2 with prior knowledge, or agreed on in TLS, begins with its preface; what does not is HTTP/1. */
function serveRequests(connection: ClientConnection, port: number, early?: Buffer): void {
  const dialled = () => ({ port });
  connection.awaitFirstBytes(
    {
      tell: (bytes) => {
        const isHttp2 = startsHttp2(bytes);
        return isHttp2 === 'unknown' ? undefined : isHttp2;
      },
      onTold: (isHttp2, first) => {
        if (isHttp2) connection.serveHttp2(first, dialled);
        else connection.serveHttp1(first, dialled, { refusesHttp10: true });
      },
      onTimeout: () => connection.serveHttp1(Buffer.alloc(0), dialled).onHeadTimeout(),
    },
    early,
  );
}

/** A gateway asks for nothing but the port and the server name: no service has its address. */
function passOn(connection: ClientConnection, port: number, first: Buffer, sni: string | null): void {
  connection.tunnel({ host: connection.localAddress, port, first, answered: true, sni });
}
