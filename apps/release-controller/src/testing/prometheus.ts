import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

/** A real Prometheus that scrapes once a second. */
export class Prometheus {
  private constructor(
    private readonly folder: string,
    private readonly child: ChildProcess,
    readonly url: string,
  ) {}

  /** @param address of the local mesh's admin side, `HOST:PORT` */
  static async scraping(address: string): Promise<Prometheus> {
    const folder = await mkdtemp(join(tmpdir(), 'prometheus-'));
    const job = {
      job_name: 'mesh',
      metrics_path: '/stats/prometheus',
      static_configs: [{ targets: [address] }],
    };
    const global = { scrape_interval: '1s', scrape_timeout: '1s' };
    const file = join(folder, 'prometheus.yml');
    await writeFile(file, JSON.stringify({ global, scrape_configs: [job] }));
    const listen = `127.0.0.1:${await freePort()}`;
    const child = spawn(
      process.env.PROMETHEUS_BINARY ?? 'prometheus',
      [
        `--config.file=${file}`,
        `--storage.tsdb.path=${join(folder, 'data')}`,
        `--web.listen-address=${listen}`,
      ],
      { stdio: 'ignore' },
    );
    const url = `http://${listen}`;
    while (!(await fetch(`${url}/-/ready`).catch(() => undefined))?.ok) await delay(50);
    return new Prometheus(folder, child, url);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const exit = once(this.child, 'exit');
    this.child.kill('SIGKILL');
    await exit;
    await rm(this.folder, { recursive: true, force: true });
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  server.close();
  await once(server, 'close');
  return port;
}
