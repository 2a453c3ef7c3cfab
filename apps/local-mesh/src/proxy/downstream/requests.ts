import type { ClientInfo } from '../exchange/client-info.js';
import type { ClientConnection } from './client-connection.js';
import type { Http1Options } from './http1-client-connection.js';
import { startsHttp2 } from './sniff.js';

/**
 * Serves requests: HTTP/2 with prior knowledge, or agreed on in TLS, begins with its preface; what does not is HTTP/1.
 * @param early what has come already
 */
export function serveRequests(
  connection: ClientConnection,
  dialled: ClientInfo['dialled'],
  options: Http1Options,
  early?: Buffer,
): void {
  connection.awaitFirstBytes(
    {
      tell: startsHttp2,
      onTold: (isHttp2, first) => {
        if (isHttp2) connection.serveHttp2(first, dialled);
        else connection.serveHttp1(first, dialled, options);
      },
      onTimeout: () => connection.serveHttp1(Buffer.alloc(0), dialled, options).onHeadTimeout(),
    },
    early,
  );
}
