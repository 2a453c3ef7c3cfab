import { execFileSync } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { temporaryFolder } from './temporary-folder.js';

/** A git repository of its own, with one commit. */
export async function gitRepository(files: Record<string, string>) {
  const folder = await temporaryFolder();
  const git = (...args: string[]): string =>
    execFileSync('git', args, {
      cwd: folder.at(),
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
    }).trim();
  git('init', '--quiet', '--initial-branch', 'main');
  git('config', 'user.name', 'Somebody');
  git('config', 'user.email', 'somebody@example.com');
  for (const [name, text] of Object.entries(files)) await writeFile(folder.at(name), text);
  git('add', '.');
  git('commit', '--quiet', '--message', 'start');
  return { ...folder, git };
}
