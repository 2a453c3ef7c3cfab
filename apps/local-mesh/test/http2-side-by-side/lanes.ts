import { createProxy, type MeshProxy } from '../../src/proxy/proxy.js';
import { http2Upgrade, rulesFor } from '../rules.js';
import { type Http2Exchange, http2Exchanges } from './exchanges.js';
import { Http2Backend } from './play.js';

/** Exchanges in play at once. */
const laneCount = 8;
/** Which of the two servers an exchange is led to. */
export type Upstream = 'http1' | 'http2';

export function upstreamOf({ answers }: Http2Exchange): Upstream {
  return answers === undefined ? 'http2' : 'http1';
}

/** A backend, and a proxy before each of its servers. */
export interface Http2Lane {
  backend: Http2Backend;
  proxies: Readonly<Record<Upstream, number>>;
  stop(): Promise<void>;
}

export function startMeshLanes(): Promise<Http2Lane[]> {
  return Promise.all(Array.from({ length: laneCount }, startMeshLane));
}

async function startMeshLane(): Promise<Http2Lane> {
  const backend = await new Http2Backend().listen();
  const meshes: MeshProxy[] = [];
  const mesh = async (port: number, destinationRule = ''): Promise<number> => {
    const proxy = createProxy(rulesFor([port], '', destinationRule));
    meshes.push(proxy);
    return (await proxy.listen({ host: '127.0.0.1', port: 0 })).port;
  };
  const { http1, http2 } = backend.ports;
  return {
    backend,
    proxies: { http1: await mesh(http1), http2: await mesh(http2, http2Upgrade) },
    async stop() {
      await Promise.all([...meshes.map((one) => one.close()), backend.stop()]);
    },
  };
}

/** Plays every exchange on one of the lanes; the results by the exchanges' names. */
export async function playAllHttp2<Result>(
  lanes: readonly Http2Lane[],
  play: (exchange: Http2Exchange, lane: Http2Lane) => Promise<Result>,
): Promise<Map<string, Result>> {
  const results = new Map<string, Result>();
  const waiting = [...http2Exchanges];
  await Promise.all(
    lanes.map(async (lane) => {
      for (let exchange = waiting.shift(); exchange !== undefined; exchange = waiting.shift()) {
        results.set(exchange.name, await play(exchange, lane));
      }
    }),
  );
  return results;
}
