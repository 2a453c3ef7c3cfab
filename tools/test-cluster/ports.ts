import { once } from 'node:events';
import { createServer, type Server } from 'node:net';
import { freePort, freePorts } from '../free-port.ts';

/** Where a cluster's programs listen on 127.0.0.1. */
export interface Ports {
  readonly server: number;
  readonly etcd: number;
  readonly etcdPeer: number;
}

/** @param server undefined: any that is free @throws Error where somebody listens there */
export async function clusterPorts(server: number | undefined): Promise<Ports> {
  // Held meanwhile, so that they differ.
  const held = await listening(server ?? (await freePort()));
  const [etcd = 0, etcdPeer = 0] = await freePorts(2);
  const { port } = held.address() as { port: number };
  await new Promise((resolve) => held.close(resolve));
  return { server: port, etcd, etcdPeer };
}

async function listening(port: number): Promise<Server> {
  const server = createServer();
  await once(server.listen(port, '127.0.0.1'), 'listening');
  return server;
}
