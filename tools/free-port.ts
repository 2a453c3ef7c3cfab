import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type Server } from 'node:net';

/**
 * Where ports are looked for: below those that a system gives to whoever asks for any (from 32768 on Linux), so that nobody gets one of them
 * before the program that is told to listen there does, or while it restarts.
 */
const firstPort = 20_000;
const portCount = 12_000;

/** Different ports of 127.0.0.1 on which nobody listens, for programs that cannot choose one themselves and say which. */
export async function freePorts(count: number): Promise<number[]> {
  // Held all at once, so that they differ; free again when the programs ask for them.
  const servers = await Promise.all(Array.from({ length: count }, onFreePort));
  const ports = servers.map((server) => (server.address() as { port: number }).port);
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return ports;
}

/** One of {@link freePorts}. */
export async function freePort(): Promise<number> {
  const [port = 0] = await freePorts(1);
  return port;
}

async function onFreePort(): Promise<Server> {
  for (;;) {
    const server = createServer().listen(firstPort + randomInt(portCount), '127.0.0.1');
    const listens = await once(server, 'listening').then(
      () => true,
      () => false,
    );
    if (listens) return server;
  }
}
