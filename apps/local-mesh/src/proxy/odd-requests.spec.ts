import { readFileSync } from 'node:fs';
import { jest } from '@jest/globals';
import { faults } from '../../test/faults.js';
import { RawClient } from '../../test/raw-client.js';
import { RawServer } from '../../test/raw-server.js';
import { rulesFor } from '../../test/rules.js';
import { createProxy, type MeshProxy } from './proxy.js';

// A machine at its limit is slow, not wrong.
jest.setTimeout(120_000);

const ok = 'HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok';
const reliability = new URL('../../../../docs/reliability.md', import.meta.url);

describe('requests that no server should see', () => {
  let backend: RawServer;
  let proxy: MeshProxy;
  let port: number;

  beforeAll(async () => {
    backend = await new RawServer((socket) => socket.write(ok)).listen();
    proxy = createProxy(rulesFor([backend.port]));
    port = (await proxy.listen({ host: '127.0.0.1', port: 0 })).port;
  });

  afterAll(async () => {
    await proxy.close();
    await backend.stop();
  });

  it.each(faults)('$name: $status, and the connection is closed', async ({ sent, status }) => {
    const client = new RawClient(port).send(sent);
    const received = await client.untilClosed();
    expect(received.split(' ', 2)).toEqual(['HTTP/1.1', String(status)]);
    expect(received).toContain('\r\nconnection: close\r\n');
    expect(received.match(/HTTP\/1\.1/g)).toHaveLength(1);
  });

  it('are answered without the rest of a pipeline being looked at', async () => {
    backend.received = '';
    const smuggled = 'GET /smuggled HTTP/1.1\r\nHost: back.ext\r\n\r\n';
    const client = new RawClient(port).send(
      `POST / HTTP/1.1\r\nHost: back.ext\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n${smuggled}`,
    );
    await client.untilClosed();
    expect(backend.received).not.toContain('smuggled');
  });

  it.each(['a', 'b.c'])('two Hosts are nobody: %s', async (other) => {
    const client = new RawClient(port).send(
      `GET / HTTP/1.1\r\nHost: back.ext\r\nHost: ${other}\r\nConnection: close\r\n\r\n`,
    );
    expect(await client.untilClosed()).toMatch(/^HTTP\/1\.1 503 .*DNS resolution failure$/s);
  });

  it('stand in docs/reliability.md', () => {
    const text = readFileSync(reliability, 'utf8');
    for (const { name, status } of faults) expect(text).toContain(`| ${name} | ${status} | ${status} |`);
  });
});
