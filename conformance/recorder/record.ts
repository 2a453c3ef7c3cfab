// npm run record -- FILE...: puts the cases of these files to a real istiod and Envoy, and writes their answers into the files. See README.md.
import { spawnSync } from 'node:child_process';
import { chmodSync, cpSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseCase } from '../src/cases.ts';
import { Lab } from '../src/lab-servers.ts';
import { withRecording } from './case-file.ts';
import { RealMesh } from './real-mesh.ts';
import { Recorder } from './recording.ts';

const files = process.argv.slice(2);
const { ISTIOD: istiod = '', ENVOY: envoy = '', RECORDER: inside } = process.env;
if (files.length === 0 || !existsSync(istiod) || !existsSync(envoy)) {
  console.error(
    'usage: ISTIOD=<pilot-discovery> ENVOY=<envoy> npm run record -- FILE...   (as root, on Linux; see conformance/recorder/README.md)',
  );
  process.exitCode = 2;
} else if (inside === undefined) process.exitCode = enterNamespaces();
else await recordAll();

/** Its own network, mounts and processes: nothing of the machine changes, and nothing is left. */
function enterNamespaces(): number {
  const kinds = [
    '--net',
    '--mount',
    '--pid',
    '--fork',
    '--kill-child',
    '--mount-proc',
    '--propagation',
    'private',
  ];
  const { status } = spawnSync('unshare', [...kinds, process.execPath, ...process.argv.slice(1)], {
    stdio: 'inherit',
    env: { ...process.env, RECORDER: 'yes' },
  });
  return status ?? 1;
}

async function recordAll(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'grayscale-recorder-'));
  chmodSync(folder, 0o777);
  // The proxy's user may not be let into the folder that it was named in.
  cpSync(envoy, join(folder, 'envoy'), { dereference: true });
  const backends = new Lab((recorded) => recorded);
  const mesh = await RealMesh.start({ istiod, envoy: join(folder, 'envoy') }, folder);
  try {
    await backends.start();
    const recorder = new Recorder(mesh, backends);
    for (const file of files) {
      const text = readFileSync(file, 'utf8');
      const recording = await recorder.record(parseCase('traffic', text));
      writeFileSync(file, withRecording(text, recording));
      console.log([file, ...recording.errors, ...recording.refused].join('\n  '));
    }
  } finally {
    await backends.stop();
    await mesh.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}
