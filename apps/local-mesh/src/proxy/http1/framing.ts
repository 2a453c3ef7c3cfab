import type { HeaderList } from '../message/header-list.js';
import { MalformedMessage } from '../message/malformed-message.js';

/** Where a message's body ends. */
export type Framing =
  | { kind: 'none' }
  | { kind: 'length'; length: number }
  | { kind: 'chunked' }
  /** A response of unknown length: until the server closes. */
  | { kind: 'until-close' };

const none: Framing = { kind: 'none' };
const chunked: Framing = { kind: 'chunked' };
const untilClose: Framing = { kind: 'until-close' };

/** Bytes of a body; undefined: as many as come before its end. */
export function lengthOf(framing: Framing): number | undefined {
  if (framing.kind === 'none') return 0;
  return framing.kind === 'length' ? framing.length : undefined;
}

/** Anything that two parsers could read differently is refused, as Envoy does. */
export function requestFraming(headers: HeaderList): Framing {
  return declaredFraming(headers) ?? none;
}

/** What an answer announces; `until-close` where it announces nothing. An answer that has no body is held to the same rules. */
export function responseFraming(headers: HeaderList, status: number): Framing {
  const declared = declaredFraming(headers);
  if (!neverHasBody(status) || declared === undefined) return declared ?? untilClose;
  if (declared.kind !== 'length' || declared.length > 0) {
    throw new MalformedMessage(400, 'http1.body_disallowed');
  }
  return none;
}

/** RFC 9110 6.4.1, 304 apart: that one tells how long the body would be. */
function neverHasBody(status: number): boolean {
  return status < 200 || status === 204;
}

function declaredFraming({ raw, names }: HeaderList): Framing | undefined {
  let framing: Framing | undefined;
  for (let i = 0; i < names.length; i++) {
    const name = names[i];
    if (name !== 'content-length' && name !== 'transfer-encoding') continue;
    const value = raw[2 * i + 1] as string;
    const isEncoding = name === 'transfer-encoding';
    if (framing !== undefined) {
      const twice = isEncoding && framing.kind === 'chunked';
      throw new MalformedMessage(twice ? 501 : 400, 'http1.content_length_and_chunked_not_allowed');
    }
    framing = isEncoding ? parseEncoding(value) : parseLength(value);
  }
  return framing;
}

function parseEncoding(value: string): Framing {
  if (value.toLowerCase() !== 'chunked')
    throw new MalformedMessage(501, 'http1.unsupported_transfer_encoding');
  return chunked;
}

function parseLength(value: string): Framing {
  // 15 digits stay below 2^53; zeros before them change nothing.
  if (!/^0*[0-9]{1,15}$/.test(value)) throw new MalformedMessage(400, 'http1.invalid_content_length');
  return { kind: 'length', length: Number(value) };
}
