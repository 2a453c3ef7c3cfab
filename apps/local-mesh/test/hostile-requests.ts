import { connect } from 'node:net';
import type { Random } from '@grayscale/seeded-random';
import { faultyRequest } from './faulty-requests.js';
import { exchanges } from './side-by-side/exchanges.js';

/** What HTTP is made of, put where it does not belong. */
const pieces = [
  ...['\r\n', '\n', '\r', '\0', ' ', '\t', ':', ',', ';', '/', '?', '#', '%', '%00', '\xff', '\x80', '\x7f'],
  ...['HTTP/1.0', 'HTTP/1.1', 'GET ', 'POST / HTTP/1.1\r\n', '\r\n\r\n'],
  ...[
    'Host: back.ext\r\n',
    'Host:\r\n',
    'Content-Length: 3\r\n',
    'Content-Length: -1\r\n',
    'Transfer-Encoding: chunked\r\n',
  ],
  ...[
    'Connection: close\r\n',
    'Connection: upgrade\r\nUpgrade: websocket\r\n',
    'Expect: 100-continue\r\n',
    'TE: trailers\r\n',
  ],
  ...[
    '0\r\n\r\n',
    '3\r\nabc\r\n',
    'ffffffffffff\r\n',
    '999999999999999999999',
    'http://back.ext/',
    '[::1]',
    'aaaaaaaaaaaaaaaa',
  ],
];

/** Requests as they are, for a start; very long ones would only slow a run down, and what is tunnelled is not ours to judge. */
const seeds = exchanges
  .map(({ sent }) => sent)
  .filter((sent) => sent.length < 2000 && !sent.includes('CONNECT '));

/** A request to try a proxy with: most of them nearly valid, so that they reach far, and every fourth one torn in any place. */
export function hostileRequest(random: Random): string {
  return random.below(4) === 0 ? mutatedRequest(random) : faultyRequest(random);
}

/** A request with a change or two, sometimes more: bytes taken out, doubled, replaced, pieces put in, the end of another request. */
function mutatedRequest(random: Random): string {
  let text = random.one(seeds);
  for (let changes = 1 + Math.floor(random.next() ** 3 * 4); changes > 0; changes--) {
    const at = random.below(text.length + 1);
    const until = at + random.below(12);
    const kind = random.below(5);
    if (kind === 0) text = text.slice(0, at) + text.slice(until);
    else if (kind === 1) text = text.slice(0, until) + text.slice(at);
    else if (kind === 2) text = text.slice(0, at) + random.one(pieces) + text.slice(at);
    else if (kind === 3)
      text = text.slice(0, at) + String.fromCharCode(random.below(256)) + text.slice(at + 1);
    else text = text.slice(0, at) + random.one(seeds).slice(at);
  }
  return text;
}

/**
 * Sends bytes on a connection of their own, and ends it after an answer; resolves when it is closed.
 * @param patienceMs for an answer: much of what is sent gets none, because it is not complete
 */
export function sendAndEnd(port: number, text: string, patienceMs: number): Promise<void> {
  return new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1' });
    socket.on('error', () => {});
    socket.on('close', () => resolve());
    socket.on('data', () => socket.end());
    socket.write(text, 'latin1');
    setTimeout(() => socket.destroy(), patienceMs).unref();
  });
}
