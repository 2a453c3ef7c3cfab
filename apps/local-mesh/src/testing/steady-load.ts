import { Pool } from 'undici';

const tickMs = 10;

/** Starts requests at a steady rate, whatever the answers take, until it is stopped. */
export class SteadyLoad {
  sent = 0;
  readonly wrong: string[] = [];
  private readonly pool: Pool;
  private readonly pending = new Set<Promise<void>>();
  private readonly timer: NodeJS.Timeout;

  constructor(
    proxy: string,
    private readonly answers: ReadonlySet<string>,
    private readonly requestsPerSecond: number,
  ) {
    this.pool = new Pool(proxy, { connections: 64, pipelining: 1 });
    const start = performance.now();
    this.timer = setInterval(() => {
      const due = ((performance.now() - start) / 1000) * this.requestsPerSecond;
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
