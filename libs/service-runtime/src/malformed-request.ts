import { STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import { MAX_HEADER_BYTES } from './server-limits.js';

/** How long a refused client may still be sending before its connection is cut. */
const LINGER_MS = 2000;

/**
 * Answers what Node's parser refused: too long a head (431), too slow a request (408), anything else (400).
 *
 * The rest of what the client sends is read and thrown away for a moment: closing a socket with unread bytes makes
 * the kernel send a reset, and the client would lose the answer that tells it why.
 */
export function refuseMalformedRequest(error: NodeJS.ErrnoException, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable || socket.destroyed) {
    socket.destroy();
    return;
  }
  socket.removeAllListeners('data');
  socket.on('data', () => undefined);
  socket.on('error', () => socket.destroy());
  socket.resume();
  socket.end(answer(error.code));
  const timer = setTimeout(() => socket.destroy(), LINGER_MS);
  socket.once('close', () => clearTimeout(timer));
}

function answer(code: string | undefined): string {
  const { status, detail } = reason(code);
  const body = `${detail}\n`;
  return [
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}`,
    'content-type: text/plain; charset=utf-8',
    `content-length: ${Buffer.byteLength(body)}`,
    'connection: close',
    '',
    body,
  ].join('\r\n');
}

function reason(code: string | undefined): { status: number; detail: string } {
  switch (code) {
    case 'HPE_HEADER_OVERFLOW':
      return {
        status: 431,
        detail: `The request line and headers are longer than ${MAX_HEADER_BYTES} bytes together`,
      };
    case 'ERR_HTTP_REQUEST_TIMEOUT':
      return { status: 408, detail: 'The request did not arrive in time' };
    case 'HPE_INVALID_URL':
      return {
        status: 400,
        detail:
          'The URL has a character that must be percent-encoded (with curl: --get --data-urlencode name=...)',
      };
    default:
      return { status: 400, detail: 'This is not a well-formed HTTP request' };
  }
}
