import { MalformedMessage } from '../message/malformed-message.js';
import type { RequestHead } from '../message/request.js';
import { lengthOf, requestFraming } from './framing.js';
import { knownMethods, parseHeaderLines } from './syntax.js';

// Spaces and anything beyond ASCII in a target are refused, as Envoy does.
const requestLine = /^([^ ]+) ([\x21-\x7e]+) HTTP\/([0-9])\.([0-9])$/;
/** What a request line may begin with, as far as it has come. */
const beginning = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]*(?: [\x20-\x7e]*)?$/;

/** Throws MalformedMessage with what Envoy would answer. */
export function parseRequestHead(text: string, maxHeaderCount: number): RequestHead {
  const lines = text.split('\r\n');
  const { method, target, version } = parseRequestLine(lines[0] as string);
  const headers = parseHeaderLines(lines, maxHeaderCount);
  const framing = requestFraming(headers);
  // RFC 9112 6.1: chunks in HTTP/1.0 are faulty framing.
  if (version === '1.0' && framing.kind === 'chunked') throw new MalformedMessage(400, 'http1.codec_error');
  return { method, target, version, headers, bodyLength: lengthOf(framing) };
}

/**
 * Throws MalformedMessage when what there is of a head cannot become one: bytes of another protocol (TLS, SOCKS, SSH) get their answer
 * at once.
 * @param start the first bytes, Latin-1
 */
export function checkRequestStart(start: string): void {
  const end = start.indexOf('\r\n');
  if (end >= 0) parseRequestLine(start.slice(0, end));
  else if (!beginning.test(start.endsWith('\r') ? start.slice(0, -1) : start))
    throw new MalformedMessage(400, 'http1.codec_error');
}

function parseRequestLine(text: string): Pick<RequestHead, 'method' | 'target' | 'version'> {
  const line = requestLine.exec(text);
  if (line === null) throw malformedLine(text);
  const [, method, target, major, minor] = line as unknown as [string, string, string, string, string];
  // Envoy's parser knows it, its router does not.
  if (method === 'QUERY') throw new MalformedMessage(400, 'invalid_method', true);
  if (!knownMethods.has(method)) throw new MalformedMessage(400, 'http1.codec_error');
  if (major !== '1' || (minor !== '0' && minor !== '1')) throw new MalformedMessage(426, 'low_version');
  return { method, target, version: minor === '1' ? '1.1' : '1.0' };
}

/** HTTP/0.9 is a line without a version. */
function malformedLine(line: string): MalformedMessage {
  return /^[A-Z]+ [\x21-\x7e]+$/.test(line)
    ? new MalformedMessage(426, 'low_version')
    : new MalformedMessage(400, 'http1.codec_error');
}
