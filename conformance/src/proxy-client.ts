import {
  Agent,
  type IncomingMessage,
  METHODS,
  type RequestOptions,
  request as startRequest,
} from 'node:http';
import { connect, type Socket } from 'node:net';
import { connect as connectTls, type TLSSocket } from 'node:tls';
import type { CaseRequest, Headers } from './cases.ts';
import { readAnswers } from './raw-answer.ts';

/** An answer as it came over the socket. */
export interface Received {
  status: number;
  headers: Headers;
  /** Latin-1. */
  body: string;
  ms: number;
}

/** How a request is put to an explicit proxy; `bytes`: through a tunnel, and written by hand, because no client of HTTP's would;
 * `tls`: through a tunnel, inside TLS of the client's own. */
export type Form = 'absolute' | 'connect' | 'bytes' | 'tls';

/** Asks a proxy in the ways that clients do. */
export class ProxyClient {
  readonly #agent = new Agent({ keepAlive: true, maxSockets: 16 });
  readonly #port: number;

  constructor(port: number) {
    this.#port = port;
  }

  close(): void {
    this.#agent.destroy();
  }

  /** `absolute`: as with HTTP_PROXY; `connect`: through a tunnel to the port dialled, the Host header as it is. */
  async ask(request: CaseRequest, form: Form): Promise<Received> {
    const started = performance.now();
    if (form === 'absolute') return await this.#askByUrl(request, started);
    if (form === 'bytes') return byHand(request, (raw) => this.sendRaw({ ...request, raw }, 300));
    const tunnel = await this.#tunnel(request);
    const socket = form === 'tls' ? await inTls(tunnel, request.tls?.sni ?? null) : tunnel;
    try {
      return await exchange(request, request.path, { createConnection: () => socket }, started);
    } finally {
      socket.destroy();
    }
  }

  /** Sends bytes behind a CONNECT; everything that came back until it was silent for so long. */
  async sendRaw(request: CaseRequest, silenceMs: number): Promise<{ data: string; closed: boolean }> {
    const socket = await this.#tunnel({ ...request, host: 'outside.host' }).catch(() => undefined);
    // Told at once what a sidecar's client sees when it is closed.
    if (socket === undefined) return { data: '', closed: true };
    return await collect(socket, request.raw ?? '', silenceMs);
  }

  #askByUrl(request: CaseRequest, started: number): Promise<Received> {
    const way = { host: '127.0.0.1', port: this.#port, agent: this.#agent };
    return exchange(request, absoluteTarget(request), way, started);
  }

  #tunnel({ host, port }: CaseRequest): Promise<Socket> {
    const name = host.replace(/:[0-9]+$/, '') || 'empty.host';
    const socket = connect(this.#port, '127.0.0.1');
    socket.write(`CONNECT ${name}:${port} HTTP/1.1\r\nhost: ${name}:${port}\r\n\r\n`);
    return new Promise((resolve, reject) => {
      socket.once('error', reject);
      socket.once('data', (answer: Buffer) => {
        if (answer.toString('latin1').startsWith('HTTP/1.1 200 ')) {
          const rest = answer.subarray(answer.indexOf('\r\n\r\n') + 4);
          // A server that speaks first may have done so.
          if (rest.length > 0) socket.pause().unshift(rest);
          resolve(socket);
        } else reject(new Error(`the tunnel was refused: ${answer.toString('latin1')}`));
      });
    });
  }
}

/** One request and its answer. @param way how the server is reached, as `node:http` takes it */
export function exchange(
  request: CaseRequest,
  path: string,
  way: RequestOptions,
  started: number,
): Promise<Received> {
  const { method, host, headers, body } = request;
  return new Promise((resolve, reject) => {
    const outgoing = startRequest({
      ...way,
      method,
      path,
      headers: ['host', host, ...headers.flat(), ...length(method, body)],
      setHost: false,
    });
    outgoing.on('error', reject);
    // A tunnel waits where the server has spoken first.
    outgoing.on('socket', (socket) => socket.resume());
    outgoing.on('response', (response) => void receive(response, started).then(resolve, reject));
    outgoing.end(body, 'latin1');
  });
}

