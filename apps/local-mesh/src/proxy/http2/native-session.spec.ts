import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import {
  flags,
  frame,
  frameType,
  headerBlock,
  headersFrame,
  preface,
  settingsFrame,
} from '../../../test/http2-frames.js';

const built = JSON.stringify(join(import.meta.dirname, '../../../dist/proxy/http2/native-session.js'));
const hex = (...frames: readonly Buffer[]) =>
  `Buffer.from('${Buffer.concat(frames).toString('hex')}', 'hex')`;

/** Half a minute of a soak in a second: what is left of sessions is collected where it hurts, and counted in the end. */
const common = `
import { once } from 'node:events';
import * as http2 from 'node:http2';
import { connect, createServer } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { NativeSession } from ${built};
const sessions = [];
const keep = (session) => {
  sessions.push(new WeakRef(session));
  session.on('error', () => {});
  return new NativeSession(session);
};
const listen = async (server) => {
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return server.address().port;
};
const countLeft = async () => {
  for (let turn = 0; turn < 4; turn++) {
    gc();
    await delay(20);
  }
  // As text: numbers have a colour where FORCE_COLOR is set.
  console.log(sessions.length + ' ' + sessions.filter((session) => session.deref() !== undefined).length);
  process.exit();
};
`;

/** Streams that are destroyed while bytes of theirs are being written, so that only the collector ends them: in the order that it likes. */
const collectedTogether = `${common}
const windows = ${hex(settingsFrame({ 4: 0x7fffffff }), frame(frameType.windowUpdate, 0, 0, Buffer.from('7ffeffff', 'hex')))};
const halfHead = ${hex(frame(frameType.headers, flags.none, 1, headerBlock([':status', '200', 'x-half', 'a head'])))};
const port = await listen(createServer((socket) => {
  socket.on('error', () => {}).write(windows);
  socket.once('data', () => {
    socket.pause();
    socket.write(halfHead);
    setTimeout(() => socket.destroy(), 600);
  });
}));
const ask = async () => {
  const socket = connect(port, '127.0.0.1');
  await once(socket, 'connect');
  const session = http2.connect('http://localhost', { createConnection: () => socket });
  const native = keep(session);
  const closed = once(session, 'close');
  await once(session, 'remoteSettings');
  const stream = session.request({ ':method': 'POST' }).on('error', () => {});
  native.outlive(stream);
  setTimeout(() => stream.write(Buffer.alloc(8 << 20)), 100);
  setTimeout(() => stream.destroy(), 300);
  await closed;
};
for (let round = 0; round < 3; round++) {
  await Promise.all(Array.from({ length: 20 }, ask));
  await delay(5);
  gc();
}
await countLeft();
`;

/** Streams that were refused before anybody was told of them, in the turn of the event loop in which their session ends. */
const neverAnnounced = `${common}
const request = ${hex(
  headersFrame(1, ['x-first', 'a head', ':method', 'GET']),
  ...Array<Buffer>(5).fill(frame(0xfa, flags.none, 0, Buffer.alloc(16_000))),
  headersFrame(3, [':method', 'GET', ':scheme', 'http', ':authority', 'a', ':path', '/']),
)};
const port = await listen(createServer((socket) => {
  const session = http2.performServerHandshake(socket);
  keep(session);
  // Before anything else is read: where the stream that was refused still waits for its end.
  session.on('stream', () => session.destroy());
}));
const sending = [];
const collecting = await listen(createServer((socket) => sending.push(socket)));
for (let i = 0; i < 3; i++) connect(collecting, '127.0.0.1').on('data', () => gc());
while (sending.length < 3) await delay(1);
for (let round = 0; round < 10; round++) {
  const socket = connect(port, '127.0.0.1').on('error', () => {}).resume();
  socket.write(${hex(preface, settingsFrame())});
  await once(socket, 'data');
  await delay(5);
  const closed = once(socket, 'close');
  socket.write(request);
  for (const collector of sending) collector.write('x');
  await closed;
}
await countLeft();
`;

it.each([
  ['collected together with its streams', collectedTogether],
  ['with streams that were never announced', neverAnnounced],
])(
  'a session %s ends nothing, and is not kept for good',
  async (_what, script) => {
    const child = spawn(process.execPath, ['--expose-gc', '--input-type=module']);
    child.stdin.end(script);
    const [said, errors] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'exit')]);
    const [all, left] = said.split(' ').map(Number);
    expect(errors).toBe('');
    expect(all).toBeGreaterThanOrEqual(10);
    expect(left).toBe(0);
  },
  60_000,
);
