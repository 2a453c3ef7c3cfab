import { once } from 'node:events';
import { Agent, get } from 'node:http';
import type { AddressInfo } from 'node:net';
import { connect, createServer } from 'node:net';
import { text } from 'node:stream/consumers';
import { HelloProcess } from './hello-process.js';

const running: HelloProcess[] = [];

async function start(environment: Record<string, string> = {}): Promise<HelloProcess> {
  const hello = await HelloProcess.start(environment);
  running.push(hello);
  return hello;
}

async function fetchText(port: number, path: string): Promise<{ status: number; body: string }> {
  const response = await fetch(`http://127.0.0.1:${port}${path}`);
  return { status: response.status, body: await response.text() };
}

afterEach(async () => {
  await Promise.all(running.splice(0).map((hello) => hello.end('SIGKILL')));
});

describe('a hello-1 process', () => {
  it('greets, and ends with 0 on either signal', async () => {
    for (const signal of ['SIGTERM', 'SIGINT'] as const) {
      const hello = await start({ SHUTDOWN_DELAY_MS: '0' });
      expect(await fetchText(hello.port, '/hello')).toEqual({ status: 200, body: 'hello 1' });
      hello.signal(signal);
      expect(await hello.ended).toEqual({ code: 0, signal: null });
    }
  });

  it('listens on this machine alone unless it is told otherwise, and writes no colours to a pipe', async () => {
    const [alone, open, container] = await Promise.all([
      start(),
      start({ HOST: '0.0.0.0' }),
      start({ NODE_ENV: 'production', LOG_FORMAT: 'text' }),
    ]);
    expect(alone.output).toMatch(/listens on http:\/\/127\.0\.0\.1:\d+$/m);
    for (const { output } of [open, container])
      expect(output).toMatch(/listens on http:\/\/0\.0\.0\.0:\d+ \(every address of this machine\)$/m);
    expect(alone.output).not.toContain('\u001b');
  });

  it('is unready, then finishes what is in flight, then ends', async () => {
    const hello = await start({ LATENCY_MS: '6000', SHUTDOWN_DELAY_MS: '5000' });
    const slow = fetchText(hello.port, '/hello');
    await fetchText(hello.port, '/livez');
    hello.signal('SIGTERM');
    await hello.said(/Stopping/);
    expect((await fetchText(hello.port, '/readyz')).status).toBe(503);
    expect(await slow).toEqual({ status: 200, body: 'hello 1' });
    expect(await hello.ended).toEqual({ code: 0, signal: null });
  });

  it('does not wait for idle keep-alive connections', async () => {
    const hello = await start({ SHUTDOWN_DELAY_MS: '0', SHUTDOWN_GRACE_MS: '60000' });
    const agent = new Agent({ keepAlive: true });
    const [response] = await once(
      get({ port: hello.port, host: '127.0.0.1', path: '/hello', agent }),
      'response',
    );
    expect(await text(response)).toBe('hello 1');
    hello.signal('SIGTERM');
    expect((await hello.ended).code).toBe(0);
    agent.destroy();
  });

  it('ends with 0 within the grace period even when a request hangs', async () => {
    const hello = await start({ LATENCY_MS: '60000', SHUTDOWN_DELAY_MS: '0', SHUTDOWN_GRACE_MS: '200' });
    const cut = fetchText(hello.port, '/hello').catch(() => 'cut');
    await fetchText(hello.port, '/livez');
    hello.signal('SIGTERM');
    expect(await hello.ended).toEqual({ code: 0, signal: null });
    expect(await cut).toBe('cut');
    expect(hello.output).toContain('still in flight');
  });

  it('ends at once on a second signal', async () => {
    const hello = await start({ SHUTDOWN_DELAY_MS: '60000', SHUTDOWN_GRACE_MS: '60000' });
    hello.signal('SIGTERM');
    await hello.said(/Stopping/);
    hello.signal('SIGTERM');
    expect(await hello.ended).toEqual({ code: 143, signal: null });
  });

  it('names every bad setting in a line of its own, and ends with 1', async () => {
    const hello = new HelloProcess({ PORT: 'http', ERROR_RATE: '150' });
    expect((await hello.ended).code).toBe(1);
    expect(hello.output.trim().split('\n').sort()).toEqual([
      'hello-1: ERROR_RATE is "150"; it must be a percentage from 0 to 100, without the sign (15 means 15 %)',
      'hello-1: PORT is "http"; it must be a whole number from 0 to 65535',
    ]);
  });

  it('names a taken port in one line, and ends with 1', async () => {
    const taken = createServer().listen(0, '127.0.0.1');
    await once(taken, 'listening');
    const { port } = taken.address() as AddressInfo;
    const hello = new HelloProcess({ PORT: String(port) });
    expect((await hello.ended).code).toBe(1);
    expect(hello.output).toBe(
      `hello-1: port ${port} is taken by another program; stop that one, or choose another port with PORT\n`,
    );
    taken.close();
  });

  it('waits for a port that only a connection holds', async () => {
    const server = createServer((socket) => socket.on('error', () => {})).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const connection = connect((server.address() as AddressInfo).port, '127.0.0.1');
    await once(connection, 'connect');
    const port = connection.localPort ?? 0;
    const hello = new HelloProcess({ PORT: String(port) });
    await hello.said(/a connection still holds port/);
    connection.resetAndDestroy();
    server.close();
    await hello.said(/listens on http/);
    expect(hello.port).toBe(port);
    expect(await fetchText(port, '/hello')).toEqual({ status: 200, body: 'hello 1' });
    await hello.end('SIGKILL');
  });
});
