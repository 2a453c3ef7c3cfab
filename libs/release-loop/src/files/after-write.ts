import { spawn } from 'node:child_process';
import type { Plan, Write } from '@grayscale/release';
import { CommitRefused, GitCommit } from './git-commit.js';

export interface AfterWriteOptions {
  /** Commit the touched file. */
  commit?: boolean;
  /** A command line for the shell, run after each write. */
  exec?: string;
}

/** What is done once a file has its new weights. */
export class AfterWrite {
  constructor(
    private readonly plan: Plan,
    private readonly options: AfterWriteOptions,
  ) {}

  get runsCommand(): boolean {
    return this.options.exec !== undefined;
  }

  /** Why the file could not be committed after this write; undefined when it can, or need not be. */
  async obstacle(file: string): Promise<string | undefined> {
    if (this.options.commit !== true) return undefined;
    return await refusalOf(() => new GitCommit(file).check());
  }

  /** @param evidence why it was written; it goes into the message. @returns why there is no commit */
  async commit(file: string, write: Write, evidence: string): Promise<string | undefined> {
    if (this.options.commit !== true) return undefined;
    const { namespace, name } = this.plan;
    const subject = `release(${namespace}/${name}): ${purposes[write.purpose]}${write.percent} % to the canary`;
    return await refusalOf(() => new GitCommit(file).commit(`${subject}\n\n${evidence}`.trimEnd()));
  }

  /** Runs the command. @returns why it failed */
  async run(write: { percent: number; purpose: string }, file: string): Promise<string | undefined> {
    const command = this.options.exec;
    if (command === undefined) return undefined;
    const env = {
      ...process.env,
      GRAYSCALE_RELEASE: `${this.plan.namespace}/${this.plan.name}`,
      GRAYSCALE_PERCENT: String(write.percent),
      GRAYSCALE_PURPOSE: write.purpose,
      GRAYSCALE_FILE: file,
    };
    // Its output is for people: standard output belongs to the decisions.
    const child = spawn(command, { shell: true, env, stdio: ['ignore', process.stderr, process.stderr] });
    return await new Promise((resolve) => {
      child.on('error', ({ message }) => resolve(`${command} cannot be run: ${message}`));
      child.on('exit', (code, signal) =>
        resolve(code === 0 ? undefined : `${command} ended with ${signal ?? `status ${code}`}`),
      );
    });
  }
}

const purposes: Record<Write['purpose'], string> = {
  step: '',
  abort: 'aborted, ',
  undo: 'undone, ',
  'put-back': 'put back, ',
  restore: 'restored, ',
  finish: 'finished, ',
};

async function refusalOf(work: () => Promise<unknown>): Promise<string | undefined> {
  try {
    await work();
    return undefined;
  } catch (error) {
    if (error instanceof CommitRefused) return error.message;
    throw error;
  }
}
