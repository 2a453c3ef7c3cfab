import { Agent, request } from 'node:http';
import { setTimeout as after } from 'node:timers/promises';

/** What sends one request, and tells what came back: the body, or a status of failure. */
export interface Sender {
  send(giveUpAfter: number): Promise<string>;
  close(): void;
}

export interface TrafficOptions {
  sender: Sender;
  requestsPerSecond: number;
  /** After so many milliseconds a request is given up. */
  giveUpAfter: number;
}

/** Requests, evenly over time, until it is disposed of. */
export class Traffic {
  /** How many answers had each body; what failed counts by its status. */
  readonly answers: Record<string, number> = {};
  private isOn = true;
  private readonly running: Promise<void>;

  constructor(private readonly options: TrafficOptions) {
    this.running = this.run();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.isOn = false;
    await this.running;
    this.options.sender.close();
  }

  private async run(): Promise<void> {
    const { sender, requestsPerSecond, giveUpAfter } = this.options;
    const gap = 1000 / requestsPerSecond;
    for (let next = performance.now(); this.isOn; next += gap) {
      await after(Math.max(0, next - performance.now()));
      void sender.send(giveUpAfter).then((answer) => {
        this.answers[answer] = (this.answers[answer] ?? 0) + 1;
      });
    }
  }
}

export interface HttpClientOptions {
  /** The server that is dialled, as a URL. */
  address: string;
  host: string;
  /** The request's target as it is written. */
  path: string;
  /** Further headers of the next request. */
  headers?: (() => Record<string, string>) | undefined;
}

export class HttpClient implements Sender {
  private readonly agent = new Agent({ keepAlive: true, maxSockets: 64 });

  constructor(private readonly options: HttpClientOptions) {}

  send(giveUpAfter: number): Promise<string> {
    const { address, host, path, headers } = this.options;
    return new Promise((resolve) => {
      const sent = request(address, {
        agent: this.agent,
        path,
        headers: { host, ...headers?.() },
        signal: AbortSignal.timeout(giveUpAfter),
      });
      sent.on('error', () => resolve('error'));
      sent.on('response', (response) => {
        let body = '';
        response.setEncoding('utf8').on('data', (text: string) => {
          body += text;
        });
        response.on('end', () => resolve(response.statusCode === 200 ? body : String(response.statusCode)));
        response.on('error', () => resolve('error'));
      });
      sent.end();
    });
  }

  close(): void {
    this.agent.destroy();
  }
}
