import type { Framing } from '../http1/framing.js';
import { declaresLength, type OutgoingFraming } from '../http1/message-encoder.js';
import type { RequestHead } from '../http1/request-head.js';
import type { ResponseHead } from '../http1/response-head.js';

/** Methods whose requests have no body: Envoy announces no `content-length: 0` for them. */
const bodiless: ReadonlySet<string> = new Set(['GET', 'HEAD', 'DELETE', 'TRACE', 'CONNECT']);

const none: OutgoingFraming = { kind: 'none' };
const chunked: OutgoingFraming = { kind: 'chunked' };

/**
 * How a request's body goes on. A rule, or the client's own `connection`, may take the length away, but then the body goes on in
 * chunks: a server that is left without would read it as the next request (recorded: `http-remove-content-length-request`).
 * @param headers after all rules, names and values in turn
 */
export function requestFramingOf(
  headers: readonly string[],
  method: string,
  incoming: Framing,
): OutgoingFraming {
  if (incoming.kind === 'chunked') return chunked;
  if (incoming.kind === 'length') {
    if (declaresLength(headers)) return incoming;
    if (incoming.length > 0) return chunked;
  }
  return bodiless.has(method) ? none : { kind: 'length', length: 0 };
}

/** The same for an answer: see {@link requestFramingOf}. */
export function responseFramingOf(
  headers: readonly string[],
  { status, framing, hasBody }: Pick<ResponseHead, 'status' | 'framing' | 'hasBody'>,
  { version }: Pick<RequestHead, 'version'>,
): OutgoingFraming {
  if (status < 200 || status === 204) return none;
  if (framing.kind === 'length' && declaresLength(headers)) return framing;
  if (status === 304) return none;
  if (version === '1.0') return hasBody ? { kind: 'until-close' } : none;
  return chunked;
}
