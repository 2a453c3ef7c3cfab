import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

/** How a process ended. */
export interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** A real hello-1 process, from built code. */
export class HelloProcess {
  /** Everything it printed. */
  output = '';
  /** Settles when it ends. */
  readonly exited: Promise<Exit>;

  private constructor(private readonly child: ChildProcess) {
    for (const stream of [child.stdout, child.stderr]) {
      stream?.on('data', (data: Buffer) => {
        this.output += data.toString();
      });
    }
    this.exited = once(child, 'close').then(([code, signal]) => ({ code, signal }));
  }

  /** Starts one and does not wait. */
  static launch(environment: Record<string, string>): HelloProcess {
    const entry = join(import.meta.dirname, '../dist/main.js');
    return new HelloProcess(
      spawn(process.execPath, [entry], {
        env: { REQUEST_LOG: 'none', ...environment },
        stdio: ['ignore', 'pipe', 'pipe'],
      }),
    );
  }

  /** Starts one and waits until it listens. */
  static async start(environment: Record<string, string> = {}): Promise<HelloProcess> {
    const started = HelloProcess.launch({ PORT: '0', ...environment });
    await started.printed(/listens on http:\/\/[^:]+:(\d+)/);
    return started;
  }

  /** Where it listens. */
  get port(): number {
    return Number(/listens on http:\/\/[^:]+:(\d+)/.exec(this.output)?.[1]);
  }

  signal(name: NodeJS.Signals): void {
    this.child.kill(name);
  }

  /** Waits until it has printed something. */
  async printed(pattern: RegExp): Promise<void> {
    while (!pattern.test(this.output)) {
      await Promise.race([
        once(this.child.stdout as NodeJS.EventEmitter, 'data'),
        this.exited.then(() => Promise.reject(new Error(`hello-1 ended:\n${this.output}`))),
      ]);
    }
  }

  /** Ends it at once, if it still runs. */
  async kill(): Promise<void> {
    this.child.kill('SIGKILL');
    await this.exited;
  }
}
