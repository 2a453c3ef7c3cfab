import { appendFile, readFile, writeFile } from 'node:fs/promises';
import { gitRepository } from '../testing/git-repository.js';
import { temporaryFolder } from '../testing/temporary-folder.js';
import { GitCommit } from './git-commit.js';

const repository = () => gitRepository({ 'rule.yaml': 'weight: 90\n', 'other.yaml': 'a: 1\n' });

it('commits the file alone, with the message, whatever else is changed or staged', async () => {
  await using folder = await repository();
  await writeFile(folder.at('other.yaml'), 'a: 2\n');
  folder.git('add', 'other.yaml');
  await writeFile(folder.at('other.yaml'), 'a: 3\n');
  await writeFile(folder.at('rule.yaml'), 'weight: 75\n');
  const commit = new GitCommit(folder.at('rule.yaml'));
  const id = await commit.commit('release: 25 %\n\n742 requests, "quoted"');
  expect(folder.git('log', '-1', '--format=%H%n%B')).toBe(`${id}\nrelease: 25 %\n\n742 requests, "quoted"`);
  expect(folder.git('show', '--name-only', '--format=', 'HEAD')).toBe('rule.yaml');
  expect(folder.git('show', ':other.yaml')).toBe('a: 2');
  expect(await readFile(folder.at('other.yaml'), 'utf8')).toBe('a: 3\n');
  expect(await commit.revision()).toEqual({ branch: 'main', head: id });
  expect(await commit.commit('again')).toBeUndefined();
});

const refusals: Array<{
  when: string;
  prepare: (folder: Awaited<ReturnType<typeof repository>>) => void;
  message: RegExp;
}> = [
  {
    when: 'on a detached HEAD',
    prepare: ({ git }) => git('checkout', '--quiet', '--detach'),
    message: /detached; check out a branch/,
  },
  {
    when: 'with the file staged',
    prepare: ({ git }) => git('add', 'rule.yaml'),
    message: /rule\.yaml is staged/,
  },
  {
    when: 'with the file not tracked',
    prepare: ({ git }) => git('rm', '--cached', '--quiet', 'rule.yaml'),
    message: /is not tracked/,
  },
  {
    when: 'during a merge',
    prepare: ({ git }) => {
      git('stash', '--quiet');
      git('checkout', '--quiet', '-b', 'side');
      git('commit', '--quiet', '--allow-empty', '--message', 'side');
      git('checkout', '--quiet', 'main');
      git('commit', '--quiet', '--allow-empty', '--message', 'main');
      git('merge', '--no-commit', '--no-ff', '--quiet', 'side');
      git('stash', 'pop', '--quiet');
    },
    message: /a merge is under way/,
  },
];

it.each(refusals)('refuses $when, and changes nothing', async ({ prepare, message }) => {
  await using folder = await repository();
  await appendFile(folder.at('rule.yaml'), '# new\n');
  prepare(folder);
  const head = folder.git('rev-parse', 'HEAD');
  await expect(new GitCommit(folder.at('rule.yaml')).commit('no')).rejects.toThrow(message);
  expect(folder.git('rev-parse', 'HEAD')).toBe(head);
  expect(await readFile(folder.at('rule.yaml'), 'utf8')).toContain('# new');
});

it('refuses during a rebase that stopped', async () => {
  await using folder = await repository();
  folder.git('checkout', '--quiet', '-b', 'side');
  await writeFile(folder.at('rule.yaml'), 'weight: 1\n');
  folder.git('commit', '--quiet', '--all', '--message', 'side');
  folder.git('checkout', '--quiet', 'main');
  await writeFile(folder.at('rule.yaml'), 'weight: 2\n');
  folder.git('commit', '--quiet', '--all', '--message', 'main');
  expect(() => folder.git('rebase', 'side')).toThrow();
  await expect(new GitCommit(folder.at('rule.yaml')).check()).rejects.toThrow(/detached|rebase/);
});

it('a failing hook is told by its first line', async () => {
  await using folder = await repository();
  await writeFile(folder.at('.git/hooks/pre-commit'), '#!/bin/sh\necho no weights on Fridays >&2\nexit 1\n', {
    mode: 0o755,
  });
  await writeFile(folder.at('rule.yaml'), 'weight: 75\n');
  await expect(new GitCommit(folder.at('rule.yaml')).commit('x')).rejects.toThrow(/no weights on Fridays/);
});

it('outside of a repository there is no revision and no commit', async () => {
  await using folder = await temporaryFolder();
  await writeFile(folder.at('rule.yaml'), 'weight: 90\n');
  const commit = new GitCommit(folder.at('rule.yaml'));
  expect(await commit.revision()).toBeUndefined();
  await expect(commit.check()).rejects.toThrow(/is in no git repository/);
});
