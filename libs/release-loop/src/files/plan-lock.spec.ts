import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { temporaryFolder } from '../testing/temporary-folder.js';
import { PlanLock } from './plan-lock.js';

const built = join(import.meta.dirname, '../../dist/files/plan-lock.js');

/** A process that tries to take the lock, says `held` or `taken`, and stays. */
async function contender(folder: string) {
  const script = `import { PlanLock } from ${JSON.stringify(built)};
    const lock = await PlanLock.acquire(${JSON.stringify(folder)});
    console.log(lock instanceof PlanLock ? 'taken' : 'held');
    setInterval(() => {}, 1000);`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [said] = await once(child.stdout, 'data');
  return { child, said: String(said).trim() };
}

async function kill(child: ChildProcessByStdio<null, Readable, null>): Promise<void> {
  child.kill('SIGKILL');
  await once(child, 'exit');
}

it('is taken by one process, and free again once it is released', async () => {
  await using folder = await temporaryFolder();
  const lock = await PlanLock.acquire(folder.at('lock'));
  expect(await PlanLock.holder(folder.at('lock'))).toMatchObject({ pid: process.pid });
  expect(await PlanLock.acquire(folder.at('lock'))).toMatchObject({ pid: process.pid, host: hostname() });
  await (lock as PlanLock).release();
  expect(await PlanLock.holder(folder.at('lock'))).toBeUndefined();
});

it('of a process that was killed is taken over', async () => {
  await using folder = await temporaryFolder();
  const { child, said } = await contender(folder.at('lock'));
  expect(said).toBe('taken');
  expect(await PlanLock.acquire(folder.at('lock'))).toMatchObject({ pid: child.pid });
  await kill(child);
  expect(await PlanLock.acquire(folder.at('lock'))).toBeInstanceOf(PlanLock);
});

/** Waits until a file of the system says it. */
async function seenIn(file: string, pattern: RegExp): Promise<void> {
  while (!pattern.test(await readFile(file, 'utf8'))) await new Promise((resolve) => setTimeout(resolve, 5));
}

const onLinux = process.platform === 'linux' ? it : it.skip;

onLinux('of a process that is dead, and whose parent has not noticed, is taken over', async () => {
  await using folder = await temporaryFolder();
  await ((await PlanLock.acquire(folder.at('lock'))) as PlanLock).release();
  // The shell becomes a program that never asks for its child.
  const parent = spawn('sh', ['-c', 'sleep 600 & echo $!; exec sleep 600'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [line] = await once(parent.stdout, 'data');
  const pid = Number(line);
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8');
  const started = stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
  await writeFile(folder.at('lock', 'one.json'), JSON.stringify({ host: hostname(), pid, started }));
  expect(await PlanLock.acquire(folder.at('lock'))).toMatchObject({ pid });
  // Until then it is the shell, which does ask.
  await seenIn(`/proc/${parent.pid}/comm`, /^sleep$/m);
  process.kill(pid, 'SIGKILL');
  await seenIn(`/proc/${pid}/stat`, /\) Z /);
  expect(await PlanLock.acquire(folder.at('lock'))).toBeInstanceOf(PlanLock);
  await kill(parent);
});

it('is not lost to another process that has the number of a dead one by now', async () => {
  await using folder = await temporaryFolder();
  await ((await PlanLock.acquire(folder.at('lock'))) as PlanLock).release();
  const reused = { host: hostname(), pid: process.pid, started: '1' };
  await writeFile(folder.at('lock', 'old.json'), JSON.stringify(reused));
  expect(await PlanLock.acquire(folder.at('lock'))).toBeInstanceOf(PlanLock);
  expect(await readdir(folder.at('lock'))).toHaveLength(1);
});

it('on another machine counts as held, for nobody can tell', async () => {
  await using folder = await temporaryFolder();
  await ((await PlanLock.acquire(folder.at('lock'))) as PlanLock).release();
  const elsewhere = { host: 'elsewhere', pid: 1, started: '1' };
  await writeFile(folder.at('lock', 'other.json'), JSON.stringify(elsewhere));
  expect(await PlanLock.acquire(folder.at('lock'))).toEqual(elsewhere);
});

it('never has two holders, however many try at once', async () => {
  await using folder = await temporaryFolder();
  const contenders = await Promise.all(Array.from({ length: 6 }, () => contender(folder.at('lock'))));
  const taken = contenders.filter(({ said }) => said === 'taken');
  expect(taken.length).toBeLessThanOrEqual(1);
  await Promise.all(contenders.map(({ child }) => kill(child)));
});
