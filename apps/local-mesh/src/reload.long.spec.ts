import { Pool } from 'undici';
import { Backend } from './testing/backend.js';
import { helloManifest, RuleFile } from './testing/manifests.js';
import { MeshProcess } from './testing/mesh-process.js';

const reloads = 200;
const requestsPerSecond = 2000;
const tickMs = 10;

/** Starts requests at a steady rate, whatever the answers take, until it is stopped. */
class SteadyLoad {
  sent = 0;
  readonly wrong: string[] = [];
  private readonly pool: Pool;
  private readonly pending = new Set<Promise<void>>();
  private readonly timer: NodeJS.Timeout;

  constructor(
    proxy: string,
    private readonly answers: ReadonlySet<string>,
  ) {
    this.pool = new Pool(proxy, { connections: 64, pipelining: 1 });
    const start = performance.now();
    this.timer = setInterval(() => {
      const due = ((performance.now() - start) / 1000) * requestsPerSecond;
      // A machine that cannot keep up is not asked for more than it can hold.
      while (this.sent < due && this.pending.size < 512) this.send();
      if (this.sent < due) this.skipTo(due);
    }, tickMs);
  }

  skipped = 0;

  async stop(): Promise<void> {
    clearInterval(this.timer);
    await Promise.all(this.pending);
    await this.pool.destroy();
  }

  private skipTo(due: number): void {
    this.skipped += Math.floor(due - this.sent);
    this.sent = Math.floor(due);
  }

  private send(): void {
    this.sent += 1;
    const request = this.ask().catch((error: unknown) => void this.wrong.push(String(error)));
    this.pending.add(request);
    void request.finally(() => this.pending.delete(request));
  }

  private async ask(): Promise<void> {
    const { statusCode, headers, body } = await this.pool.request({
      method: 'GET',
      path: '/hello',
      headers: { host: 'hello.com' },
    });
    const text = await body.text();
    if (statusCode !== 200 || !this.answers.has(text)) this.wrong.push(`${statusCode} ${text}`);
    const [rule, destination] = [headers['x-rule'], headers['x-destination']];
    if (rule === undefined || rule !== destination)
      this.wrong.push(`half of ${rule}, half of ${destination}`);
  }
}

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
  const load = new SteadyLoad(mesh.proxy, new Set(['hello 1', 'hello 2']));
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
