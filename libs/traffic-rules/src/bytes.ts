/**
 * Requests are byte strings, one character for each byte (HTTP's Latin-1), rules are Unicode: what a rule says
 * is compared as its UTF-8 bytes.
 */
export function toBytes(text: string): string {
  return isAscii(text) ? ownCopy(text) : Buffer.from(text, 'utf8').toString('latin1');
}

/**
 * The same ASCII text in memory of its own. V8 cuts strings out of a file as views of it: they keep the whole
 * file alive, and looking them up in a map took five times as long.
 */
export function ownCopy(text: string): string {
  return Buffer.from(text, 'latin1').toString('latin1');
}

/** The text that the bytes spell in UTF-8; undefined when they spell none. */
export function toText(bytes: string): string | undefined {
  if (isAscii(bytes)) return bytes;
  try {
    return decoder.decode(Buffer.from(bytes, 'latin1'));
  } catch {
    return undefined;
  }
}

/** For people: undecodable bytes are shown as Latin-1. */
export function toReadableText(bytes: string): string {
  return toText(bytes) ?? bytes;
}

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

function isAscii(text: string): boolean {
  for (let index = 0; index < text.length; index++) if (text.charCodeAt(index) > 0x7f) return false;
  return true;
}
