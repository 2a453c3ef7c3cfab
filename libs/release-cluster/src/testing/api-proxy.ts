import { once } from 'node:events';
import { readFile, writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { request as forward } from 'node:https';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import type { TestCluster } from '@grayscale/test-cluster';

/** A request on its way to the API server. */
export interface Passing {
  method: string;
  path: string;
  /** Whether it changes weights: a patch of a VirtualService that is not a dry run. */
  isWeightPatch: boolean;
}

/** Stands between a client and the API server, and does what networks do. */
export class ApiProxy {
  /** Is asked before a request goes on; the test may write something meanwhile. */
  before: (passing: Passing) => Promise<void> | void = () => {};
  /** Whether the connection is cut once the server has answered, before the client hears of it. */
  cuts: (passing: Passing) => boolean = () => false;
  /** Requests that came by. */
  readonly passed: Passing[] = [];

  private constructor(
    private readonly listener: Server,
    /** Its own address, as a server's. */
    readonly server: string,
    readonly kubeconfig: string,
  ) {}

  static async before(cluster: TestCluster, kubeconfig = cluster.kubeconfig): Promise<ApiProxy> {
    const config = JSON.parse(await readFile(kubeconfig, 'utf8')) as KubeConfigFile;
    const [entry] = config.clusters;
    const server = createServer();
    await once(server.listen(0, '127.0.0.1'), 'listening');
    const { port } = server.address() as AddressInfo;
    const path = `${kubeconfig}.${port}`;
    const clusters = [{ name: entry.name, cluster: { server: `http://127.0.0.1:${port}` } }];
    await writeFile(path, JSON.stringify({ ...config, clusters }));
    const proxy = new ApiProxy(server, `http://127.0.0.1:${port}`, path);
    server.on('request', (request, response) => {
      proxy.pass(cluster.server, request, response).catch(() => request.socket.destroy());
    });
    return proxy;
  }

  async stop(): Promise<void> {
    this.listener.closeAllConnections();
    this.listener.close();
  }

  private async pass(target: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = '', url = '', headers } = request;
    const isWeightPatch = method === 'PATCH' && url.includes('/virtualservices/') && !url.includes('dryRun');
    const passing = { method, path: url, isWeightPatch };
    this.passed.push(passing);
    const body = await buffer(request);
    await this.before(passing);
    const { host: _, ...kept } = headers;
    const upstream = forward(new URL(url, target), { method, headers: kept, rejectUnauthorized: false });
    upstream.end(body);
    const [answer] = (await once(upstream, 'response')) as [IncomingMessage];
    if (this.cuts(passing)) {
      await buffer(answer);
      request.socket.destroy();
      return;
    }
    response.writeHead(answer.statusCode ?? 502, answer.headers);
    answer.pipe(response);
    response.on('close', () => upstream.destroy());
  }
}

interface KubeConfigFile {
  clusters: [{ name: string; cluster: unknown }];
}
