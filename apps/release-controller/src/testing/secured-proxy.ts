import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import type { IncomingHttpHeaders } from 'node:http';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';

/** What stands before a Prometheus that is not open to all: TLS, and one bearer token that is valid now. */
export class SecuredProxy {
  /** Who does not have it is answered with 401. */
  token = '';
  /** Of the last request that was let in. */
  headers: IncomingHttpHeaders = {};
  private readonly server: Server;

  constructor(
    private readonly target: URL,
    { certificate, key }: { certificate: string; key: string },
  ) {
    this.server = createServer(
      { cert: readFileSync(certificate), key: readFileSync(key) },
      async (request, response) => {
        const chunks: Buffer[] = [];
        for await (const chunk of request) chunks.push(chunk as Buffer);
        if (request.headers.authorization !== `Bearer ${this.token}`) return response.writeHead(401).end();
        this.headers = request.headers;
        const answer = await fetch(new URL(request.url ?? '/', this.target), {
          method: request.method ?? 'GET',
          headers: { 'content-type': request.headers['content-type'] ?? '' },
          body: Buffer.concat(chunks),
        });
        return response.writeHead(answer.status).end(await answer.text());
      },
    );
  }

  async listen(): Promise<URL> {
    await once(this.server.listen(0, '127.0.0.1'), 'listening');
    return new URL(`https://127.0.0.1:${(this.server.address() as AddressInfo).port}`);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.server.closeAllConnections();
    this.server.close();
  }
}
