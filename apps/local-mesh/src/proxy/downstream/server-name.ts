/** Envoy's inspector looks no further into a ClientHello. */
const maxHelloBytes = 64 * 1024;

const handshakeRecord = 22;
const clientHello = 1;
const serverNameExtension = 0;
const hostName = 0;

/** Whether a connection begins with a record of TLS' handshake. */
export function isTls(bytes: Buffer): boolean {
  return bytes[0] === handshakeRecord;
}

/**
 * The server name that a client's TLS asks for (SNI), by its first bytes (RFC 8446 4.1.2, RFC 6066 3).
 * @returns null: it asks for none, or does not speak TLS; undefined: too few bytes to tell
 */
export function serverNameOf(bytes: Buffer): string | null | undefined {
  const handshake = handshakeBytes(bytes);
  if (handshake === null) return null;
  try {
    return nameIn(handshake);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return bytes.length > maxHelloBytes ? null : undefined;
  }
}

/** What the records carry, as far as they have come; null: they are not a handshake. */
function handshakeBytes(bytes: Buffer): Buffer | null {
  const parts: Buffer[] = [];
  for (let at = 0; at < bytes.length; ) {
    if (bytes[at] !== handshakeRecord || (bytes[at + 1] ?? 3) !== 3)
      return parts.length === 0 ? null : Buffer.concat(parts);
    if (at + 5 > bytes.length) break;
    const end = at + 5 + bytes.readUInt16BE(at + 3);
    parts.push(bytes.subarray(at + 5, end));
    at = end;
  }
  return Buffer.concat(parts);
}

/** Throws RangeError where more bytes are needed. */
function nameIn(handshake: Buffer): string | null {
  const fields = new Fields(handshake);
  if (fields.number(1) !== clientHello) return null;
  const hello = new Fields(fields.bytes(fields.number(3)));
  hello.bytes(2 + 32);
  hello.bytes(hello.number(1));
  hello.bytes(hello.number(2));
  hello.bytes(hello.number(1));
  if (hello.isAtEnd) return null;
  const extensions = new Fields(hello.bytes(hello.number(2)));
  while (!extensions.isAtEnd) {
    const type = extensions.number(2);
    const extension = new Fields(extensions.bytes(extensions.number(2)));
    if (type === serverNameExtension) return firstName(extension);
  }
  return null;
}

function firstName(extension: Fields): string | null {
  const names = new Fields(extension.bytes(extension.number(2)));
  while (!names.isAtEnd) {
    const type = names.number(1);
    const name = names.bytes(names.number(2));
    if (type === hostName) return name.toString('latin1');
  }
  return null;
}

/** Reads numbers and pieces one after the other; throws RangeError at the end. */
class Fields {
  #at = 0;

  constructor(private readonly all: Buffer) {}

  get isAtEnd(): boolean {
    return this.#at >= this.all.length;
  }

  number(length: 1 | 2 | 3): number {
    return this.bytes(length).readUIntBE(0, length);
  }

  bytes(length: number): Buffer {
    const end = this.#at + length;
    if (end > this.all.length) throw new RangeError('more bytes are needed');
    const part = this.all.subarray(this.#at, end);
    this.#at = end;
    return part;
  }
}
