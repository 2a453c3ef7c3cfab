// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it looks for
const CONTROL_CHARACTER = /[\x00-\x08\x0a-\x1f\x7f]/;

const ABOVE_ONE_BYTE = /[\u0100-\uffff]/;

const EDGE_WHITE_SPACE = /^[\t ]|[\t ]$/;

/**
 * Whether a text can be the value of a header: no control character but the tab, no lone surrogate, and no white
 * space at either end (RFC 9110, section 5.5: a receiver strips it, so `' test'` would arrive as `'test'`).
 * An empty text is a field value.
 */
export function isFieldValue(text: string): boolean {
  return !CONTROL_CHARACTER.test(text) && !EDGE_WHITE_SPACE.test(text) && text.isWellFormed();
}

/**
 * The text as its UTF-8 bytes, one character for each byte (a Latin-1 string), which is what Node's clients write
 * to the wire and what an Envoy `exact: 张三` matches. ASCII comes back as it is. Encode a text once only.
 */
export function encodeFieldValue(text: string): string {
  return Buffer.from(text, 'utf8').toString('latin1');
}

/** The text of a field value that holds UTF-8 bytes: the inverse of `encodeFieldValue`. */
export function decodeFieldValue(value: string): string {
  return Buffer.from(value, 'latin1').toString('utf8');
}

/** A string of bytes stays; one that holds a character above U+00FF can only be text, and becomes its UTF-8 bytes. */
export function asBytes(value: string): string {
  return ABOVE_ONE_BYTE.test(value) ? encodeFieldValue(value) : value;
}

const FIELD_BYTES = /^(?:[\x21-\x7e\x80-\xff](?:[\t\x20-\x7e\x80-\xff]*[\x21-\x7e\x80-\xff])?)?$/;

/** Whether a string of bytes may be sent as a header's value. */
export function isFieldBytes(bytes: string): boolean {
  return FIELD_BYTES.test(bytes);
}

const HEX_PAIR = /%([0-9a-f]{2})/gi;

/** Percent-decodes to bytes, so that UTF-8 stays UTF-8 and a broken sequence reaches nobody as another character. */
export function percentDecode(text: string): string {
  if (!text.includes('%')) return text;
  return text.replace(HEX_PAIR, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
}

const BEYOND_ASCII = /[\x80-\xff]/;
const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/**
 * A field value as people read it: its UTF-8 decoded. Bytes that are no UTF-8 (Latin-1 of an old client) come back one
 * character for each.
 */
export function asText(bytes: string): string {
  if (!BEYOND_ASCII.test(bytes)) return bytes;
  try {
    return utf8.decode(Buffer.from(bytes, 'latin1'));
  } catch {
    return bytes;
  }
}
