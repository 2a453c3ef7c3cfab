import { MeshProcess } from './testing/mesh-process.js';
import { saveOddFiles } from './testing/odd-saves.js';

afterAll(() => MeshProcess.endAll());

/** A part of the soak (`npm run test:soak`), the same one every time. */
it('loses no request over odd saves', async () => {
  expect(await saveOddFiles(15, 100, 1)).toEqual([]);
}, 120_000);
