import { reasonPhrase } from '../message/reason-phrase.js';
import type { HttpVersion, OutgoingRequest } from '../message/request.js';
import type { OutgoingResponse } from '../message/response.js';
import { checkTarget, checkValue, declaresLength, nameKind, UnsendableHead } from '../message/sendable.js';
import { allowedTrailers } from '../message/trailers.js';
import { type OutgoingFraming, requestFraming, responseFraming } from './outgoing-framing.js';

/** A request whose head has passed the checks of this file, ready for a connection. */
export interface EncodedRequest {
  readonly method: string;
  /** Latin-1. */
  readonly head: string;
  readonly chunked: boolean;
}

/** An answer's head, Latin-1, and how its body is written. */
export interface EncodedResponse {
  head: string;
  framing: OutgoingFraming;
}

/** Throws UnsendableHead. */
export function encodeRequest(request: OutgoingRequest): EncodedRequest {
  const { method, path, authority, headers } = request;
  checkTarget(path, authority);
  const framing = requestFraming(request);
  const lines = headerLines(headers, framing, true);
  const head = `${method} ${path} HTTP/1.1\r\nhost: ${authority}\r\n${lines}${announcement(headers, framing)}\r\n`;
  return { method, head, chunked: framing.kind === 'chunked' };
}

/**
 * The head of an answer. Throws UnsendableHead.
 * @param request what it answers
 */
export function encodeResponse(
  response: OutgoingResponse,
  request: { method: string; version: HttpVersion },
): EncodedResponse {
  const { status, headers, close } = response;
  const framing = responseFraming(response, request);
  const lines = headerLines(headers, framing, status === 101);
  const ending = close ? 'connection: close\r\n' : '';
  const first = `HTTP/1.1 ${status} ${reasonPhrase(status)}\r\n`;
  return { head: `${first}${lines}${ending}${announcement(headers, framing)}\r\n`, framing };
}

/** The lines of those trailers that may go on (names and values in turn), Latin-1. Throws UnsendableHead. */
export function encodeTrailers(trailers: readonly string[]): string {
  if (trailers.length === 0) return '';
  const names: string[] = [];
  for (let i = 0; i < trailers.length; i += 2) names.push((trailers[i] as string).toLowerCase());
  const allowed = allowedTrailers({ raw: [...trailers], names });
  let text = '';
  for (let i = 0; i < allowed.length; i += 2) {
    const name = allowed[i] as string;
    if (nameKind(name) === 'invalid') throw new UnsendableHead('header name', name);
    text += headerLine(name, allowed[i + 1] as string);
  }
  return text;
}

/** A content-length is written where one stands, whatever it says there. */
function headerLines(headers: readonly string[], framing: OutgoingFraming, withOwn: boolean): string {
  let text = '';
  let announced = false;
  for (let i = 0; i < headers.length; i += 2) {
    const name = headers[i] as string;
    const kind = nameKind(name);
    if (kind === 'plain' || (kind === 'own' && withOwn)) text += headerLine(name, headers[i + 1] as string);
    else if (kind === 'invalid') throw new UnsendableHead('header name', name);
    else if (kind === 'content-length' && framing.kind === 'length' && !announced) {
      text += `${name}: ${framing.length}\r\n`;
      announced = true;
    }
  }
  return text;
}

/** What the headers do not say yet of the body. */
function announcement(headers: readonly string[], framing: OutgoingFraming): string {
  if (framing.kind === 'chunked') return 'transfer-encoding: chunked\r\n';
  if (framing.kind !== 'length' || declaresLength(headers)) return '';
  return `content-length: ${framing.length}\r\n`;
}

function headerLine(name: string, value: string): string {
  checkValue(name, value);
  return `${name}: ${value}\r\n`;
}