/** A request that no client of Node's would write. @param send sends bytes, and tells what came back */
export async function byHand(
  { method, path, host, headers, body = '' }: CaseRequest,
  send: (raw: string) => Promise<{ data: string }>,
): Promise<Received> {
  const started = performance.now();
  const lines = [`host: ${host}`, ...headers.map((header) => header.join(': ')), 'connection: close'];
  const { data } = await send(`${method} ${path} HTTP/1.1\r\n${lines.join('\r\n')}\r\n\r\n${body}`);
  const answers = readAnswers(data);
  const answer = typeof answers === 'string' ? undefined : answers.at(-1);
  if (answer === undefined) throw new Error(`no answer: ${data}`);
  const received = answer.headers.map((line) => line.split(': ', 2) as [string, string]);
  const status = Number(answer.statusLine.split(' ')[1]);
  return { status, headers: received, body: answer.body, ms: performance.now() - started };
}

/** Sends bytes; everything that came back until it was silent for so long. */
export async function collect(
  socket: Socket,
  raw: string,
  silenceMs: number,
): Promise<{ data: string; closed: boolean }> {
  let data = '';
  let closed = false;
  socket.on('data', (bytes: Buffer) => {
    data += bytes.toString('latin1');
  });
  socket.on('close', () => {
    closed = true;
  });
  socket.resume();
  socket.write(raw, 'latin1');
  for (let seen = -1; seen !== data.length && !closed; ) {
    seen = data.length;
    await new Promise((resolve) => setTimeout(resolve, silenceMs));
  }
  socket.destroy();
  return { data, closed };
}

/** Whatever certificate is shown: whose it is is not the proxy's business. */
export function inTls(socket: Socket, sni: string | null): Promise<TLSSocket> {
  const encrypted = connectTls({
    socket,
    rejectUnauthorized: false,
    ...(sni !== null && { servername: sni }),
  });
  return new Promise((resolve, reject) => {
    encrypted.once('error', reject);
    encrypted.once('secureConnect', () => resolve(encrypted));
  });
}

/** In which forms a request can be asked; a repeated one in one form only: it is about shares. */
export function formsOf(request: CaseRequest): Form[] {
  if (request.raw !== undefined) return [];
  if (request.tls !== undefined) return ['tls'];
  if (isOdd(request)) return ['bytes'];
  if (!hasAbsoluteForm(request)) return ['connect'];
  return request.repeat > 1 ? ['absolute'] : ['absolute', 'connect'];
}

/** Whether no client of Node's writes it. */
export function isOdd({ path, method, headers }: CaseRequest): boolean {
  const isPlain = /^\/[\x21-\x7e]*$/.test(path) && METHODS.includes(method);
  return !isPlain || headers.some(([name]) => name === 'trailer');
}

/** Whether a URL can say it: it has one host, and its port is the one dialled. */
function hasAbsoluteForm({ host, port }: CaseRequest): boolean {
  const named = /:([0-9]+)$/.exec(host)?.[1];
  return host !== '' && (named === undefined || Number(named) === port);
}

function absoluteTarget({ host, port, path }: CaseRequest): string {
  return `http://${authority(host, port)}${path}`;
}

/** A host with the port where a URL has to name it. */
export function authority(host: string, port: number): string {
  return port === 80 || /:[0-9]+$/.test(host) ? host : `${host}:${port}`;
}

/** Without one, node:http would send an empty body in chunks. */
function length(method: string, body: string | undefined): string[] {
  if (body !== undefined) return ['content-length', String(Buffer.byteLength(body, 'latin1'))];
  return method === 'POST' ? ['content-length', '0'] : [];
}

async function receive(response: IncomingMessage, started: number): Promise<Received> {
  let body = '';
  response.setEncoding('latin1');
  for await (const text of response) body += text;
  const headers: Array<[string, string]> = [];
  const { rawHeaders } = response;
  for (let i = 0; i < rawHeaders.length; i += 2) {
    headers.push([rawHeaders[i] as string, rawHeaders[i + 1] as string]);
  }
  return { status: response.statusCode ?? 0, headers, body, ms: performance.now() - started };
}
