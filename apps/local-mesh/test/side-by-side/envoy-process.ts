import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** The path of an Envoy; `npm run side-by-side` installs one. */
export const envoyPath = process.env.ENVOY;
/** Whether what it does is to be written down, instead of compared. */
export const isRecording = process.env.RECORD !== undefined;

/** A real Envoy with this configuration, while `use` runs. */
export async function withEnvoy<Result>(config: string, use: () => Promise<Result>): Promise<Result> {
  const folder = await mkdtemp(join(tmpdir(), 'side-by-side-'));
  const file = join(folder, 'envoy.json');
  await writeFile(file, config);
  const child = spawn(envoyPath ?? '', ['-c', file, '--concurrency', '1', '--disable-hot-restart']);
  try {
    await started(child);
    return await use();
  } finally {
    child.kill('SIGKILL');
    await rm(folder, { recursive: true });
  }
}

export function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve(port));
    });
  });
}

export function byName([one]: readonly [string, unknown], [other]: readonly [string, unknown]): number {
  return one < other ? -1 : 1;
}

function started({ stderr }: ChildProcess): Promise<void> {
  return new Promise((resolve, reject) => {
    let text = '';
    stderr?.on('data', (data: Buffer) => {
      text += data.toString();
      if (text.includes('starting main dispatch loop')) resolve();
    });
    stderr?.on('end', () => reject(new Error(`Envoy ended:\n${text.slice(-2000)}`)));
  });
}
