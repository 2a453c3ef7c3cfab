import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../free-port.ts';

/** Where Prometheus is: on the PATH, or named by the environment. */
const binary = process.env.PROMETHEUS_BINARY ?? 'prometheus';

/** Whether there is a Prometheus; `.ci/run` installs Debian's. */
export const hasPrometheus = spawnSync(binary, ['--version']).status === 0;

/** TLS with a certificate (files in PEM), for users with their passwords' bcrypt hashes alone. */
export interface PrometheusSecurity {
  certificate: string;
  key: string;
  users: Readonly<Record<string, string>>;
}

/** A real Prometheus over the metrics endpoints of programs on this machine. */
export class PrometheusProcess {
  private child: ChildProcess | undefined;
  private targets = 0;

  private constructor(
    private readonly folder: string,
    readonly port: number,
    private readonly interval: string,
    private readonly security: PrometheusSecurity | undefined,
  ) {}

  /** @param jobs the ports that each job scrapes @param interval between two scrapes, as Prometheus writes it @param security in place of an open door */
  static async scraping(
    jobs: Record<string, number[]>,
    interval = '200ms',
    security?: PrometheusSecurity,
  ): Promise<PrometheusProcess> {
    const folder = await mkdtemp(join(tmpdir(), 'prometheus-'));
    const prometheus = new PrometheusProcess(folder, await freePort(), interval, security);
    await prometheus.configure(jobs);
    await prometheus.start();
    return prometheus;
  }

  get url(): URL {
    return new URL(`${this.security === undefined ? 'http' : 'https'}://127.0.0.1:${this.port}`);
  }

  async start(): Promise<void> {
    const web = join(this.folder, 'web.yml');
    await writeFile(web, JSON.stringify(webConfig(this.security)));
    const child = spawn(
      binary,
      [
        `--web.config.file=${web}`,
        `--config.file=${join(this.folder, 'prometheus.yml')}`,
        `--storage.tsdb.path=${join(this.folder, 'data')}`,
        `--web.listen-address=127.0.0.1:${this.port}`,
        '--web.enable-lifecycle',
      ],
      { stdio: 'ignore' },
    );
    this.child = child;
    await until(() => {
      if (child.exitCode !== null) throw new Error(`prometheus ended with ${child.exitCode}`);
      return this.isReady().catch(() => false);
    });
  }

  private async isReady(): Promise<boolean> {
    if (this.security === undefined) return (await fetch(new URL('/-/ready', this.url))).ok;
    // The door is shut for us as well: that there is one will do.
    const socket = connect(this.port, '127.0.0.1');
    await once(socket, 'connect');
    socket.destroy();
    return true;
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

  /** Waits until every target was scraped after this call, however often that fails, and what came is stored. */
  async scraped(): Promise<void> {
    // A scrape is told of before it is stored; the next one begins when it is.
    for (const _ of ['told of', 'stored']) await this.scrapedAfter(Date.now());
  }

  private async scrapedAfter(since: number): Promise<void> {
    const isScraped = async () => {
      const answer = await fetch(new URL('/api/v1/targets?state=active', this.url));
      const { data } = (await answer.json()) as { data: { activeTargets: Array<{ lastScrape: string }> } };
      return (
        data.activeTargets.length === this.targets &&
        data.activeTargets.every(({ lastScrape }) => Date.parse(lastScrape) > since)
      );
    };
    await until(() => isScraped().catch(() => false));
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

/** As https://prometheus.io/docs/prometheus/latest/configuration/https/ has it. */
function webConfig(security: PrometheusSecurity | undefined): object {
  if (security === undefined) return {};
  const { certificate, key, users } = security;
  return { tls_server_config: { cert_file: certificate, key_file: key }, basic_auth_users: users };
}

async function until(holds: () => Promise<boolean>): Promise<void> {
  for (;;) {
    if (await holds()) return;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
