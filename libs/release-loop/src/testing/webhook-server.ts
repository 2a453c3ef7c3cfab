import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';

/** What a webhook was sent. */
export interface Told {
  path: string;
  method: string;
  type: string;
  body: {
    name: string;
    namespace: string;
    phase: string;
    checksum: string;
    metadata: Record<string, string>;
  };
}

/** A service that webhooks ask. */
export class WebhookServer {
  readonly told: Told[] = [];
  /** The answer to each path; 200 for the others. Undefined: it never answers. */
  readonly answers = new Map<string, number | undefined>();

  private constructor(private readonly server: Server) {}

  static async listening(): Promise<WebhookServer> {
    const server = createServer();
    const webhooks = new WebhookServer(server);
    server.on('request', async (request, response) => {
      const { url: path = '', method = '', headers } = request;
      const body = (await json(request)) as Told['body'];
      webhooks.told.push({ path, method, type: headers['content-type'] ?? '', body });
      const status = webhooks.answers.has(path) ? webhooks.answers.get(path) : 200;
      if (status !== undefined) response.writeHead(status).end('not now');
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return webhooks;
  }

  url(path: string): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}${path}`;
  }

  /** The bodies that a path was sent. */
  of(path: string): Told['body'][] {
    return this.told.filter((each) => each.path === path).map(({ body }) => body);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.server.closeAllConnections();
    this.server.close();
    await once(this.server, 'close');
  }
}
