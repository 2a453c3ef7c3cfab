import { Random } from '@grayscale/seeded-random';
import { HostileBackend } from '../../test/hostile-backend.js';
import { sendHostileHttp2 } from '../../test/hostile-http2.js';
import { stillAnswers } from '../../test/hostile-run.js';
import { attack, attacks } from '../../test/http2-attacks.js';
import { http2Upgrade, rulesFor } from '../../test/rules.js';
import { createProxy, type MeshProxy } from './proxy.js';

/** The same each time; the soak sends others. */
const seed = 1;
/** A hundred frames each. */
const rounds = 30;

describe('hostile clients in HTTP/2 end nothing, and leave nothing behind', () => {
  let backend: HostileBackend;
  let mesh: MeshProxy;
  let port: number;

  beforeEach(async () => {
    backend = new HostileBackend();
    mesh = createProxy(rulesFor([await backend.listen()], '', http2Upgrade));
    ({ port } = await mesh.listen({ host: '127.0.0.1', port: 0 }));
  });

  afterEach(async () => {
    await mesh.close();
    await backend.stop();
  });

  async function nothingIsLeft(): Promise<void> {
    while (mesh.stats.connections > 0 || mesh.stats.activeRequests > 0) {
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  }

  it('five hundred connections with frames in any order', async () => {
    await sendHostileHttp2(port, { count: 500, random: new Random(seed), patienceMs: 300 });
    expect(await stillAnswers(port)).toBe(true);
    await nothingIsLeft();
    expect(backend.requests).toBeGreaterThan(100);
  }, 60_000);

  it.each(attacks)(
    '$name',
    async (one) => {
      await attack(port, one, rounds);
      expect(await stillAnswers(port)).toBe(true);
      await nothingIsLeft();
    },
    60_000,
  );
});
