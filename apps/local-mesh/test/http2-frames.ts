/** Types of frames (RFC 9113 6), and those of their flags that these tests need. */
export const frameType = {
  data: 0,
  headers: 1,
  priority: 2,
  resetStream: 3,
  settings: 4,
  pushPromise: 5,
  ping: 6,
  goaway: 7,
  windowUpdate: 8,
  continuation: 9,
} as const;
export const flags = { none: 0, endStream: 1, ack: 1, endHeaders: 4, padded: 8, priority: 32 } as const;

export const preface = Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n');
const headLength = 9;

export interface Frame {
  type: number;
  flags: number;
  stream: number;
  payload: Buffer;
}

export function frame(
  type: number,
  flag: number,
  stream: number,
  payload: Uint8Array = new Uint8Array(),
): Buffer {
  const head = Buffer.alloc(headLength);
  head.writeUIntBE(payload.length, 0, 3);
  head[3] = type;
  head[4] = flag;
  head.writeUInt32BE(stream, 5);
  return Buffer.concat([head, payload]);
}

/** Settings by their numbers (RFC 9113 6.5.2). */
export function settingsFrame(settings: Readonly<Record<number, number>> = {}): Buffer {
  const entries = Object.entries(settings).map(([id, value]) => {
    const entry = Buffer.alloc(6);
    entry.writeUInt16BE(Number(id), 0);
    entry.writeUInt32BE(value, 2);
    return entry;
  });
  return frame(frameType.settings, 0, 0, Buffer.concat(entries));
}

/** A frame whose payload is one number of 32 bits: WINDOW_UPDATE, RST_STREAM. */
export function numberFrame(type: number, stream: number, value: number): Buffer {
  const payload = Buffer.alloc(4);
  payload.writeUInt32BE(value, 0);
  return frame(type, 0, stream, payload);
}

/** Fields, names and values in turn, as literals that no table keeps (RFC 7541 6.2.2). */
export function headerBlock(fields: readonly string[]): Buffer {
  const parts: Buffer[] = [];
  for (let i = 0; i < fields.length; i += 2) {
    parts.push(Buffer.from([0]), text(fields[i] as string), text(fields[i + 1] as string));
  }
  return Buffer.concat(parts);
}

function text(value: string): Buffer {
  const bytes = Buffer.from(value, 'latin1');
  return Buffer.concat([prefixedInteger(bytes.length, 7), bytes]);
}

/** RFC 7541 5.1. */
function prefixedInteger(value: number, prefixBits: number): Buffer {
  const most = 2 ** prefixBits - 1;
  if (value < most) return Buffer.from([value]);
  const bytes = [most];
  let rest = value - most;
  for (; rest >= 128; rest = Math.floor(rest / 128)) bytes.push(128 + (rest % 128));
  bytes.push(rest);
  return Buffer.from(bytes);
}

/** A HEADERS frame with all of its fields. */
export function headersFrame(stream: number, fields: readonly string[], endStream = true): Buffer {
  const flag = flags.endHeaders | (endStream ? flags.endStream : 0);
  return frame(frameType.headers, flag, stream, headerBlock(fields));
}

/** Cuts what comes into frames; what is left over waits for more. */
export class FrameReader {
  #rest: Buffer = Buffer.alloc(0);

  read(chunk: Buffer): Frame[] {
    this.#rest = Buffer.concat([this.#rest, chunk]);
    const frames: Frame[] = [];
    while (this.#rest.length >= headLength) {
      const end = headLength + this.#rest.readUIntBE(0, 3);
      if (end > this.#rest.length) break;
      frames.push({
        type: this.#rest[3] as number,
        flags: this.#rest[4] as number,
        stream: this.#rest.readUInt32BE(5),
        payload: Buffer.from(this.#rest.subarray(headLength, end)),
      });
      this.#rest = this.#rest.subarray(end);
    }
    return frames;
  }
}

/** The seven that HPACK's static table has (RFC 7541 A, from index 8 on). */
const staticStatuses = [200, 204, 206, 304, 400, 404, 500];
const statusIndex = 8;

/** The status of an answer's header block, which stands at its beginning; undefined: it is a block of trailers. */
export function statusOf(block: Buffer): number | undefined {
  // A change of the table's size may go first.
  let at = 0;
  while (((block[at] ?? 0) & 0xe0) === 0x20) at++;
  const first = block[at] ?? 0;
  if (first & 0x80) return staticStatuses[(first & 0x7f) - statusIndex];
  if ((first & 0x3f) !== statusIndex) return undefined;
  const length = block[at + 1] ?? 0;
  const value = block.subarray(at + 2, at + 2 + (length & 0x7f));
  return Number(length & 0x80 ? huffmanDigits(value) : value.toString());
}

/** RFC 7541 B: 0, 1 and 2 have five bits, 3 to 9 have six. */
function huffmanDigits(bytes: Buffer): string {
  let bits = [...bytes].map((byte) => byte.toString(2).padStart(8, '0')).join('');
  let digits = '';
  while (bits.length >= 5 && digits.length < 3) {
    const five = Number.parseInt(bits.slice(0, 5), 2);
    digits += five < 3 ? five : Number.parseInt(bits.slice(0, 6), 2) - 0b011001 + 3;
    bits = bits.slice(five < 3 ? 5 : 6);
  }
  return digits;
}
