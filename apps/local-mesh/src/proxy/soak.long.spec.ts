import { Agent, request as startRequest } from 'node:http';
import { RawServer } from '../../test/raw-server.js';
import { rulesFor } from '../../test/rules.js';
import { createProxy } from './proxy.js';

/** SOAK_SECONDS=300 for the long one. */
const seconds = Number(process.env.SOAK_SECONDS ?? 30);
const rule = `[${[
  '{match: [{uri: {prefix: /slow}}], timeout: 20ms, route: [{destination: {host: back.ext}}]}',
  '{match: [{uri: {prefix: /tea}}], directResponse: {status: 418}}',
  '{route: [{destination: {host: back.ext}}], mirror: {host: back.ext}}',
].join(', ')}]`;
const expected: Readonly<Record<string, number>> = { '/': 200, '/slow': 504, '/tea': 418 };

describe('a soak', () => {
  it(
    'shows no answer but the expected ones, and flat memory',
    async () => {
      const backend = await new RawServer((socket, text) => {
        backend.received = '';
        if (!text.includes(' /slow ')) socket.write('HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok');
      }).listen();
      const proxy = createProxy(rulesFor([backend.port], rule));
      const { port } = await proxy.listen({ host: '127.0.0.1', port: 0 });
      const agent = new Agent({ keepAlive: true });
      const unexpected: string[] = [];
      const memory: number[] = [];
      const end = Date.now() + seconds * 1000;
      const workers = Array.from({ length: 32 }, async (_, index) => {
        for (let count = index; Date.now() < end; count++) {
          const path = count % 50 === 0 ? '/slow' : count % 7 === 0 ? '/tea' : '/';
          const status = await ask(agent, port, path);
          if (status !== expected[path]) unexpected.push(`${path}: ${status}`);
        }
      });
      const sampler = setInterval(() => memory.push(process.memoryUsage().heapUsed / 1024 ** 2), 200);
      await Promise.all(workers);
      clearInterval(sampler);
      agent.destroy();
      await proxy.close();
      await backend.stop();
      expect(unexpected).toEqual([]);
      expect(proxy.stats).toMatchObject({ connections: 0, activeRequests: 0 });
      // The lowest points between collections of garbage: the second half must not lie above the first.
      const half = Math.floor(memory.length / 2);
      const grown = Math.min(...memory.slice(half)) - Math.min(...memory.slice(0, half));
      expect(grown).toBeLessThan(20);
    },
    seconds * 1000 + 30_000,
  );
});

function ask(agent: Agent, port: number, path: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const outgoing = startRequest({ port, agent, path, headers: { host: 'back.ext' } });
    outgoing.on('error', reject);
    outgoing.on('response', (response) => {
      response.resume().on('end', () => resolve(response.statusCode ?? 0));
    });
    outgoing.end();
  });
}
