import { type Framing, requestFraming } from './framing.js';
import { type HeaderList, knownMethods, MalformedMessage, parseHeaderLines } from './syntax.js';

export interface RequestHead {
  method: string;
  /** As sent: a path, a URL, an authority (CONNECT) or `*`. */
  target: string;
  headers: HeaderList;
  framing: Framing;
}

// Spaces and anything beyond ASCII in a target are refused, as Envoy does.
const requestLine = /^([^ ]+) ([\x21-\x7e]+) HTTP\/([0-9])\.([0-9])$/;

/** Throws MalformedMessage with what Envoy would answer. */
export function parseRequestHead(text: string, maxHeaderCount: number): RequestHead {
  const lines = text.split('\r\n');
  const line = requestLine.exec(lines[0] as string);
  if (line === null) throw malformedLine(lines[0] as string);
  const method = line[1] as string;
  if (!knownMethods.has(method)) throw new MalformedMessage(400, 'http1.codec_error');
  if (line[3] !== '1' || line[4] !== '1') throw new MalformedMessage(426, 'low_version');
  const headers = parseHeaderLines(lines, maxHeaderCount);
  return { method, target: line[2] as string, headers, framing: requestFraming(headers) };
}

/** HTTP/0.9 is a line without a version; Istio leaves it and HTTP/1.0 off. */
function malformedLine(line: string): MalformedMessage {
  return /^[A-Z]+ [\x21-\x7e]+$/.test(line)
    ? new MalformedMessage(426, 'low_version')
    : new MalformedMessage(400, 'http1.codec_error');
}
