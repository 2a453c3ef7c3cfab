import { Agent, request as startRequest } from 'node:http';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
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

const samples = 8;
setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

/** What is left after a collection: between two of them the heap's size says little. */
function liveMebibytes(): number {
  collectGarbage();
  return process.memoryUsage().heapUsed / 1024 ** 2;
}

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
      const sampler = setInterval(
        () => {
          // The server keeps its sockets for other tests to look at; here they would be what grows.
          backend.sockets.splice(
            0,
            backend.sockets.length,
            ...backend.sockets.filter(({ closed }) => !closed),
          );
          memory.push(liveMebibytes());
        },
        (seconds * 1000) / samples,
      );
      await Promise.all(workers);
      clearInterval(sampler);
      agent.destroy();
      await proxy.close();
      await backend.stop();
      expect(unexpected).toEqual([]);
      expect(proxy.stats).toMatchObject({ connections: 0, activeRequests: 0 });
      console.info(`live heap, MiB: ${memory.map((mebibytes) => mebibytes.toFixed(1)).join(', ')}`);
      // By the first sample everything was used once.
      expect(Number(memory.at(-1)) - Number(memory[0])).toBeLessThan(5);
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
