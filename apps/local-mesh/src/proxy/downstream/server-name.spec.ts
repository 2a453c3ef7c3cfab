import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { connect } from 'node:tls';
import { serverNameOf } from './server-name.js';

/** What a real client sends first. */
async function hello(options: { servername?: string; ALPNProtocols?: string[] }): Promise<Buffer> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const client = connect({ host: '127.0.0.1', port, ...options });
  client.on('error', () => {});
  const [socket] = await once(server, 'connection');
  const [bytes] = await once(socket, 'data');
  client.destroy();
  socket.destroy();
  server.close();
  return bytes;
}

/** The same handshake in records of so many bytes. */
function inRecords(bytes: Buffer, size: number): Buffer {
  const handshake = bytes.subarray(5);
  const records: Buffer[] = [];
  for (let at = 0; at < handshake.length; at += size) {
    const part = handshake.subarray(at, at + size);
    records.push(Buffer.from([22, 3, 1, part.length >> 8, part.length & 255]), part);
  }
  return Buffer.concat(records);
}

describe('the server name that TLS asks for', () => {
  it('is read, in one record or in many', async () => {
    const bytes = await hello({ servername: 'a.tls.ext', ALPNProtocols: ['h2', 'http/1.1'] });
    expect(serverNameOf(bytes)).toBe('a.tls.ext');
    expect(serverNameOf(inRecords(bytes, 7))).toBe('a.tls.ext');
  });

  it('is none where the client asks for none', async () => {
    expect(serverNameOf(await hello({}))).toBeNull();
  });

  it('is awaited, however few bytes have come', async () => {
    const bytes = await hello({ servername: 'a.tls.ext' });
    for (let length = 1; length < bytes.length; length++) {
      const told = serverNameOf(bytes.subarray(0, length));
      expect([length, told]).toEqual([length, undefined]);
    }
  });

  it.each(['GET / HTTP/1.1\r\n', 'SSH-2.0', '\x16\x04', '\x16\x03\x01\0\x02\x02\0'])(
    'is none of bytes that are no ClientHello: %j',
    (text) => {
      expect(serverNameOf(Buffer.from(text, 'latin1'))).toBeNull();
    },
  );

  it('is not awaited for ever', () => {
    const endless = Buffer.concat([
      Buffer.from([22, 3, 1, 255, 255, 1, 255, 255, 255]),
      Buffer.alloc(70_000),
    ]);
    expect(serverNameOf(endless)).toBeNull();
  });
});
