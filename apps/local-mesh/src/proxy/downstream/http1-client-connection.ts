import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { Client } from '../exchange/client.js';
import type { ClientInfo } from '../exchange/client-info.js';
import { Exchange } from '../exchange/exchange.js';
import { RequestContext } from '../exchange/request-context.js';
import { BodyDecoder } from '../http1/body-decoder.js';
import type { Framing } from '../http1/framing.js';
import { HeadReader } from '../http1/head-reader.js';
import { OutputBuffer } from '../http1/output-buffer.js';
import { checkRequestStart, parseRequestHead } from '../http1/request-head.js';
import { Http1ResponseWriter } from '../http1/response-writer.js';
import { MalformedMessage } from '../message/malformed-message.js';
import { reasonPhrase } from '../message/reason-phrase.js';
import type { RequestHead } from '../message/request.js';
import type { Runtime } from '../runtime.js';
import { connectAuthority, requestTarget } from '../target.js';
import { linger, refuse } from './refusal.js';
import { type Stage, Stillness } from './stage.js';
import { splice } from './tunnel.js';

/** `head`: a request is awaited; `exchange`: one is under way; `released`: the connection is another's to read. */
type State = 'head' | 'exchange' | 'released' | 'closing';

/** More than enough for a request line that is short enough to be looked at before its head is complete. */
const maxStartBytes = 4096;
export interface Http1Options {
  /** Takes a CONNECT, and with it the connection; without it CONNECT finds no route. @param rest what the client has sent behind it */
  onConnect?(target: { host: string; port: number }, rest: Buffer): void;
  /** HTTP/1.0 is answered with 426, as by a gateway. */
  refusesHttp10?: boolean;
}

/** A client's connection in HTTP/1: takes requests from it, one at a time, and starts an exchange for each. */
export class Http1ClientConnection implements Client, Stage {
  readonly address: string;
  readonly localAddress: string;
  readonly tls: ClientInfo['tls'];
  readonly #output: OutputBuffer;
  readonly #heads: HeadReader;
  readonly #stillness: Stillness;
  #state: State = 'head';
  #exchange: Exchange | undefined;
  #body: BodyDecoder | undefined;
  /** What came before it could be used: the next requests of a pipeline. */
  #backlog: Buffer | undefined;
  #bodyPaused = false;
  #consuming = false;
  /** When the connection became idle, or a head was begun; milliseconds of performance.now(). */
  #since = performance.now();

  constructor(
    private readonly runtime: Runtime,
    readonly socket: Socket,
    private readonly info: ClientInfo,
    private readonly options: Http1Options = {},
  ) {
    this.#output = new OutputBuffer(socket);
    this.#heads = new HeadReader(runtime.limits.maxHeaderBytes);
    this.#stillness = new Stillness(socket);
    this.address = info.address;
    this.localAddress = info.localAddress;
    this.tls = info.tls;
  }

