import type { HttpVersion, OutgoingRequest } from '../message/request.js';
import type { OutgoingResponse } from '../message/response.js';
import { declaresLength } from '../message/sendable.js';

/** How a message that we write ends. It is decided here, after all rules: none of them can change it. */
export type OutgoingFraming =
  /** Neither header: a request without a body, 204, 1xx. */
  | { kind: 'none' }
  | { kind: 'length'; length: number }
  | { kind: 'chunked' }
  /** The connection's end: for clients of HTTP/1.0, which know no chunks. */
  | { kind: 'until-close' };

/** Methods whose requests have no body: Envoy announces no `content-length: 0` for them. */
const bodiless: ReadonlySet<string> = new Set(['GET', 'HEAD', 'DELETE', 'TRACE', 'CONNECT']);

const none: OutgoingFraming = { kind: 'none' };
const empty: OutgoingFraming = { kind: 'length', length: 0 };
const chunked: OutgoingFraming = { kind: 'chunked' };
const untilClose: OutgoingFraming = { kind: 'until-close' };

/**
 * How a request's body goes on. A rule, or the client's own `connection`, may take the length away, but then the body goes on in
 * chunks: a server that is left without would read it as the next request (recorded: `http-remove-content-length-request`).
 */
export function requestFraming({
  headers,
  method,
  bodyLength,
  untouched,
}: Pick<OutgoingRequest, 'headers' | 'method' | 'bodyLength' | 'untouched'>): OutgoingFraming {
  if (bodyLength === undefined) return chunked;
  if (declaresLength(headers)) return { kind: 'length', length: bodyLength };
  if (bodyLength > 0) return chunked;
  return untouched || bodiless.has(method) ? none : empty;
}

/** The same for an answer: see {@link requestFraming}. */
export function responseFraming(
  { status, headers, bodyLength }: Pick<OutgoingResponse, 'status' | 'headers' | 'bodyLength'>,
  { method, version }: { method: string; version: HttpVersion },
): OutgoingFraming {
  if (status < 200 || status === 204) return none;
  if (bodyLength !== undefined && declaresLength(headers)) return { kind: 'length', length: bodyLength };
  if (status === 304) return none;
  if (bodyLength === 0) return empty;
  if (version === '1.0') return method === 'HEAD' ? none : untilClose;
  return chunked;
}
