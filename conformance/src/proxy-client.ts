import { Agent, type IncomingMessage, request as startRequest } from 'node:http';
import { connect, type Socket } from 'node:net';
import type { CaseRequest, Headers } from './cases.js';

/** An answer as it came over the socket. */
export interface Received {
  status: number;
  headers: Headers;
  /** Latin-1. */
  body: string;
  ms: number;
}

/** How a request is put to an explicit proxy. */
export type Form = 'absolute' | 'connect';

/** Asks a proxy in the ways that clients do. */
export class ProxyClient {
  readonly #agent = new Agent({ keepAlive: true, maxSockets: 16 });

  constructor(private readonly port: number) {}

  close(): void {
    this.#agent.destroy();
  }

  /** `absolute`: as with HTTP_PROXY; `connect`: through a tunnel to the port dialled, the Host header as it is. */
  async ask(request: CaseRequest, form: Form): Promise<Received> {
    const started = performance.now();
    if (form === 'absolute') return this.#exchange(request, absoluteTarget(request), started);
    const socket = await this.#tunnel(request);
    try {
      return await this.#exchange(request, request.path, started, socket);
    } finally {
      socket.destroy();
    }
  }

  #exchange(request: CaseRequest, path: string, started: number, socket?: Socket): Promise<Received> {
    const { method, host, headers, body } = request;
    return new Promise((resolve, reject) => {
      const outgoing = startRequest({
        host: '127.0.0.1',
        port: this.port,
        method,
        path,
        headers: ['host', host, ...headers.flat(), ...length(body)],
        setHost: false,
        ...(socket === undefined ? { agent: this.#agent } : { createConnection: () => socket }),
      });
      outgoing.on('error', reject);
      outgoing.on('response', (response) => void receive(response, started).then(resolve, reject));
      outgoing.end(body, 'latin1');
    });
  }

  #tunnel({ host, port }: CaseRequest): Promise<Socket> {
    const name = host.replace(/:[0-9]+$/, '') || 'empty.host';
    const socket = connect(this.port, '127.0.0.1');
    socket.write(`CONNECT ${name}:${port} HTTP/1.1\r\nhost: ${name}:${port}\r\n\r\n`);
    return new Promise((resolve, reject) => {
      socket.once('error', reject);
      socket.once('data', (answer) => {
        if (answer.toString('latin1').startsWith('HTTP/1.1 200 ')) resolve(socket);
        else reject(new Error(`the tunnel was refused: ${answer.toString('latin1')}`));
      });
    });
  }
}

/** Whether a URL can say it: it has one host, and its port is the one dialled. */
export function hasAbsoluteForm({ host, port }: CaseRequest): boolean {
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

function length(body: string | undefined): string[] {
  return body === undefined ? [] : ['content-length', String(Buffer.byteLength(body, 'latin1'))];
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
