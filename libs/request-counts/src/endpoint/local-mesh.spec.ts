import { once } from 'node:events';
import { createServer, request, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { LocalMesh } from '../testing/local-mesh.js';
import { countsOf, seen } from '../testing/totals.js';
import { EndpointSource } from './endpoint-source.js';

async function answering(status: number): Promise<Server> {
  const server = createServer((_, response) => {
    response.statusCode = status;
    response.end();
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return server;
}

const portOf = (server: Server) => (server.address() as AddressInfo).port;

/** One request through the mesh; given up after some milliseconds when told so. */
async function call(proxy: string, path: string, giveUpAfter?: number): Promise<void> {
  const sent = request(proxy, { path: `http://hello.com${path}`, headers: { host: 'hello.com' } });
  sent.end();
  if (giveUpAfter !== undefined) setTimeout(() => sent.destroy(), giveUpAfter);
  const [response] = (await once(sent, 'response').catch(() => [])) as [NodeJS.ReadableStream?];
  response?.resume();
  if (response !== undefined) await once(response, 'end');
}

const manifest = (ports: number[]) => `apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: { name: hello, namespace: hello-page }
spec:
  hosts: [hello.com]
  http:
    - match: [{ uri: { prefix: /canary } }]
      route: [{ destination: { host: canary.external, port: { number: 80 } } }]
    - route: [{ destination: { host: stable.external, port: { number: 80 } } }]
${['stable', 'canary']
  .map(
    (name, index) => `---
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: { name: ${name}, namespace: hello-page }
spec:
  hosts: [${name}.external${index === 0 ? ', hello.com' : ''}]
  location: MESH_EXTERNAL
  resolution: STATIC
  ports: [{ number: 80, name: http, protocol: HTTP, targetPort: ${ports[index]} }]
  endpoints: [{ address: 127.0.0.1 }]
`,
  )
  .join('')}`;

it('a real local mesh is counted exactly, by arm and outcome, over its restart', async () => {
  const stable = await answering(200);
  const canary = await answering(503);
  const silent = createServer().listen(0, '127.0.0.1');
  await once(silent, 'listening');
  await using mesh = await LocalMesh.with(manifest([portOf(stable), portOf(canary)]));
  const source = new EndpointSource({ urls: [mesh.metrics], interval: 1000 });
  const question = {
    callers: [{ namespace: 'hello-page', workload: 'hello-page' }],
    arms: ['stable', 'canary'].map((key) => ({ key, host: `${key}.external` })),
    bounds: [10_000],
    queries: [],
  };
  for (let i = 0; i < 3; i += 1) await call(mesh.proxy, '/');
  let look = seen(await source.look(question, undefined));
  expect(look.counts.map(({ requests }) => requests)).toEqual([0]);

  for (let i = 0; i < 7; i += 1) await call(mesh.proxy, '/');
  for (let i = 0; i < 4; i += 1) await call(mesh.proxy, '/canary');
  look = seen(await source.look(question, look.cursor));
  expect(countsOf(look, 'stable')).toEqual({ requests: 7, failed: 0, gaveUp: 0, over: { 10000: 0 } });
  expect(countsOf(look, 'canary')).toMatchObject({ requests: 4, failed: 4, gaveUp: 0 });

  await mesh.write(manifest([portOf(stable), portOf(silent)]));
  await call(mesh.proxy, '/canary', 200);
  await mesh.counted(/destination_service="canary.external".*response_flags="DC"/);
  look = seen(await source.look(question, look.cursor));
  expect(countsOf(look, 'canary')).toMatchObject({ requests: 1, failed: 0, gaveUp: 1 });

  await mesh.restart();
  for (let i = 0; i < 2; i += 1) await call(mesh.proxy, '/');
  look = seen(await source.look(question, look.cursor));
  expect(countsOf(look, 'stable').requests).toBe(2);
  for (const server of [stable, canary, silent]) {
    server.closeAllConnections();
    server.close();
  }
});
