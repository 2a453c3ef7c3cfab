import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { envoyConfig } from '../../test/side-by-side/envoy-config.js';
import { type Lane, playAll, startLanes, stopLanes } from '../../test/side-by-side/lanes.js';
import type { Outcome } from '../../test/side-by-side/play.js';
import { rules } from '../../test/side-by-side/rules.js';

/** The path of an Envoy; `npm run side-by-side` installs one. */
const envoy = process.env.ENVOY;
type Recorded = Readonly<Record<string, Outcome>>;

const recording = new URL('../../test/side-by-side/envoy.json', import.meta.url);

// The local mesh is held to the recording by side-by-side.spec.ts.
(envoy === undefined ? it.skip : it)('an Envoy still does what was recorded', async () => {
  const isRecording = process.env.RECORD !== undefined;
  const recorded: Recorded = isRecording ? {} : JSON.parse(await readFile(recording, 'utf8'));
  const outcomes = Object.fromEntries([...(await playEnvoy(envoy as string, recorded))].sort(byName));
  if (isRecording) await writeFile(recording, `${JSON.stringify(outcomes, null, 1)}\n`);
  expect(outcomes).toEqual(JSON.parse(await readFile(recording, 'utf8')));
});

function byName([one]: readonly [string, unknown], [other]: readonly [string, unknown]): number {
  return one < other ? -1 : 1;
}

/** @param recorded what is waited for, however slow the machine */
async function playEnvoy(path: string, recorded: Recorded): Promise<Map<string, Outcome>> {
  const folder = await mkdtemp(join(tmpdir(), 'side-by-side-'));
  const lanes = await Promise.all((await startLanes()).map(withEnvoyPort));
  const config = join(folder, 'envoy.json');
  await writeFile(config, envoyConfig(lanes, rules));
  const child = spawn(path, ['-c', config, '--concurrency', '1', '--disable-hot-restart']);
  try {
    await started(child);
    return await playAll(lanes, (exchange, { backend, port }) =>
      backend.play(exchange, port, recorded[exchange.name]),
    );
  } finally {
    child.kill('SIGKILL');
    await stopLanes(lanes);
    await rm(folder, { recursive: true });
  }
}

async function withEnvoyPort(lane: Lane): Promise<Lane & { port: number; backendPort: number }> {
  return { ...lane, backendPort: lane.backend.port, port: await freePort() };
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

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve(port));
    });
  });
}
