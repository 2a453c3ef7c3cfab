import { Agent, request } from 'node:http';
import { setTimeout as after } from 'node:timers/promises';

export interface TrafficOptions {
  /** The local mesh's proxy. */
  proxy: string;
  requestsPerSecond: number;
  /** Who is asked; hello.com by the proxy unless given. */
  host?: string;
  path?: string;
  /** Headers of the next request. */
  headers?: () => Record<string, string>;
  /** After so many milliseconds a request is given up. */
  giveUpAfter?: number;
}

/** Requests through a proxy, evenly over time, until it is disposed of. */
export class Traffic {
  /** How many answers had each body; what failed counts by its status. */
  readonly answers: Record<string, number> = {};
  private readonly agent = new Agent({ keepAlive: true, maxSockets: 64 });
  private isOn = true;
  private readonly running: Promise<void>;

  constructor(private readonly options: TrafficOptions) {
    this.running = this.run();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.isOn = false;
    await this.running;
    this.agent.destroy();
  }

  private async run(): Promise<void> {
    const gap = 1000 / this.options.requestsPerSecond;
    for (let next = performance.now(); this.isOn; next += gap) {
      await after(Math.max(0, next - performance.now()));
      this.send();
    }
  }

  private send(): void {
    const { proxy, headers, giveUpAfter = 2000, host = 'hello.com' } = this.options;
    const { path = `http://${host}/hello` } = this.options;
    const sent = request(proxy, {
      agent: this.agent,
      path,
      headers: { host, ...headers?.() },
      signal: AbortSignal.timeout(giveUpAfter),
    });
    sent.on('error', () => this.count('error'));
    sent.on('response', (response) => {
      let body = '';
      response.setEncoding('utf8').on('data', (text: string) => {
        body += text;
      });
      response.on('end', () => this.count(response.statusCode === 200 ? body : String(response.statusCode)));
      response.on('error', () => {});
    });
    sent.end();
  }

  private count(answer: string): void {
    this.answers[answer] = (this.answers[answer] ?? 0) + 1;
  }
}
