import { execFile } from 'node:child_process';
import { access } from 'node:fs/promises';
import { basename, dirname, resolve } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** Why a commit cannot be made now; the message says what to do. */
export class CommitRefused extends Error {
  override readonly name = 'CommitRefused';
}

/** Where a repository stands. */
export interface Revision {
  branch: string;
  head: string;
}

/** Commits single files; it never pushes, and never touches what else is staged. */
export class GitCommit {
  private readonly folder: string;
  private readonly name: string;

  constructor(private readonly file: string) {
    this.folder = dirname(file);
    this.name = basename(file);
  }

  /** The branch and commit that are checked out; undefined outside of a repository. */
  async revision(): Promise<Revision | undefined> {
    try {
      const head = await this.git('rev-parse', 'HEAD');
      return { head, branch: await this.git('rev-parse', '--abbrev-ref', 'HEAD') };
    } catch {
      return undefined;
    }
  }

  /** @throws CommitRefused when a commit of the file would not be what it seems */
  async check(): Promise<void> {
    const revision = await this.revision();
    if (revision === undefined)
      throw new CommitRefused(`${this.file} is in no git repository that has a commit`);
    if (revision.branch === 'HEAD') throw new CommitRefused('HEAD is detached; check out a branch');
    for (const [marker, what] of Object.entries(underWay)) {
      const path = resolve(this.folder, await this.git('rev-parse', '--git-path', marker));
      if (await exists(path)) throw new CommitRefused(`a ${what} is under way; end it first`);
    }
    if (!(await this.succeeds('ls-files', '--error-unmatch', '--', this.name))) {
      throw new CommitRefused(`${this.file} is not tracked; add and commit it first`);
    }
    if (!(await this.succeeds('diff', '--cached', '--quiet', '--', this.name))) {
      throw new CommitRefused(`${this.file} is staged; commit or unstage it first`);
    }
  }

  /** @returns the new commit's id; undefined when the file is as it was committed */
  async commit(message: string): Promise<string | undefined> {
    await this.check();
    if (await this.succeeds('diff', '--quiet', 'HEAD', '--', this.name)) return undefined;
    try {
      await this.git('commit', '--quiet', '--only', '--message', message, '--', this.name);
    } catch (error) {
      const { stderr = '' } = error as { stderr?: string };
      throw new CommitRefused(`git commit failed: ${stderr.trim().split('\n')[0] ?? ''}`, { cause: error });
    }
    return await this.git('rev-parse', 'HEAD');
  }

  private async git(...args: string[]): Promise<string> {
    return (await run('git', args, { cwd: this.folder })).stdout.trim();
  }

  private async succeeds(...args: string[]): Promise<boolean> {
    return await this.git(...args).then(
      () => true,
      () => false,
    );
  }
}

/** Files and folders of git's that are there during an operation. */
const underWay: Record<string, string> = {
  MERGE_HEAD: 'merge',
  'rebase-merge': 'rebase',
  'rebase-apply': 'rebase',
  CHERRY_PICK_HEAD: 'cherry-pick',
  REVERT_HEAD: 'revert',
};

async function exists(path: string): Promise<boolean> {
  return await access(path).then(
    () => true,
    () => false,
  );
}
