import { HostileHttp2Server } from '../../test/hostile-http2-server.js';
import { answersAgain, sendOrdinary } from '../../test/hostile-run.js';
import { http2Upgrade, rulesFor } from '../../test/rules.js';
import { createProxy } from './proxy.js';

/** The same each time; the soak has others. */
const seed = 1;

it('a hostile server in HTTP/2 ends nothing, and leaves nothing behind', async () => {
  const server = new HostileHttp2Server(seed);
  const mesh = createProxy(rulesFor([await server.listen()], '', http2Upgrade));
  const { port } = await mesh.listen({ host: '127.0.0.1', port: 0 });
  try {
    await sendOrdinary(port, { count: 800, patienceMs: 3000 });
    expect(server.answers).toBeGreaterThan(50);
    while (mesh.stats.connections > 0 || mesh.stats.activeRequests > 0)
      await new Promise((resolve) => setTimeout(resolve, 10));
    server.isHostile = false;
    server.endConnections();
    expect(await answersAgain(port)).toBe(true);
  } finally {
    await mesh.close();
    await server.stop();
  }
}, 180_000);
