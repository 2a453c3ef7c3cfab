import { StrictBackend, sendHostile, stillAnswers } from '../../test/hostile-run.js';
import { rulesFor } from '../../test/rules.js';
import { istioRules } from '../../test/side-by-side/rules.js';
import { createProxy } from './proxy.js';

/** The same each time; the soak sends a million others. */
const seed = 1;

it('two thousand mutated requests end nothing, and the backend can read all that reaches it', async () => {
  const backend = new StrictBackend();
  const mesh = createProxy(rulesFor([await backend.listen()], istioRules()));
  const { port } = await mesh.listen({ host: '127.0.0.1', port: 0 });
  try {
    // Long enough for a busy machine: with less, hardly a request reaches the backend there.
    await sendHostile(port, { count: 2000, seed, patienceMs: 3000 });
    expect(await stillAnswers(port)).toBe(true);
    expect(backend.unreadable).toEqual([]);
    expect(backend.requests).toBeGreaterThan(100);
  } finally {
    await mesh.close();
    await backend.stop();
  }
});
