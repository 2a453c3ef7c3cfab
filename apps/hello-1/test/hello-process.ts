import { NodeProcess } from '../../../tools/node-process.js';

/** A real hello-1 process, from built code. */
export class HelloProcess extends NodeProcess {
  /** Starts one and does not wait. */
  constructor(environment: Record<string, string>) {
    super('apps/hello-1/dist/main.js', [], { env: { REQUEST_LOG: 'none', ...environment } });
  }

  /** Starts one and waits until it listens. */
  static async start(environment: Record<string, string> = {}): Promise<HelloProcess> {
    const started = new HelloProcess({ PORT: '0', ...environment });
    await started.said(/listens on http:\/\/[^:]+:(\d+)/);
    return started;
  }

  /** Where it listens. */
  get port(): number {
    return Number(/listens on http:\/\/[^:]+:(\d+)/.exec(this.output)?.[1]);
  }
}
