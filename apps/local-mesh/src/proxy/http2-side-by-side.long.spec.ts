import { freePort } from '../../../../tools/free-port.js';
import {
  type Http2Lane,
  playAllHttp2,
  startMeshLanes,
  upstreamOf,
} from '../../test/http2-side-by-side/lanes.js';
import type { Http2Outcome } from '../../test/http2-side-by-side/play.js';
import { envoyConfig } from '../../test/side-by-side/envoy-config.js';
import { envoyPath, playedAndRecorded, withEnvoy } from '../../test/side-by-side/envoy-process.js';

type Recorded = Readonly<Record<string, Http2Outcome>>;

const recording = new URL('../../test/http2-side-by-side/envoy.json', import.meta.url);

// The local mesh is held to the recording by http2-side-by-side.spec.ts.
(envoyPath === undefined ? it.skip : it)('an Envoy still does what was recorded of HTTP/2', async () => {
  const { played, recorded } = await playedAndRecorded(recording, playEnvoy);
  expect(played).toEqual(recorded);
});

/** @param recorded what is waited for, however slow the machine */
async function playEnvoy(recorded: Recorded): Promise<Map<string, Http2Outcome>> {
  const meshLanes = await startMeshLanes();
  const lanes = await Promise.all(meshLanes.map(withEnvoyPorts));
  const listeners = lanes.flatMap(({ backend, proxies }) => [
    { port: proxies.http1, backendPort: backend.ports.http1 },
    { port: proxies.http2, backendPort: backend.ports.http2, isHttp2: true },
  ]);
  try {
    return await withEnvoy(envoyConfig(listeners, []), async () => {
      await Promise.all(lanes.map(warmUp));
      return await playAllHttp2(lanes, (exchange, { backend, proxies }) =>
        backend.play(exchange, proxies[upstreamOf(exchange)], recorded[exchange.name]),
      );
    });
  } finally {
    await Promise.all(lanes.map((lane) => lane.stop()));
  }
}

/** Envoy's first answer may take its time. */
async function warmUp({ backend, proxies }: Http2Lane): Promise<void> {
  for (const port of [proxies.http1, proxies.http2]) {
    const first = { name: 'first', sent: 'GET / HTTP/1.1\r\nHost: back.ext\r\n\r\n', answers: [''] };
    while ((await backend.play(first, port)).server.length === 0);
  }
}

async function withEnvoyPorts(lane: Http2Lane): Promise<Http2Lane> {
  return { ...lane, proxies: { http1: await freePort(), http2: await freePort() } };
}
