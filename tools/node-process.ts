import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

/** The repository, with everything built. */
export const repository = join(import.meta.dirname, '..');

/** How a process ended: one of the two is null. */
export interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

export interface NodeProcessOptions {
  /** Default: the repository. */
  cwd?: string;
  /** On top of the environment of the tests. */
  env?: NodeJS.ProcessEnv;
  /** For Node itself, before the script. */
  nodeArguments?: readonly string[];
  /** Whether a test writes to its standard input; otherwise that has ended from the start. */
  hasInput?: boolean;
}

/** A built program of this repository as a process of its own, as its users run it. */
export class NodeProcess {
  /** Standard output and standard error, as they came. */
  output = '';
  stdout = '';
  stderr = '';
  /** Settles when it has ended and everything that it printed is here: that it has ended is known before its last words are. */
  readonly ended: Promise<Exit>;
  readonly #child: ChildProcessWithoutNullStreams;
  readonly #waiting = new Set<() => void>();
  #isOver = false;

  /** @param script relative to the repository */
  constructor(
    script: string,
    args: readonly string[] = [],
    { cwd = repository, env = {}, nodeArguments = [], hasInput = false }: NodeProcessOptions = {},
  ) {
    this.#child = spawn(process.execPath, [...nodeArguments, join(repository, script), ...args], {
      cwd,
      env: { ...process.env, ...env },
    });
    if (!hasInput) this.#child.stdin.end();
    for (const name of ['stdout', 'stderr'] as const)
      this.#child[name].setEncoding('utf8').on('data', (text: string) => {
        this[name] += text;
        this.output += text;
        this.#wake();
      });
    this.ended = once(this.#child, 'close').then(([code, signal]) => {
      this.#isOver = true;
      this.#wake();
      return { code, signal } as Exit;
    });
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  get stdin() {
    return this.#child.stdin;
  }

  /** Its exit code once it has {@link ended}; null when a signal ended it. */
  get exit(): Promise<number | null> {
    return this.ended.then(({ code }) => code);
  }

  /**
   * Waits until it has printed something.
   * @param from what was printed up to there does not count
   * @throws Error with all that it printed, when it ends without
   */
  async said(
    pattern: RegExp,
    of: 'output' | 'stdout' | 'stderr' = 'output',
    from = 0,
  ): Promise<RegExpExecArray> {
    for (;;) {
      const match = pattern.exec(this[of].slice(from));
      if (match !== null) return match;
      if (this.#isOver) throw new Error(`ended without saying ${pattern}:\n${this.output}`);
      await new Promise<void>((resolve) => this.#waiting.add(resolve));
    }
  }

  signal(signal: NodeJS.Signals): void {
    this.#child.kill(signal);
  }

  /** @returns its exit code; null when the signal ended it */
  async end(signal: NodeJS.Signals): Promise<number | null> {
    this.signal(signal);
    return await this.exit;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.end('SIGKILL');
  }

  #wake(): void {
    for (const resolve of this.#waiting) resolve();
    this.#waiting.clear();
  }
}
