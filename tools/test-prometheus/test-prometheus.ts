import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Where Prometheus is: on the PATH, or named by the environment. */
const binary = process.env.PROMETHEUS_BINARY ?? 'prometheus';

/** Whether there is a Prometheus; `.ci/run` installs Debian's. */
export const hasPrometheus = spawnSync(binary, ['--version']).status === 0;

/** A real Prometheus over the metrics endpoints of programs on this machine. */
export class PrometheusProcess {
  private child: ChildProcess | undefined;
  private targets = 0;

  private constructor(
    private readonly folder: string,
    readonly port: number,
    private readonly interval: string,
  ) {}

  /** @param jobs the ports that each job scrapes @param interval between two scrapes, as Prometheus writes it */
  static async scraping(jobs: Record<string, number[]>, interval = '200ms'): Promise<PrometheusProcess> {
    const folder = await mkdtemp(join(tmpdir(), 'prometheus-'));
    const prometheus = new PrometheusProcess(folder, await freePort(), interval);
    await prometheus.configure(jobs);
    await prometheus.start();
    return prometheus;
  }

  get url(): URL {
    return new URL(`http://127.0.0.1:${this.port}`);
  }

  async start(): Promise<void> {
    this.child = spawn(
      binary,
      [
        `--config.file=${join(this.folder, 'prometheus.yml')}`,
        `--storage.tsdb.path=${join(this.folder, 'data')}`,
        `--web.listen-address=127.0.0.1:${this.port}`,
        '--web.enable-lifecycle',
      ],
      { stdio: 'ignore' },
    );
    await until(async () => (await fetch(new URL('/-/ready', this.url))).ok);
  }

  async stop(): Promise<void> {
    if (this.child === undefined) return;
    const exit = once(this.child, 'exit');
    this.child.kill('SIGKILL');
    await exit;
    this.child = undefined;
  }

  /** Changes what is scraped, in a running one at the next {@link reload}. */
  async configure(jobs: Record<string, number[]>): Promise<void> {
    this.targets = Object.values(jobs).flat().length;
    const configs = Object.entries(jobs).map(([job, ports]) => ({
      job_name: job,
      metrics_path: '/stats/prometheus',
      static_configs: [{ targets: ports.map((port) => `127.0.0.1:${port}`) }],
    }));
    const global = { scrape_interval: this.interval, scrape_timeout: this.interval };
    const config = { global, scrape_configs: configs };
    await writeFile(join(this.folder, 'prometheus.yml'), JSON.stringify(config));
  }

  async reload(): Promise<void> {
    await fetch(new URL('/-/reload', this.url), { method: 'POST' });
  }

  /** Waits until every target was scraped after this call, however often that fails. */
  async scraped(): Promise<void> {
    const since = Date.now();
    await until(async () => {
      const answer = await fetch(new URL('/api/v1/targets?state=active', this.url));
      const { data } = (await answer.json()) as { data: { activeTargets: Array<{ lastScrape: string }> } };
      return (
        data.activeTargets.length === this.targets &&
        data.activeTargets.every(({ lastScrape }) => Date.parse(lastScrape) > since)
      );
    });
    // The sample is stored when the scrape is over, some moments after it began.
    await new Promise((resolve) => setTimeout(resolve, 100));
  }

  /** What Prometheus itself says of an expression: the values of its series. */
  async value(query: string): Promise<number[]> {
    const answer = await fetch(new URL(`/api/v1/query?${new URLSearchParams({ query })}`, this.url));
    const { data } = (await answer.json()) as { data: { result: Array<{ value: [number, string] }> } };
    return data.result.map(({ value }) => Number(value[1]));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
    await rm(this.folder, { recursive: true, force: true });
  }
}

async function until(holds: () => Promise<boolean>): Promise<void> {
  for (;;) {
    if (await holds().catch(() => false)) return;
    await new Promise((resolve) => setTimeout(resolve, 20));
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
