import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

/** The repository, with everything built. */
export const repository = join(import.meta.dirname, '../../../../..');

/** A process of ours, as its users run it. */
export class Process {
  /** Standard output and standard error, as they came. */
  output = '';
  private readonly waiting = new Set<() => void>();
  /** Whether it has ended and everything that it printed is here: its exit is known before its last words are. */
  private isClosed = false;
  readonly exit: Promise<number>;

  private constructor(readonly child: ChildProcess) {
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding('utf8').on('data', (text: string) => {
        this.output += text;
        for (const wake of this.waiting) wake();
      });
    }
    this.exit = once(child, 'close').then(([code, signal]) => {
      this.isClosed = true;
      for (const wake of this.waiting) wake();
      return (code as number | null) ?? (signal === null ? 1 : 128);
    });
  }

  /** @param script relative to the repository */
  static start(
    script: string,
    args: readonly string[],
    options: { cwd?: string; env?: NodeJS.ProcessEnv } = {},
  ): Process {
    const { cwd = repository, env = {} } = options;
    const child = spawn(process.execPath, [join(repository, script), ...args], {
      cwd,
      env: { ...process.env, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    return new Process(child);
  }

  /** Waits until it has said something; fails when it ended without. */
  async said(pattern: RegExp): Promise<RegExpExecArray> {
    for (;;) {
      const match = pattern.exec(this.output);
      if (match !== null) return match;
      if (this.isClosed) throw new Error(`ended without saying ${pattern}:\n${this.output}`);
      await new Promise<void>((resolve) => {
        const wake = () => {
          this.waiting.delete(wake);
          resolve();
        };
        this.waiting.add(wake);
      });
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.child.kill('SIGKILL');
    await this.exit;
  }
}
