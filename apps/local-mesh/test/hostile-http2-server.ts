import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { Random } from '@grayscale/seeded-random';
import {
  FrameReader,
  flags,
  frame,
  frameType,
  headerBlock,
  headersFrame,
  numberFrame,
  preface,
  settingsFrame,
} from './http2-frames.js';

const numbers = [0, 1, 2, 3, 0x3fff, 0x4000, 0xffff, 0x7fffffff, 0x80000000, 0xffffffff];
const statuses = ['100', '103', '101', '200', '204', '304', '404', '500', '099', '2000', 'ok', ''];
const oddFields = [
  ...['content-length', '5', 'content-length', '-1', 'connection', 'close', 'transfer-encoding', 'chunked'],
  ...[':status', '200', ':path', '/', ':odd', '1', 'X-Upper', '1', '', '', 'x-a', '\0\r\nx: y'],
  ...['x-long', 'a'.repeat(9000), 'trailer', 'x-sum', 'set-cookie', 'a=1', 'grpc-status', '0', 'date', ''],
];
/** A table that grows, a name from nowhere, a size that nobody allowed, a string without its end (RFC 7541). */
const oddBlocks = ['3fffffff0f', 'ff8001', 'c8', '80', '4001617f', '407f', '00017f', '8888', '20', '3f'];

/** Answers of a server that means no good to what asks on one stream: nearly valid, so that they reach far. */
export function hostileAnswer(stream: number, random: Random): Buffer {
  const frames = Array.from({ length: 1 + random.below(6) }, () => hostileFrame(stream, random));
  const bytes = Buffer.concat([...(random.is(0.6) ? [head(stream, random)] : []), ...frames]);
  if (!random.is(0.1)) return bytes;
  bytes[random.below(bytes.length)] = random.below(256);
  return random.is(0.5) ? bytes : bytes.subarray(random.below(bytes.length));
}

function hostileFrame(own: number, random: Random): Buffer {
  const stream = random.is(0.9) ? own : random.one(numbers);
  switch (random.below(14)) {
    case 0:
    case 1:
      return head(stream, random);
    case 2:
    case 3:
    case 4:
      return body(stream, random);
    case 5:
      return frame(frameType.continuation, random.below(8), stream, headerBlock(['x-a', '1']));
    case 6:
      return numberFrame(frameType.resetStream, stream, random.below(16));
    case 7:
      return numberFrame(frameType.windowUpdate, random.is(0.5) ? stream : 0, random.one(numbers));
    case 8:
      return settingsFrame({ [random.below(10)]: random.one(numbers) });
    case 9:
      return frame(frameType.goaway, 0, 0, randomBytes(random, 24));
    case 10:
      return frame(frameType.ping, random.below(2), 0, randomBytes(random, 10));
    case 11:
      return frame(frameType.pushPromise, flags.endHeaders, stream, randomBytes(random, 20));
    case 12:
      return frame(random.below(256), random.below(256), stream, randomBytes(random, 200));
    default:
      return Buffer.concat(Array(50).fill(frame(frameType.data, 0, stream)));
  }
}

/** An answer's head, trailers, or what is neither. */
function head(stream: number, random: Random): Buffer {
  if (random.is(0.1))
    return frame(frameType.headers, flags.endHeaders, stream, Buffer.from(random.one(oddBlocks), 'hex'));
  const fields = random.is(0.8) ? [':status', random.is(0.7) ? '200' : random.one(statuses)] : [];
  for (let more = random.below(3); more > 0; more--) {
    const at = 2 * random.below(oddFields.length / 2);
    fields.push(oddFields[at] as string, oddFields[at + 1] as string);
  }
  if (random.is(0.05)) for (let i = 0; i < 200; i++) fields.push(`x-${i}`, '1');
  if (random.is(0.8)) return headersFrame(stream, fields, random.is(0.3));
  return frame(
    frameType.headers,
    random.one([0, flags.endStream, flags.padded, flags.priority]),
    stream,
    headerBlock(fields),
  );
}

function body(stream: number, random: Random): Buffer {
  const flag = random.one([0, flags.endStream, flags.padded, flags.padded | flags.endStream]);
  return frame(
    frameType.data,
    flag,
    stream,
    random.is(0.05) ? Buffer.alloc(17_000) : randomBytes(random, 300),
  );
}

function randomBytes(random: Random, most: number): Buffer {
  return Buffer.from(Array.from({ length: random.below(most) }, () => random.below(256)));
}

/** A 200 with a body of two bytes, as it should be. */
function goodAnswer(stream: number): Buffer {
  return Buffer.concat([
    headersFrame(stream, [':status', '200'], false),
    frame(frameType.data, flags.endStream, stream, Buffer.from('ok')),
  ]);
}

/** A server in HTTP/2, frame by frame. */
export class HostileHttp2Server {
  /** Otherwise it answers as it should. */
  isHostile = true;
  answers = 0;
  readonly #random: Random;
  readonly #sockets = new Set<Socket>();
  readonly #server: Server = createServer((socket) => this.#accept(socket));

  constructor(seed: number) {
    this.#random = new Random(seed);
  }

  async listen(): Promise<number> {
    this.#server.listen(0, '127.0.0.1');
    await once(this.#server, 'listening');
    return (this.#server.address() as AddressInfo).port;
  }

  async stop(): Promise<void> {
    this.endConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  endConnections(): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  #accept(socket: Socket): void {
    this.#sockets.add(socket);
    socket.on('error', () => {});
    socket.on('close', () => this.#sockets.delete(socket));
    const reader = new FrameReader();
    let greeting = Buffer.alloc(0);
    socket.write(settingsFrame());
    socket.on('data', (data) => {
      let frames = data;
      if (greeting.length < preface.length) {
        greeting = Buffer.concat([greeting, data]);
        if (greeting.length < preface.length) return;
        frames = greeting.subarray(preface.length);
      }
      for (const { type, flags: flag, stream } of reader.read(frames)) {
        if (type === frameType.settings && (flag & flags.ack) === 0)
          socket.write(frame(frameType.settings, flags.ack, 0));
        if (type === frameType.headers) this.#answer(socket, stream);
      }
    });
  }

  #answer(socket: Socket, stream: number): void {
    this.answers++;
    socket.write(this.isHostile ? hostileAnswer(stream, this.#random) : goodAnswer(stream));
    if (this.isHostile && this.#random.is(0.02)) socket.end();
  }
}
