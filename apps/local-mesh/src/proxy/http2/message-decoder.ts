import { type HeaderList, headerValue } from '../message/header-list.js';
import type { ResponseHead } from '../message/response.js';

/** A request's pseudo-headers (RFC 9113 8.3.1), and its other headers. */
export interface Http2RequestHead {
  method: string;
  scheme: string;
  /** Of `:authority`, else of a Host header; undefined: neither is there. */
  authority: string | undefined;
  path: string;
  headers: HeaderList;
  bodyLength: number | undefined;
}

/**
 * @param raw names and values in turn, as node:http2 hands them over
 * @param isComplete the head is all there is of the request
 */
export function decodeRequest(raw: readonly string[], isComplete: boolean): Http2RequestHead {
  const { pseudo, headers } = split(raw);
  return {
    method: pseudo.get(':method') ?? '',
    scheme: pseudo.get(':scheme') ?? 'http',
    authority: pseudo.get(':authority') ?? headerValue(headers, 'host'),
    path: pseudo.get(':path') ?? '',
    headers,
    bodyLength: isComplete ? 0 : declaredLength(headers),
  };
}

/**
 * @param isComplete the head is all there is of the answer
 * @param isToHead of an answer to HEAD, whose length tells of a body that does not come, as that of a 304 does
 */
export function decodeResponse(raw: readonly string[], isComplete: boolean, isToHead: boolean): ResponseHead {
  const { pseudo, headers } = split(raw);
  const status = Number(pseudo.get(':status') ?? 0);
  const bodyLength = isComplete && !isToHead && status !== 304 ? 0 : declaredLength(headers);
  return { status, headers, bodyLength };
}

/** The pieces of a cookie are one again (RFC 9113 8.2.3), behind the others as Envoy has it. */
function split(raw: readonly string[]): { pseudo: Map<string, string>; headers: HeaderList } {
  const pseudo = new Map<string, string>();
  const headers: HeaderList = { raw: [], names: [] };
  let cookie: string | undefined;
  for (let i = 0; i < raw.length; i += 2) {
    const name = raw[i] as string;
    const value = raw[i + 1] as string;
    if (name.startsWith(':')) pseudo.set(name, value);
    else if (name === 'cookie') cookie = cookie === undefined ? value : `${cookie}; ${value}`;
    else {
      headers.raw.push(name, value);
      headers.names.push(name);
    }
  }
  if (cookie !== undefined) {
    headers.raw.push('cookie', cookie);
    headers.names.push('cookie');
  }
  return { pseudo, headers };
}

/** Of a body that is still to come; one that is declared empty may have trailers. */
function declaredLength(headers: HeaderList): number | undefined {
  const declared = headerValue(headers, 'content-length');
  return declared !== undefined && /^[0-9]{1,15}$/.test(declared) && Number(declared) > 0
    ? Number(declared)
    : undefined;
}
