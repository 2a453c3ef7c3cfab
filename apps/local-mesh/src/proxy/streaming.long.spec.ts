import { once } from 'node:events';
import { createServer, type Server, request as startRequest } from 'node:http';
import type { AddressInfo } from 'node:net';
import { rulesFor } from '../../test/rules.js';
import { createProxy, type MeshProxy } from './proxy.js';

const gibibyte = 1024 ** 3;
/** BODY_GIB=1 where the time matters more than the claim. */
const size = Number(process.env.BODY_GIB ?? 5) * gibibyte;
const piece = Buffer.alloc(256 * 1024, 'a');

describe(`a body of ${size / gibibyte} GiB`, () => {
  let backend: Server;
  let proxy: MeshProxy;
  let port: number;
  let uploaded = 0;

  beforeAll(async () => {
    backend = createServer((request, response) => {
      if (request.method === 'GET') {
        response.writeHead(200, { 'content-length': size });
        void pour((data) => response.write(data), response).then(() => response.end());
        return;
      }
      request.on('data', (data: Buffer) => {
        uploaded += data.length;
      });
      request.on('end', () => response.end('done'));
    });
    backend.listen(0, '127.0.0.1');
    await once(backend, 'listening');
    proxy = createProxy(rulesFor([(backend.address() as AddressInfo).port]));
    port = (await proxy.listen({ host: '127.0.0.1', port: 0 })).port;
  });

  afterAll(async () => {
    await proxy.close();
    backend.closeAllConnections();
    backend.close();
  });

  it('goes up in flat memory', async () => {
    const memory = watchMemory();
    const outgoing = startRequest({ port, method: 'POST', path: '/', headers: { host: 'back.ext' } });
    await pour((data) => outgoing.write(data), outgoing);
    outgoing.end();
    const [response] = await once(outgoing, 'response');
    response.resume();
    await once(response, 'end');
    expect(uploaded).toBe(size);
    expect(memory.grownMebibytes()).toBeLessThan(200);
  }, 300_000);

  it('comes down in flat memory, as fast as a slow reader takes it', async () => {
    const memory = watchMemory();
    const outgoing = startRequest({ port, path: '/', headers: { host: 'back.ext' } }).end();
    const [response] = await once(outgoing, 'response');
    let downloaded = 0;
    for await (const data of response) {
      downloaded += data.length;
      // The reader stops now and then: what it does not take must wait at the sender, not in the proxy.
      if (downloaded % (512 * 1024 * 1024) < data.length)
        await new Promise((resolve) => setTimeout(resolve, 200));
    }
    expect(downloaded).toBe(size);
    expect(memory.grownMebibytes()).toBeLessThan(200);
  }, 300_000);
});

async function pour(
  write: (data: Buffer) => boolean,
  stream: { once(event: 'drain', listener: () => void): unknown },
): Promise<void> {
  for (let left = size; left > 0; left -= piece.length) {
    if (!write(piece)) await new Promise<void>((resolve) => stream.once('drain', resolve));
  }
}

/** Client, proxy and server share this process, so a body held anywhere shows. */
function watchMemory() {
  const before = process.memoryUsage().rss;
  let highest = before;
  const timer = setInterval(() => {
    highest = Math.max(highest, process.memoryUsage().rss);
  }, 100);
  return {
    grownMebibytes() {
      clearInterval(timer);
      return (highest - before) / 1024 ** 2;
    },
  };
}
