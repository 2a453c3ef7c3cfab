import type { IncomingMessage, ServerResponse } from 'node:http';
import type { TLSSocket } from 'node:tls';
import { isGrpc } from '@grayscale/traffic-rules';
import type { Headers, UpstreamTls } from './cases.ts';

/** What a backend says about the request that it got. */
export interface Echo {
  backend: string;
  method: string;
  path: string;
  host: string;
  headers: Headers;
  /** All of them, names and values in turn. */
  rawHeaders: readonly string[];
  body: string;
  /** Which try of this request reached it. */
  attempt: number;
  /** Where it is not HTTP/1.1. */
  protocol?: string;
  tls?: UpstreamTls;
}

/** Headers that say how a message is carried, not what it is. */
const carriers = new Set(['host', 'connection', 'content-length', 'transfer-encoding']);

/**
 * What the backends of the recordings do with a request: they echo it, count tries and obey `x-lab` (`delay=MS`, `fail=STATUS`,
 * `fail=STATUSxN`, `close=N`, `set-cookie`, `grpc=CODE`, `grpc=CODExN`).
 */
export class EchoServer {
  readonly #attempts = new Map<string, number>();

  /** Tries of each backend since `forget`. */
  attempts(): Record<string, number> {
    return Object.fromEntries(this.#attempts);
  }

  forget(): void {
    this.#attempts.clear();
  }

  /** For a server of HTTP/1.1 or HTTP/2. */
  listener(name: string): (request: IncomingMessage, response: ServerResponse) => void {
    return (request, response) => void this.#answer(name, request, response);
  }

  async #answer(name: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
    const attempt = (this.#attempts.get(name) ?? 0) + 1;
    this.#attempts.set(name, attempt);
    const orders = new Map(
      String(request.headers['x-lab'] ?? '')
        .split(',')
        .map((order) => order.trim().split('=', 2) as [string, string]),
    );
    const body = await read(request);
    await new Promise((resolve) => setTimeout(resolve, Number(orders.get('delay') ?? 0)));
    if (attempt <= Number(orders.get('close') ?? 0)) {
      request.socket.destroy();
      return;
    }
    const echo = { backend: name, ...described(request), body, attempt };
    const isCall = isGrpc(request.headers['content-type']);
    const grpcStatus = ordered(orders.get('grpc'), attempt);
    response.statusCode = ordered(orders.get('fail'), attempt) ?? 200;
    response.setHeader('content-type', isCall ? 'application/grpc' : 'application/json');
    response.setHeader('x-backend', name);
    response.setHeader('x-from', ['a', 'b']);
    if (orders.has('set-cookie')) response.setHeader('set-cookie', ['a=1', 'b=2']);
    if (isCall && grpcStatus !== undefined) response.setHeader('grpc-status', String(grpcStatus));
    // In pieces: its length is not announced.
    response.write(Buffer.from(JSON.stringify(echo), 'latin1'));
    response.end();
  }
}

async function read(request: IncomingMessage): Promise<string> {
  let body = '';
  request.on('data', (bytes: Buffer) => {
    body += bytes.toString('latin1');
  });
  await new Promise((resolve) => request.on('end', resolve).on('close', resolve));
  return body;
}

function described({ method = '', url = '', rawHeaders, headers, httpVersion, socket }: IncomingMessage) {
  const pairs: Array<[string, string]> = [];
  for (let i = 0; i < rawHeaders.length; i += 2) {
    const name = rawHeaders[i] as string;
    if (!carriers.has(name.toLowerCase()) && !name.startsWith(':'))
      pairs.push([name, rawHeaders[i + 1] as string]);
  }
  const host = headers.host ?? String(headers[':authority'] ?? '');
  return {
    method,
    path: url,
    host,
    headers: pairs,
    rawHeaders,
    ...(httpVersion === '2.0' && { protocol: 'HTTP/2.0' }),
    ...('encrypted' in socket && { tls: tlsOf(socket as TLSSocket) }),
  };
}

function tlsOf({
  servername,
  alpnProtocol,
}: TLSSocket & { servername?: string | false | null }): UpstreamTls {
  return { sni: servername || null, alpn: alpnProtocol || null };
}

/** `503`, or `503x2` for the first two tries. */
function ordered(order: string | undefined, attempt: number): number | undefined {
  if (order === undefined) return undefined;
  const [value, times] = order.split('x', 2);
  return times === undefined || attempt <= Number(times) ? Number(value) : undefined;
}
