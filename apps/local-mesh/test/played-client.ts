import type { Duplex } from 'node:stream';
import type { Client } from '../src/proxy/exchange/client.js';
import type { ResponseWriter } from '../src/proxy/exchange/response-writer.js';
import { encodeResponse } from '../src/proxy/http1/message-encoder.js';
import type { RequestHead } from '../src/proxy/message/request.js';
import type { OutgoingResponse } from '../src/proxy/message/response.js';
import { valuesOf } from './header-list.js';

/** What a client gets, and what is done to its connection. */
export class PlayedClient implements Client, ResponseWriter {
  address = '127.0.0.1:40000';
  localAddress = '127.0.0.9';
  tls: Client['tls'];
  status = 0;
  bytesSent = 0;
  announcedClose = false;
  headers: readonly string[] = [];
  bodyLength: number | undefined;
  body = '';
  trailers: readonly string[] | undefined;
  informed: Array<[status: number, headers: readonly string[]]> = [];
  /** Undefined: the answer is not complete; otherwise whether the connection takes another request. */
  reusable: boolean | undefined;
  destroyed = false;
  /** It takes no more of the answer for now. */
  full = false;
  paused = false;
  tunnel: { peer: Duplex; rest: string; onClosed: () => void } | undefined;
  #request: RequestHead | undefined;

  /** The values of a header of the answer. */
  header(name: string): string[] {
    return valuesOf(this.headers, name);
  }

  respond(request: RequestHead): ResponseWriter {
    this.#request = request;
    return this;
  }

  informational(status: number, headers: readonly string[]): void {
    this.informed.push([status, headers]);
  }

  head(response: OutgoingResponse): void {
    encodeResponse(response, this.#request as RequestHead);
    ({ status: this.status, headers: this.headers, bodyLength: this.bodyLength } = response);
    this.announcedClose = response.close;
  }

  data(data: Buffer): void {
    this.body += data;
    this.bytesSent += data.length;
  }

  end(trailers: readonly string[]): void {
    this.trailers = trailers;
  }

  flush(): boolean {
    return !this.full;
  }

  finished(reusable: boolean): void {
    this.reusable = reusable;
  }

  destroy(): void {
    this.destroyed = true;
  }

  upgrade(peer: Duplex, rest: Buffer, onClosed: () => void): void {
    this.tunnel = { peer, rest: String(rest), onClosed };
  }

  pauseBody(): void {
    this.paused = true;
  }

  resumeBody(): void {
    this.paused = false;
  }
}
