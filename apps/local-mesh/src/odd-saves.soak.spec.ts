import { MeshProcess } from './testing/mesh-process.js';
import { saveOddFiles } from './testing/odd-saves.js';

afterAll(() => MeshProcess.endAll());

it('loses no request over 300 odd saves under load', async () => {
  expect(await saveOddFiles(300, 1000)).toEqual([]);
});
