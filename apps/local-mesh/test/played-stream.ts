import type { Duplex } from 'node:stream';
import type { OutgoingRequest } from '../src/proxy/message/request.js';
import type { Protocol } from '../src/proxy/upstream/host.js';
import type { StreamHandler, UpstreamStream } from '../src/proxy/upstream/stream.js';
import { headerList, valuesOf } from './header-list.js';

/** A request as a server gets it, and the answer that a test has it give. */
export class PlayedStream implements UpstreamStream {
  body = '';
  trailers: readonly string[] | undefined;
  paused = false;
  cancelled = false;
  flushed = false;
  /** It takes no more of the body for now. */
  full = false;

  constructor(
    readonly host: string,
    readonly protocol: Protocol,
    readonly request: OutgoingRequest,
    readonly handler: StreamHandler,
  ) {}

  /** The values of a header of the request. */
  header(name: string): string[] {
    return valuesOf(this.request.headers, name);
  }

  connects(): this {
    this.handler.onConnected(this);
    return this;
  }

  /** @param headers names and values in turn */
  answersHead(status: number, headers: string[] = [], bodyLength: number | undefined = 0): this {
    this.handler.onHead({ status, headers: headerList(...headers), bodyLength });
    return this;
  }

  informs(status: number, headers: string[] = []): this {
    this.handler.onInformational({ status, headers: headerList(...headers), bodyLength: 0 });
    return this;
  }

  sends(text: string): this {
    this.handler.onData(Buffer.from(text));
    this.handler.onFlush();
    return this;
  }

  ends(trailers: readonly string[] = []): void {
    this.handler.onEnd(trailers);
  }

  /** A whole answer. */
  answers(status: number, headers: string[] = [], body = ''): void {
    this.answersHead(status, headers, body.length);
    if (!this.cancelled && body !== '') this.sends(body);
    if (!this.cancelled) this.ends();
  }

  changesProtocol(headers: string[], socket: Duplex, rest = ''): void {
    const head = { status: 101, headers: headerList(...headers), bodyLength: 0 };
    this.handler.onUpgrade(head, socket, Buffer.from(rest));
  }

  write(data: Buffer): boolean {
    this.body += data;
    return !this.full;
  }

  end(trailers: readonly string[]): void {
    this.trailers = trailers;
  }

  flush(): void {
    this.flushed = true;
  }

  pause(): void {
    this.paused = true;
  }

  resume(): void {
    this.paused = false;
  }

  cancel(): void {
    this.cancelled = true;
  }
}
