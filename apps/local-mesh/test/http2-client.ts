import { type ClientHttp2Session, type ClientHttp2Stream, connect as connectHttp2 } from 'node:http2';
import { connect, type Socket } from 'node:net';

/** An answer in HTTP/2; headers and trailers are names and values in turn. */
export interface Http2Answer {
  status: number;
  headers: string[];
  body: string;
  trailers: string[];
  /** 0: it was not reset. */
  resetCode: number;
}

/** A connection through CONNECT, as a client makes it that is told of an HTTP proxy. */
export async function tunnelTo(authority: string, proxyPort: number): Promise<Socket> {
  const socket = connect(proxyPort, '127.0.0.1');
  socket.write(`CONNECT ${authority} HTTP/1.1\r\nhost: ${authority}\r\n\r\n`);
  const answer = await new Promise<Buffer>((resolve) => socket.once('data', resolve));
  if (!answer.toString().startsWith('HTTP/1.1 200')) throw new Error(answer.toString());
  return socket;
}

/** A session in HTTP/2 with prior knowledge over a socket. */
export function sessionOver(socket: Socket): ClientHttp2Session {
  const session = connectHttp2('http://anywhere', { createConnection: () => socket });
  session.on('error', () => {});
  return session;
}

/** Begins a request whose body and end are the caller's. */
export function begin(
  session: ClientHttp2Session,
  path: string,
  headers: Readonly<Record<string, string>> = {},
): ClientHttp2Stream {
  const pseudo = { ':method': 'POST', ':path': path, ':authority': 'back.ext', ':scheme': 'http' };
  return session.request({ ...pseudo, ...headers });
}

/** The whole answer, once it is complete or reset. */
export function answerOf(stream: ClientHttp2Stream): Promise<Http2Answer> {
  const answer: Http2Answer = { status: 0, headers: [], body: '', trailers: [], resetCode: 0 };
  stream.on('response', (head, _flags, raw: string[]) => {
    answer.status = Number(head[':status']);
    answer.headers = raw;
  });
  stream.on('trailers', (_trailers, _flags, raw: string[]) => {
    answer.trailers = raw;
  });
  stream.on('data', (data: Buffer) => {
    answer.body += data.toString('latin1');
  });
  stream.on('error', () => {});
  return new Promise((resolve) => {
    stream.on('close', () => resolve({ ...answer, resetCode: stream.rstCode ?? 0 }));
  });
}
