import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { Readable } from 'node:stream';

export const root = join(import.meta.dirname, '../../../..');

/** A built program of this repository, as its users run it. */
export class NodeProcess {
  /** What it printed. */
  output = '';
  /** Its exit code; null when it was killed. */
  readonly exit: Promise<number | null>;
  private readonly child: ChildProcessByStdio<null, Readable, Readable>;
  private readonly waiting = new Set<() => void>();
  /** Whether it has ended and everything that it printed is here: its exit is known before its last words are. */
  private isClosed = false;

  constructor(script: string, args: readonly string[], environment: Record<string, string>) {
    const env = { ...process.env, ...environment };
    this.child = spawn(process.execPath, [join(root, script), ...args], {
      env,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    for (const stream of [this.child.stdout, this.child.stderr])
      stream.setEncoding('utf8').on('data', (text: string) => {
        this.output += text;
        this.wake();
      });
    this.exit = once(this.child, 'close').then(([code]) => {
      this.isClosed = true;
      this.wake();
      return code as number | null;
    });
  }

  get pid(): number {
    return this.child.pid ?? 0;
  }

  /** Waits until it has printed something, from some place on; rejects when it ends without. */
  async said(pattern: RegExp, from = 0): Promise<RegExpExecArray> {
    for (;;) {
      const match = pattern.exec(this.output.slice(from));
      if (match !== null) return match;
      if (this.isClosed) throw new Error(`ended without ${pattern}:\n${this.output}`);
      await new Promise<void>((resolve) => this.waiting.add(resolve));
    }
  }

  /** @returns its exit code; null when it was killed */
  async end(signal: NodeJS.Signals): Promise<number | null> {
    this.child.kill(signal);
    return await this.exit;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.end('SIGKILL');
  }

  private wake(): void {
    for (const resolve of this.waiting) resolve();
    this.waiting.clear();
  }
}

/** A service on a free port. @returns it and its URL */
export async function startService(
  app: string,
  environment: Record<string, string> = {},
  script = 'main.js',
): Promise<NodeProcess & { url: string }> {
  const service = new NodeProcess(`apps/${app}/dist/${script}`, [], {
    PORT: '0',
    HOST: '127.0.0.1',
    REQUEST_LOG: 'none',
    SHUTDOWN_DELAY_MS: '0',
    ...environment,
  });
  const [, url = ''] = await service.said(/listens on (http:\S+)\s/);
  return Object.assign(service, { url });
}
