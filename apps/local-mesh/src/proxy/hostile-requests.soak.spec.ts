import { StrictBackend, sendHostile, stillAnswers } from '../../test/hostile-run.js';
import { rulesText } from '../../test/rules.js';
import { acceptedRules, istioRules } from '../../test/side-by-side/rules.js';
import { RuleFile } from '../testing/manifests.js';
import { MeshProcess } from '../testing/mesh-process.js';

/** SOAK_REQUESTS sends another number of them, SOAK_SEED the same ones again. */
const count = Number(process.env.SOAK_REQUESTS ?? 1_000_000);
const seed = Number(process.env.SOAK_SEED ?? Date.now() % 2 ** 31);
const batch = 10_000;

it(`${count} mutated requests through a running mesh (seed ${seed})`, async () => {
  const backend = new StrictBackend();
  await using rules = await RuleFile.with(rulesText([await backend.listen()], istioRules(acceptedRules)));
  await using mesh = await MeshProcess.listening('-f', rules.path, '--access-log', 'off');
  const port = Number(new URL(mesh.proxy).port);
  try {
    for (let sent = 0; sent < count; sent += batch) {
      await sendHostile(port, { count: Math.min(batch, count - sent), seed: seed + sent, patienceMs: 100 });
      expect(await stillAnswers(port)).toBe(true);
      expect(backend.unreadable).toEqual([]);
    }
    console.log(`${count} sent, ${backend.requests} reached the backend`);
  } finally {
    await backend.stop();
  }
});