  /** @param first what the client has sent already */
  start(first: Buffer): void {
    this.socket.on('data', this.#onData);
    this.socket.on('drain', this.#onDrain);
    this.socket.on('end', this.#onClosed);
    this.socket.on('close', this.#onClosed);
    if (this.socket.isPaused()) this.socket.resume();
    this.#consume(first);
  }

  get idle(): boolean {
    return this.#state === 'head' && !this.#heads.started;
  }

  /** Closes it when it has been idle, or has been sending one head, for too long. */
  enforceLimits(now: number): void {
    const { idleTimeoutMs, requestHeadersTimeoutMs, streamIdleTimeoutMs } = this.runtime.limits;
    const waited = now - this.#since;
    if (this.idle) {
      if (idleTimeoutMs > 0 && waited > idleTimeoutMs) this.socket.destroy();
    } else if (this.#state === 'head') {
      if (requestHeadersTimeoutMs > 0 && waited > requestHeadersTimeoutMs) this.onHeadTimeout();
    } else if (this.#stillness.exceeds(streamIdleTimeoutMs, now)) {
      if (this.#exchange === undefined) this.socket.destroy();
      else this.#exchange.onStreamIdle();
    }
  }

  onHeadTimeout(): void {
    this.#refuse(408, 'request header timeout', 'request_header_timeout');
  }

  respond(request: RequestHead): Http1ResponseWriter {
    return new Http1ResponseWriter(this.#output, request);
  }

  pauseBody(): void {
    if (this.#exchange?.started === false) return;
    this.#bodyPaused = true;
    this.#applyFlow();
  }

  resumeBody(): void {
    if (!this.#bodyPaused) return;
    this.#bodyPaused = false;
    this.#applyFlow();
  }

  finished(reusable: boolean): void {
    this.#exchange = undefined;
    this.#body = undefined;
    this.#bodyPaused = false;
    if (!reusable) {
      this.#linger();
      return;
    }
    this.#state = 'head';
    this.#since = performance.now();
    if (this.#consuming) return;
    const backlog = this.#backlog;
    this.#backlog = undefined;
    this.#applyFlow();
    if (backlog !== undefined) this.#consume(backlog);
  }

  destroy(): void {
    this.#state = 'closing';
    this.socket.destroy();
  }

  upgrade(peer: Duplex, rest: Buffer, onClosed: () => void): void {
    this.#release();
    const early = this.#backlog;
    this.#backlog = undefined;
    if (rest.length > 0) this.socket.write(rest);
    if (early !== undefined) peer.write(early);
    splice(this.socket, peer, onClosed);
  }

  #onData = (chunk: Buffer): void => {
    if (this.#state === 'closing') return;
    this.#consume(chunk);
  };

  #consume(chunk: Buffer): void {
    this.#consuming = true;
    try {
      this.#consumeFrom(chunk);
    } catch (error) {
      if (!(error instanceof MalformedMessage)) throw error;
      this.#onMalformed(error);
    } finally {
      this.#consuming = false;
    }
  }

  #consumeFrom(chunk: Buffer): void {
    let at = 0;
    while (at < chunk.length) {
      if (this.#state === 'head') at = this.#takeHead(chunk, at);
      else if (this.#state === 'exchange' && this.#body !== undefined && !this.#body.done) {
        at = this.#body.feed(chunk, at);
      } else if (!this.#startExchange()) break;
    }
    this.#startExchange();
    if (at < chunk.length && this.#state === 'exchange') this.#keep(chunk.subarray(at));
  }

  #takeHead(chunk: Buffer, from: number): number {
    if (!this.#heads.started) this.#since = performance.now();
    const text = this.#heads.read(chunk, from);
    if (text === undefined) {
      checkRequestStart(this.#heads.beginning(maxStartBytes));
      return chunk.length;
    }
    const at = this.#heads.next;
    const head = parseRequestHead(text, this.runtime.limits.maxHeaderCount);
    if (head.version === '1.0' && this.options.refusesHttp10 === true)
      throw new MalformedMessage(426, 'low_version');
    if (head.method !== 'CONNECT') this.#begin(head);
    else {
      this.#connect(head, chunk.subarray(at));
      return chunk.length;
    }
    return at;
  }

  #begin(head: RequestHead): void {
    const target = requestTarget(head, this.info.dialled(!head.target.startsWith('/')));
    const exchange = new Exchange(new RequestContext(this.runtime, this, head, target));
    this.#state = 'exchange';
    this.#exchange = exchange;
    this.runtime.stats.requests++;
    this.runtime.stats.activeRequests++;
    const { bodyLength } = head;
    if (bodyLength === 0) exchange.onEnd([]);
    else this.#body = new BodyDecoder(framingOf(bodyLength), exchange);
  }

  /** Once what came along with the head was taken: a short request goes on in one piece. */
  #startExchange(): boolean {
    const exchange = this.#exchange;
    if (exchange === undefined || exchange.started) return false;
    exchange.start();
    return true;
  }

  #connect({ target }: RequestHead, rest: Buffer): void {
    const { options } = this;
    if (options.onConnect === undefined) throw new MalformedMessage(404, 'route_not_found', true);
    const to = connectAuthority(target);
    this.#release();
    this.socket.off('end', this.#onClosed).off('close', this.#onClosed);
    options.onConnect(to, rest);
  }

  /** The socket is another's to read from now on. */
  #release(): void {
    this.#state = 'released';
    this.socket.off('data', this.#onData).off('drain', this.#onDrain);
    this.socket.pause();
  }

  #keep(rest: Buffer): void {
    // A copy: the rest of a long read would keep all of it alive.
    this.#backlog = this.#backlog === undefined ? Buffer.from(rest) : Buffer.concat([this.#backlog, rest]);
    this.#applyFlow();
  }

  #applyFlow(): void {
    if (this.#state === 'released') return;
    if (this.#bodyPaused || this.#backlog !== undefined) this.socket.pause();
    else if (this.socket.isPaused()) this.socket.resume();
  }

  #onMalformed(error: MalformedMessage): void {
    const exchange = this.#exchange;
    if (exchange?.answering) {
      this.destroy();
      exchange.onClientGone(true);
      return;
    }
    if (exchange !== undefined) {
      exchange.rejectBody(error);
      return;
    }
    // Envoy answers what its parser refuses with the status' own words.
    this.#refuse(error.status, error.emptyBody ? '' : reasonPhrase(error.status), error.details);
  }

  #refuse(status: number, body: string, details: string): void {
    this.#output.flush();
    this.#state = 'closing';
    this.#backlog = undefined;
    refuse(this.runtime, this.socket, { client: this.address, status, body, details });
  }

  #linger(): void {
    this.#state = 'closing';
    this.#backlog = undefined;
    linger(this.socket);
  }

  #onDrain = (): void => {
    this.#exchange?.onClientDrain();
  };

  #onClosed = (): void => {
    const exchange = this.#exchange;
    this.#exchange = undefined;
    if (this.#state === 'released') return;
    this.#state = 'closing';
    exchange?.onClientGone();
  };
}

/** Of a request's body: one without a length comes in chunks. */
function framingOf(bodyLength: number | undefined): Framing {
  return bodyLength === undefined ? { kind: 'chunked' } : { kind: 'length', length: bodyLength };
}
