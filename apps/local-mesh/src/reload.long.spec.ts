import { Backend } from './testing/backend.js';
import { helloManifest, RuleFile } from './testing/manifests.js';
import { MeshProcess } from './testing/mesh-process.js';
import { SteadyLoad } from './testing/steady-load.js';

const reloads = 200;
const requestsPerSecond = 2000;

afterAll(() => MeshProcess.endAll());

it(`loses no request, and mixes no two sets of rules, over ${reloads} reloads at ${requestsPerSecond} requests a second`, async () => {
  await using one = await Backend.named('hello 1');
  await using two = await Backend.named('hello 2');
  const ports: [number, number] = [one.port, two.port];
  await using file = await RuleFile.with(helloManifest({ share: 100, ports, tag: '0' }));
  await using mesh = await MeshProcess.listening('-f', file.path);
  const memory = async () => {
    const text = await (await fetch(`${mesh.admin}/stats/prometheus`)).text();
    return Number(/^process_resident_memory_bytes (\d+)/m.exec(text)?.[1]);
  };
  const load = new SteadyLoad(mesh.proxy, new Set(['hello 1', 'hello 2']), requestsPerSecond);
  const memories: number[] = [];
  for (let reload = 1; reload <= reloads; reload += 1) {
    const share = 1 + (reload % 99);
    await file.write(helloManifest({ share, ports, tag: String(reload) }));
    await mesh.said(new RegExp(`hello-1\\.external:80 ${share} %`));
    mesh.messages = '';
    if (reload % 50 === 0) memories.push(await memory());
  }
  await load.stop();
  console.info(
    `${load.sent - load.skipped} requests, ${load.skipped} not sent in time; resident MB after each 50 reloads: ${memories.map((bytes) => Math.round(bytes / 1e6)).join(', ')}`,
  );
  expect(load.wrong).toEqual([]);
  expect(load.sent - load.skipped).toBeGreaterThan(reloads);
  expect(memories.at(-1)).toBeLessThan(2 * (memories[0] ?? 0));
});
