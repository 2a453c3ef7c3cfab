import { MalformedMessage } from '../message/malformed-message.js';

const cr = 0x0d;
const lf = 0x0a;
const endOfHead = Buffer.from('\r\n\r\n');

/** Collects a message's first line and headers, whatever pieces they come in. */
export class HeadReader {
  #partial: Buffer | undefined;
  /** After a successful `read`: the index of the first byte that follows the head, in the chunk given. */
  next = 0;

  constructor(private readonly maxBytes: number) {}

  /** Whether a head was begun and is not complete. */
  get started(): boolean {
    return this.#partial !== undefined;
  }

  /** What there is of a head, up to so many bytes, Latin-1. */
  beginning(length: number): string {
    return this.#partial?.toString('latin1', 0, length) ?? '';
  }

  /** The head's text without the empty line, or undefined when more is needed. Throws MalformedMessage. */
  read(chunk: Buffer, from: number): string | undefined {
    const partial = this.#partial;
    const bytes = partial === undefined ? chunk : Buffer.concat([partial, chunk.subarray(from)]);
    // What was kept may be the first half of an empty line.
    const start = skipEmptyLines(bytes, partial === undefined ? from : 0);
    const searchFrom = Math.max(start, (partial?.length ?? 0) - 3);
    const end = bytes.indexOf(endOfHead, searchFrom);
    const length = (end < 0 ? bytes.length : end + 4) - start;
    if (length > this.maxBytes) throw new MalformedMessage(431, 'http1.headers_too_large');
    if (end < 0) {
      if (hasBareLineFeed(bytes, start)) throw new MalformedMessage(400, 'http1.codec_error');
      // A copy: what the socket gave may be a slice of something larger.
      this.#partial = start < bytes.length ? Buffer.from(bytes.subarray(start)) : undefined;
      return undefined;
    }
    this.#partial = undefined;
    this.next = partial === undefined ? end + 4 : from + end + 4 - partial.length;
    return bytes.toString('latin1', start, end);
  }
}

/** RFC 9112 2.2: empty lines before a request are to be ignored. */
function skipEmptyLines(chunk: Buffer, from: number): number {
  let start = from;
  while (chunk[start] === cr && chunk[start + 1] === lf) start += 2;
  return start;
}

/** Without this, a client that ends its lines with LF alone would wait for an answer until the time limit. */
function hasBareLineFeed(bytes: Buffer, start: number): boolean {
  for (let at = bytes.indexOf(lf, start); at >= 0; at = bytes.indexOf(lf, at + 1)) {
    if (at === start || bytes[at - 1] !== cr) return true;
  }
  return false;
}
