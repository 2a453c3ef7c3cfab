import { readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type RequestListener } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import type { AddressInfo } from 'node:net';

/** What an upstream received. */
export interface Received {
  readonly url: string;
  /** By lower-case names; each line of a repeated header on its own. */
  readonly headers: Readonly<Record<string, readonly string[]>>;
}

export interface EchoServer {
  readonly port: number;
  readonly url: string;
  readonly received: Received[];
  close(): Promise<void>;
}

/** The certificate of the tests' own TLS server, for 127.0.0.1. */
export const certificate = () => readFileSync(new URL('cert.pem', import.meta.url));

/**
 * An upstream that answers each request with what it received, and `/redirect?to=URL` with a redirect. A request
 * in absolute-form is answered like any other, so it also stands in for a forward proxy.
 */
export async function startEchoServer({ tls = false } = {}): Promise<EchoServer> {
  const received: Received[] = [];
  const listener: RequestListener = (request, response) => {
    received.push(describe(request));
    const to = URL.parse(request.url ?? '', 'http://x')?.searchParams.get('to');
    if (to) response.writeHead(302, { location: to }).end();
    else response.end(JSON.stringify(describe(request)));
  };
  const key = () => readFileSync(new URL('key.pem', import.meta.url));
  const server = tls
    ? createSecureServer({ key: key(), cert: certificate() }, listener)
    : createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    port,
    url: `http${tls ? 's' : ''}://127.0.0.1:${port}`,
    received,
    close: () => {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}

function describe({ url = '', headersDistinct }: IncomingMessage): Received {
  return { url, headers: { ...headersDistinct } as Record<string, string[]> };
}
