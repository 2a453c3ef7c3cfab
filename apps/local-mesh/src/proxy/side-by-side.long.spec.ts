import { freePort } from '../../../../tools/free-port.js';
import { envoyConfig } from '../../test/side-by-side/envoy-config.js';
import { envoyPath, playedAndRecorded, withEnvoy } from '../../test/side-by-side/envoy-process.js';
import { type Lane, playAll, startLanes, stopLanes } from '../../test/side-by-side/lanes.js';
import type { Outcome } from '../../test/side-by-side/play.js';
import { rules } from '../../test/side-by-side/rules.js';

type Recorded = Readonly<Record<string, Outcome>>;

const recording = new URL('../../test/side-by-side/envoy.json', import.meta.url);

// The local mesh is held to the recording by side-by-side.spec.ts.
(envoyPath === undefined ? it.skip : it)('an Envoy still does what was recorded', async () => {
  const { played, recorded } = await playedAndRecorded(recording, playEnvoy);
  expect(played).toEqual(recorded);
});

/** @param recorded what is waited for, however slow the machine */
async function playEnvoy(recorded: Recorded): Promise<Map<string, Outcome>> {
  const lanes = await Promise.all((await startLanes()).map(withEnvoyPort));
  try {
    return await withEnvoy(envoyConfig(lanes, rules), () =>
      playAll(lanes, (exchange, { backend, port }) => backend.play(exchange, port, recorded[exchange.name])),
    );
  } finally {
    await stopLanes(lanes);
  }
}

async function withEnvoyPort(lane: Lane): Promise<Lane & { port: number; backendPort: number }> {
  return { ...lane, backendPort: lane.backend.port, port: await freePort() };
}
