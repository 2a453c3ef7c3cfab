import type { Connect } from '@grayscale/traffic-rules';
import type { Dialled } from '../target.js';
import type { ClientConnection } from './client-connection.js';
import { serverNameOf } from './server-name.js';
import { sniff } from './sniff.js';

/** Where a connection leads that a sidecar would have taken: what was dialled there. */
export interface OriginalDestination extends Dialled {
  host: string;
  /** The name by which the client's TLS is led. @param sni that it asks for; null: none, or no TLS. Returns undefined: the host's. */
  serverNameFor?(sni: string | null): string | null | undefined;
}

/** Serves HTTP by the rules and passes on everything else, as a sidecar's listener for HTTP does. @param early what has come already */
export function sniffProtocol(connection: ClientConnection, to: OriginalDestination, early?: Buffer): void {
  connection.awaitFirstBytes(
    {
      tell: sniff,
      onTold: (kind, first) => {
        const { host, port } = to;
        const decision = kind === 'other' ? undefined : pastHttp(connection, to);
        if (decision !== undefined) connection.tunnel({ host, port, first, answered: true, decision });
        else if (kind === 'http2') connection.serveHttp2(first, () => to);
        else if (kind === 'http') connection.serveHttp1(first, () => to);
        else awaitServerName(connection, to, first);
      },
    },
    early,
  );
}

/** Where HTTP goes that no listener of HTTP takes at this destination: to a port of TCP, its bytes as they are (recorded: `tcp-protocols-2`). */
function pastHttp({ runtime }: ClientConnection, { host, port }: OriginalDestination): Connect | undefined {
  const decision = runtime.options.routeHttpConnection({ host, port }, runtime.random());
  return decision.kind === 'connect' ? decision : undefined;
}

/** Passes on what comes, to where the name leads that TLS asks for. @param early what has come already */
export function awaitServerName(connection: ClientConnection, to: OriginalDestination, early?: Buffer): void {
  connection.awaitFirstBytes(
    {
      tell: serverNameOf,
      onTold: (sni, first) => {
        const { host, port, serverNameFor = (name) => name } = to;
        const led = serverNameFor(sni);
        connection.tunnel({ host, port, first, answered: true, ...(led !== undefined && { sni: led }) });
      },
    },
    early,
  );
}
