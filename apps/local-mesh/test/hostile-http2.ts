import { connect } from 'node:net';
import type { Random } from '@grayscale/seeded-random';
import { flags, frame, frameType, headerBlock, numberFrame, preface, settingsFrame } from './http2-frames.js';

const get = [':method', 'GET', ':scheme', 'http', ':authority', 'back.ext', ':path', '/'];
const oddFields = [
  ...[':path', '/second', ':method', 'CONNECT', ':protocol', 'websocket', ':status', '200', ':authority', ''],
  ...['connection', 'close', 'transfer-encoding', 'chunked', 'upgrade', 'websocket', 'te', 'gzip'],
  ...['content-length', '5', 'content-length', '-1', 'content-length', '999999999999999999999'],
  ...['host', 'other.ext', 'cookie', 'a=1', 'grpc-timeout', '1n', 'expect', '100-continue', 'x-a', '\0\r\n'],
  ...['', '', 'X-Upper', '1', 'content-type', 'application/grpc', 'x-long', 'a'.repeat(5000)],
];
const types = [...Object.values(frameType), 10, 99, 255];
const numbers = [0, 1, 2, 0x3fff, 0x4000, 0xffff, 0x7fffffff, 0x80000000, 0xffffffff];
const longestFrame = 200;

/**
 * What a hostile client sends on one connection: nearly valid frames in any order, so that they reach far, and now and then bytes that
 * are wrong anywhere.
 */
export function hostileConnection(random: Random): Buffer {
  const frames = Array.from({ length: 1 + random.below(12) }, (_, index) =>
    hostileFrame(1 + 2 * index, random),
  );
  const bytes = Buffer.concat([preface, settingsFrame(), ...frames]);
  return random.is(0.2) ? torn(bytes, random) : bytes;
}

/** @param next the stream that a client would open next */
function hostileFrame(next: number, random: Random): Buffer {
  const stream = random.is(0.9) ? next : random.one(numbers);
  const kind = random.below(20);
  if (kind < 14) return request(stream, random);
  if (kind < 16) return body(Math.max(1, next - 2), random);
  if (kind === 16) return numberFrame(random.one([3, 8, 2]), Math.max(1, next - 2), random.one(numbers));
  if (kind === 17) return settingsFrame({ [random.below(9)]: random.one(numbers) });
  if (kind === 18) return frame(random.one(types), random.below(256), stream, randomBytes(random));
  return frame(frameType.ping, 0, 0, Buffer.alloc(8));
}

function request(stream: number, random: Random): Buffer {
  const fields = [...get];
  for (let more = random.is(0.5) ? 0 : random.below(3); more > 0; more--) {
    const at = 2 * random.below(oddFields.length / 2);
    const field = [oddFields[at] as string, oddFields[at + 1] as string];
    fields.splice(2 * random.below(fields.length / 2), random.is(0.2) ? 2 : 0, ...field);
  }
  const isComplete = random.is(0.8);
  const flag = isComplete
    ? flags.endHeaders | flags.endStream
    : random.one([flags.endHeaders, flags.endStream, 0]);
  const block = headerBlock(fields);
  return frame(frameType.headers, flag, stream, random.is(0.1) ? torn(block, random) : block);
}

function body(stream: number, random: Random): Buffer {
  return frame(frameType.data, random.one([0, flags.endStream, flags.padded]), stream, randomBytes(random));
}

function randomBytes(random: Random): Buffer {
  return Buffer.from(Array.from({ length: random.below(longestFrame) }, () => random.below(256)));
}

/** With a byte replaced, or some of them gone. */
function torn(bytes: Buffer, random: Random): Buffer {
  const at = random.below(bytes.length);
  if (random.is(0.5)) return Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + random.below(9))]);
  const copy = Buffer.from(bytes);
  copy[at] = random.below(256);
  return copy;
}

/** Connections at once. */
const width = 32;

/** So many connections, each with frames of its own, and each for so long at most. */
export async function sendHostileHttp2(
  port: number,
  { count, random, patienceMs }: { count: number; random: Random; patienceMs: number },
): Promise<void> {
  let left = count;
  await Promise.all(
    Array.from({ length: width }, async () => {
      while (left-- > 0) await sendFor(port, hostileConnection(random), patienceMs);
    }),
  );
}

function sendFor(port: number, bytes: Buffer, patienceMs: number): Promise<void> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.on('error', () => {});
    socket.once('close', () => resolve());
    socket.resume();
    socket.write(bytes);
    setTimeout(() => socket.destroy(), patienceMs).unref();
  });
}
