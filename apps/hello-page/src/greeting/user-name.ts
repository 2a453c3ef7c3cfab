import { ProblemException } from '@grayscale/service-runtime';

/** The longest name in bytes of UTF-8. Servers behind this one take 16 KiB of headers in all. */
export const MAX_NAME_BYTES = 8192;

/** Most targets: one name of letters, digits and a few signs, with nothing to decode. */
const PLAIN = /^[^?]*\?name=[\w.@-]{1,100}$/;

const UTF8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/**
 * Refuses a `name` that could not reach the mesh as it was given. Whatever passes is the value of the header `user`, byte for byte,
 * so nobody is silently sent to the wrong version.
 * @param target the request target, as it came
 * @throws ProblemException 400 that says what is wrong with the name
 */
export function checkUserName(target: string): void {
  if (PLAIN.test(target)) return;
  const values = valuesOf(target, 'name');
  if (values.length > 1) refuse(`name is given ${values.length} times, give it once`);
  const [value] = values;
  if (value === undefined || value === '') return;
  const name = decodeUtf8(value);
  const control = /\p{Cc}/u.exec(name)?.[0];
  if (control !== undefined) {
    refuse(`name contains the control character ${codePoint(control)}, which an HTTP header must not carry`);
  }
  if (/^ | $/.test(name)) {
    refuse('name begins or ends with a space, which an HTTP header loses on its way');
  }
  const size = Buffer.byteLength(name);
  if (size > MAX_NAME_BYTES) {
    refuse(`name has ${size} bytes in UTF-8, more than the ${MAX_NAME_BYTES} that it may have`);
  }
}

/** The values of a query parameter, in bytes spelled as Latin-1. A plus is a space, as in forms. */
function valuesOf(target: string, parameter: string): string[] {
  const query = target.slice(target.indexOf('?') + 1 || target.length).split('#', 1)[0] ?? '';
  return query
    .split('&')
    .map((pair) => pair.replaceAll('+', ' '))
    .filter((pair) => unescapeBytes(pair.split('=', 1)[0] ?? '') === parameter)
    .map((pair) => (pair.includes('=') ? pair.slice(pair.indexOf('=') + 1) : ''));
}

/** Percent-encoded bytes, and the bytes beyond ASCII that some clients send bare, are UTF-8 or refused. */
function decodeUtf8(value: string): string {
  if (/%(?![0-9a-f]{2})/i.test(value))
    refuse('name has a % that no two hexadecimal digits follow; write %25 for a per cent sign');
  try {
    return UTF8.decode(Buffer.from(unescapeBytes(value), 'latin1'));
  } catch {
    return refuse('name is not valid UTF-8');
  }
}

function unescapeBytes(text: string): string {
  return text.replace(/%([0-9a-f]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
}

function codePoint(character: string): string {
  return `U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`;
}

function refuse(detail: string): never {
  throw new ProblemException({ status: 400, detail });
}
