import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** The path of an Envoy; `npm run side-by-side` installs one. */
export const envoyPath = process.env.ENVOY;
/** Whether what it does is to be written down, instead of compared. */
const isRecording = process.env.RECORD !== undefined;

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

/**
 * Plays all exchanges to an Envoy, and writes a recording of them where that is wanted.
 * @param play is given what was recorded, to wait for it however slow the machine; nothing while recording
 * @returns what came, and what is recorded
 */
export async function playedAndRecorded<Outcome>(
  recording: URL,
  play: (recorded: Readonly<Record<string, Outcome>>) => Promise<ReadonlyMap<string, Outcome>>,
): Promise<{ played: Record<string, Outcome>; recorded: Record<string, Outcome> }> {
  const read = async () => JSON.parse(await readFile(recording, 'utf8'));
  const played = Object.fromEntries([...(await play(isRecording ? {} : await read()))].sort(byName));
  if (isRecording) await writeFile(recording, `${JSON.stringify(played, null, 1)}\n`);
  return { played, recorded: await read() };
}

function byName([one]: readonly [string, unknown], [other]: readonly [string, unknown]): number {
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
