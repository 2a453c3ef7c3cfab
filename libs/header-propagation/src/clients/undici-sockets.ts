import type { ClientHttp2Session } from 'node:http2';
import type { Socket } from 'node:net';
import { type Added, RecordHeaders, removeHeaders } from '../inject.js';
import { FlatHeaders } from './raw-headers.js';

/** The head of a request as undici is about to send it. */
export interface Head {
  /** As text, in HTTP/2 as well, where a record is what is sent. */
  readonly headers: string;
  readonly socket: Socket;
}

/** Whether a connection has no address of another machine, or none any more. */
export function isUnixSocket(socket: Socket): boolean {
  return socket.remoteFamily === undefined;
}

/**
 * Takes ours out of a head. undici tells nobody that a connection is a Unix socket before it sends the head over it, so
 * it is at the call that follows that they are taken out.
 */
export function withhold(added: readonly Added[], { headers, socket }: Head): void {
  const session = sessionOf(socket);
  if (session === undefined) withholdFromText(added, headers, socket);
  else withholdFromStream(added, session);
}

/** undici's session of HTTP/2 over this socket, which it keeps there. */
function sessionOf(socket: Socket): ClientHttp2Session | undefined {
  const key = Object.getOwnPropertySymbols(socket).find(({ description }) => description === 'http2Session');
  return key && (socket as unknown as Record<symbol, ClientHttp2Session | undefined>)[key];
}

function withholdFromStream(added: readonly Added[], session: ClientHttp2Session): void {
  const { request } = session;
  const restore = () => Reflect.deleteProperty(session, 'request');
  session.request = (headers, options) => {
    restore();
    const left = { ...headers } as Record<string, unknown>;
    for (const one of added) removeHeaders(one, new RecordHeaders(left));
    return request.call(session, left as typeof headers, options);
  };
  // undici opens the stream at once, or not at all.
  queueMicrotask(restore);
}

/** The next write begins with this head. */
function withholdFromText(added: readonly Added[], headers: string, socket: Socket): void {
  const head = withoutOurs(headers, added);
  const { write } = socket;
  socket.write = ((chunk: unknown, ...rest: never[]) => {
    socket.write = write;
    const text = typeof chunk === 'string' && chunk.startsWith(headers);
    return socket.write((text ? head + chunk.slice(headers.length) : chunk) as string, ...rest);
  }) as typeof write;
}

function withoutOurs(head: string, added: readonly Added[]): string {
  const [requestLine, ...lines] = head.slice(0, -2).split('\r\n');
  const flat = lines.flatMap((line) => {
    const colon = line.indexOf(':');
    return [line.slice(0, colon), line.slice(colon + 2)];
  });
  for (const one of added) removeHeaders(one, new FlatHeaders(flat));
  let text = `${requestLine}\r\n`;
  for (let at = 0; at < flat.length; at += 2) text += `${flat[at]}: ${flat[at + 1]}\r\n`;
  return text;
}
