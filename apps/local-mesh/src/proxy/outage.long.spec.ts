import { Agent, request as startRequest } from 'node:http';
import { RawServer } from '../../test/raw-server.js';
import { rulesFor } from '../../test/rules.js';
import { createProxy } from './proxy.js';

const answer = (name: string) => `HTTP/1.1 200 OK\r\ncontent-length: ${name.length}\r\n\r\n${name}`;
const rule = '[{route: [{destination: {host: back.ext}}]}]';
const explained =
  /^upstream connect error or disconnect\/reset before headers\. (retried and the latest )?reset reason: (remote connection failure|connection termination)$/;

interface Outcome {
  status: number;
  body: string;
  at: number;
}

describe('a backend that is killed and started again under load', () => {
  it('fails only the requests that were at it, with Envoy’s answer, and gets traffic back', async () => {
    const steady = await new RawServer((socket) => socket.write(answer('steady'))).listen();
    let shaky = await new RawServer((socket) => socket.write(answer('shaky'))).listen();
    const { port: shakyPort } = shaky;
    const proxy = createProxy(rulesFor([steady.port, shakyPort], rule));
    const { port } = await proxy.listen({ host: '127.0.0.1', port: 0 });
    const agent = new Agent({ keepAlive: true });
    const outcomes: Outcome[] = [];
    let running = true;
    const workers = Array.from({ length: 16 }, async () => {
      while (running) outcomes.push(await ask(agent, port));
    });
    const gaps: number[] = [];
    for (let round = 0; round < 10; round++) {
      await pause(200);
      await shaky.stop();
      await pause(200);
      const restarted = Date.now();
      shaky = await new RawServer((socket) => socket.write(answer('shaky'))).listen(shakyPort);
      const back = () => outcomes.find(({ body, at }) => body === 'shaky' && at >= restarted);
      while (back() === undefined) await pause(10);
      gaps.push((back()?.at ?? 0) - restarted);
    }
    running = false;
    await Promise.all(workers);
    agent.destroy();
    await proxy.close();
    await Promise.all([steady.stop(), shaky.stop()]);

    const failed = outcomes.filter(({ status }) => status !== 200);
    expect(failed.filter(({ status, body }) => status !== 503 || !explained.test(body))).toEqual([]);
    // At most what was in flight at each kill; refused connections are retried at the other endpoint.
    expect(failed.length).toBeLessThanOrEqual(10 * 16);
    console.info(`${failed.length} of ${outcomes.length} failed; back after ${gaps.join(', ')} ms`);
  }, 60_000);
});

function ask(agent: Agent, port: number): Promise<Outcome> {
  return new Promise((resolve, reject) => {
    const outgoing = startRequest({ port, agent, path: '/', headers: { host: 'back.ext' } });
    outgoing.on('error', reject);
    outgoing.on('response', (response) => {
      let body = '';
      response.setEncoding('latin1').on('data', (text: string) => {
        body += text;
      });
      response.on('end', () => resolve({ status: response.statusCode ?? 0, body, at: Date.now() }));
    });
    outgoing.end();
  });
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
