import { createProxy, type MeshProxy } from '../../src/proxy/proxy.js';
import { rulesFor } from '../rules.js';
import { exchanges, type RawExchange } from './exchanges.js';
import { ScriptedBackend } from './play.js';
import { istioRules } from './rules.js';

/** Exchanges in play at once. */
const laneCount = 16;

/** A backend, and a local mesh before it. */
export interface Lane {
  backend: ScriptedBackend;
  mesh: MeshProxy;
  meshPort: number;
}

export function startLanes(): Promise<Lane[]> {
  return Promise.all(
    Array.from({ length: laneCount }, async () => {
      const backend = await new ScriptedBackend().listen();
      const mesh = createProxy(rulesFor([backend.port], istioRules()));
      const { port: meshPort } = await mesh.listen({ host: '127.0.0.1', port: 0 });
      return { backend, mesh, meshPort };
    }),
  );
}

export async function stopLanes(lanes: readonly Lane[]): Promise<void> {
  await Promise.all(lanes.flatMap(({ mesh, backend }) => [mesh.close(), backend.stop()]));
}

/** Plays every exchange on one of the lanes; the results by the exchanges' names. */
export async function playAll<L extends Lane, Result>(
  lanes: readonly L[],
  play: (exchange: RawExchange, lane: L) => Promise<Result>,
): Promise<Map<string, Result>> {
  const results = new Map<string, Result>();
  const waiting = [...exchanges];
  await Promise.all(
    lanes.map(async (lane) => {
      for (let exchange = waiting.shift(); exchange !== undefined; exchange = waiting.shift()) {
        results.set(exchange.name, await play(exchange, lane));
      }
    }),
  );
  return results;
}
