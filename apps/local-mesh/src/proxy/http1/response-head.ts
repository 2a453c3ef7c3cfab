import type { HeaderList } from '../message/header-list.js';
import { MalformedMessage } from '../message/malformed-message.js';
import type { ResponseHead } from '../message/response.js';
import { type Framing, lengthOf, responseFraming } from './framing.js';
import { parseHeaderLines } from './syntax.js';

/** What HTTP/1.1 says of an answer beside what all protocols say. */
export interface Http1ResponseHead extends ResponseHead {
  /** What it announces, whether a body follows or not. */
  framing: Framing;
  /** False for answers to HEAD, 1xx, 204 and 304. */
  hasBody: boolean;
  /** Whether the server will take another request on this connection. */
  keepAlive: boolean;
}

const statusLine = /^HTTP\/1\.([01]) ([1-9][0-9]{2})(?: |$)/;

/** Throws MalformedMessage: the upstream speaks something else. */
export function parseResponseHead(
  text: string,
  requestMethod: string,
  maxHeaderCount: number,
): Http1ResponseHead {
  const lines = text.split('\r\n');
  const line = statusLine.exec(lines[0] as string);
  if (line === null) throw new MalformedMessage(400, 'http1.codec_error');
  const status = Number(line[2]);
  const headers = parseHeaderLines(lines, maxHeaderCount);
  const framing = responseFraming(headers, status);
  const hasBody = requestMethod !== 'HEAD' && status >= 200 && status !== 204 && status !== 304;
  const endsWithConnection = hasBody && framing.kind === 'until-close';
  return {
    status,
    headers,
    bodyLength: lengthOf(framing),
    framing,
    hasBody,
    keepAlive: !endsWithConnection && keepsAlive(headers, line[1] === '1'),
  };
}

function keepsAlive({ raw, names }: HeaderList, isVersion11: boolean): boolean {
  const index = names.indexOf('connection');
  if (index < 0) return isVersion11;
  const options = (raw[2 * index + 1] as string).toLowerCase();
  return isVersion11 ? !options.includes('close') : options.includes('keep-alive');
}
