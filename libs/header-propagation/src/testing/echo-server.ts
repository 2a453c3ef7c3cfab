import { readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http';
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
 * An upstream that answers each request with what it received, `/redirect?to=URL&status=302` with a redirect, and
 * `/flaky?key=K` with 503 the first time. A request in absolute-form is answered like any other, so it also stands in
 * for a forward proxy.
 *
 * @param settings.path a Unix socket to listen on, in place of a port of 127.0.0.1
 */
export async function startEchoServer({ tls = false, path = '' } = {}): Promise<EchoServer> {
  const received: Received[] = [];
  const flaky = new Set<string>();
  const refuseOnce = (response: ServerResponse, key: string) => {
    flaky.add(key);
    response.writeHead(503).end();
  };
  const listener: RequestListener = (request, response) => {
    received.push(describe(request));
    const query = new URL(request.url ?? '', 'http://x').searchParams;
    const to = query.get('to');
    const key = query.get('key');
    if (to) response.writeHead(Number(query.get('status') ?? 302), { location: to }).end();
    else if (key && !flaky.has(key)) refuseOnce(response, key);
    else response.end(JSON.stringify(describe(request)));
  };
  const key = () => readFileSync(new URL('key.pem', import.meta.url));
  const server = tls
    ? createSecureServer({ key: key(), cert: certificate() }, listener)
    : createServer(listener);
  await new Promise<void>((resolve) =>
    path === '' ? server.listen(0, '127.0.0.1', resolve) : server.listen(path, resolve),
  );
  const port = path === '' ? (server.address() as AddressInfo).port : 0;
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
