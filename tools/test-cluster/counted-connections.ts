import { once } from 'node:events';
import { readFile, writeFile } from 'node:fs/promises';
import { type AddressInfo, connect, createServer, type Server } from 'node:net';
import { pipeline } from 'node:stream';

/** Where a cluster is, and who asks it. */
interface Reachable {
  readonly server: string;
  readonly kubeconfig: string;
}

/** A way to a cluster on which every connection is counted. */
export class CountedConnections {
  /** How many there were so far. */
  accepted = 0;
  /** Of the same user, by that way. */
  readonly kubeconfig: string;
  readonly #server: Server;

  private constructor(kubeconfig: string, server: Server) {
    this.kubeconfig = kubeconfig;
    this.#server = server;
  }

  static async to({ server, kubeconfig }: Reachable): Promise<CountedConnections> {
    const target = Number(new URL(server).port);
    const counter = createServer();
    await once(counter.listen(0, '127.0.0.1'), 'listening');
    const { port } = counter.address() as AddressInfo;
    const file = `${kubeconfig}.counted`;
    const text = await readFile(kubeconfig, 'utf8');
    await writeFile(file, text.replaceAll(`:${target}"`, `:${port}"`));
    const counted = new CountedConnections(file, counter);
    counter.on('connection', (socket) => {
      counted.accepted++;
      pipeline(socket, connect(target, '127.0.0.1'), socket, () => undefined);
    });
    return counted;
  }

  close(): void {
    this.#server.close();
  }
}
