import type { Socket } from 'node:net';
import { addressText } from '../address.js';
import type { Client } from '../exchange/client.js';
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
import { connectAuthority, type Dialled, requestTarget } from '../target.js';
import { Http2ClientConnection } from './http2-client-connection.js';
import { refusal, refusalRecord } from './refusal.js';
import { serverNameOf } from './server-name.js';
import { sniff, startsHttp2 } from './sniff.js';
import { connectionEstablished, dependsOnServerName, openTunnel, splice } from './tunnel.js';

/**
 * `start`: nothing has come yet, or too little to tell what it is; `head`: a request is awaited; `exchange`: one is under way; `connect`:
 * one to CONNECT is; `sniff`: after it, what comes is not known yet; `hello`: TLS comes, and the name that it asks for is awaited;
 * `http2`: the connection is another's to read.
 */
type State = 'start' | 'head' | 'exchange' | 'connect' | 'sniff' | 'hello' | 'http2' | 'tunnel' | 'closing';

/** More than enough for a request line that is short enough to be looked at before its head is complete. */
const maxStartBytes = 4096;
/** How long a client may go on sending after its connection was ended, so that it can read why. */
const lingerMs = 1000;

/** One client's connection: takes requests from it, one at a time, and starts an exchange for each. */
export class ClientConnection implements Client {
  readonly address: string;
  readonly localAddress: string;
  readonly #output: OutputBuffer;
  readonly #heads: HeadReader;
  #state: State = 'start';
  #http2: Http2ClientConnection | undefined;
  #exchange: Exchange | undefined;
  #body: BodyDecoder | undefined;
  /** What came before it could be used: the next requests of a pipeline. */
  #backlog: Buffer | undefined;
  /** The first bytes behind a CONNECT, too few to tell what they are. */
  #unsniffed: Buffer | undefined;
  #bodyPaused = false;
  #consuming = false;
  /** Where a CONNECT led to; its port is the one dialled. */
  #connectTarget: { host: string; port: number } | undefined;
  /** When the connection became idle, or a head was begun; milliseconds of performance.now(). */
  #since = performance.now();
  /** Bytes in and out when they were last looked at. */
  #moved = 0;

  constructor(
    private readonly runtime: Runtime,
    readonly socket: Socket,
    private readonly ownPort: number,
  ) {
    this.#output = new OutputBuffer(socket);
    this.#heads = new HeadReader(runtime.limits.maxHeaderBytes);
    this.address = `${socket.remoteAddress}:${socket.remotePort}`;
    this.localAddress = socket.localAddress ?? '';
    socket.on('data', this.#onData);
    socket.on('drain', this.#onDrain);
    socket.on('end', this.#onClosed);
    socket.on('close', this.#onClosed);
    socket.on('error', this.#onClosed);
  }

  get idle(): boolean {
    if (this.#http2 !== undefined) return this.#http2.idle;
    if (this.#state === 'head') return !this.#heads.started;
    return this.#isUnsniffed && this.#unsniffed === undefined;
  }

  /** Nothing has told yet what it is. */
  get #isUnsniffed(): boolean {
    return this.#state === 'start' || this.#state === 'sniff' || this.#state === 'hello';
  }

  /** Closes it when it has been idle, or has been sending one head, for too long. */
  enforceLimits(now: number): void {
    if (this.#http2 !== undefined) {
      this.#http2.enforceLimits(now);
      return;
    }
    const { idleTimeoutMs, requestHeadersTimeoutMs } = this.runtime.limits;
    const waited = now - this.#since;
    if (this.idle) {
      if (idleTimeoutMs > 0 && waited > idleTimeoutMs) this.socket.destroy();
    } else if (this.#state === 'sniff' || this.#state === 'hello') {
      if (requestHeadersTimeoutMs > 0 && waited > requestHeadersTimeoutMs) this.socket.destroy();
    } else if (this.#state === 'head' || this.#state === 'start') {
      if (requestHeadersTimeoutMs > 0 && waited > requestHeadersTimeoutMs) {
        this.#refuse(408, 'request header timeout');
      }
    } else this.#enforceStreamLimit(now);
  }

  #enforceStreamLimit(now: number): void {
    const { streamIdleTimeoutMs } = this.runtime.limits;
    const moved = this.socket.bytesRead + this.socket.bytesWritten;
    if (moved !== this.#moved) {
      this.#moved = moved;
      this.#since = now;
    } else if (streamIdleTimeoutMs > 0 && now - this.#since > streamIdleTimeoutMs) {
      if (this.#exchange === undefined) this.socket.destroy();
      else this.#exchange.onStreamIdle();
    }
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

  /** Ends it when nothing is under way on it, else tells the client that it ends with what is. */
  drain(): void {
    if (this.idle) this.destroy();
    else this.#http2?.drain();
  }

  destroy(): void {
    this.#http2?.destroy();
    this.#state = 'closing';
    this.socket.destroy();
  }

  upgrade(peer: Socket, rest: Buffer, onClosed: () => void): void {
    this.#release('tunnel');
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
      else if (this.#state === 'start') at = this.#takeStart(chunk);
      else if (this.#state === 'sniff') at = this.#sniff(chunk, at);
      else if (this.#state === 'hello') at = this.#awaitHello(chunk, at);
      else if (this.#state === 'exchange' && this.#body !== undefined && !this.#body.done) {
        at = this.#body.feed(chunk, at);
      } else if (this.#state === 'connect' || !this.#startExchange()) break;
    }
    this.#startExchange();
    if (at < chunk.length && (this.#state === 'exchange' || this.#state === 'connect')) {
      this.#keep(chunk.subarray(at));
    }
  }

  /** The proxy itself is asked in HTTP/1 or HTTP/2. */
  #takeStart(chunk: Buffer): number {
    const first = this.#firstBytes(chunk);
    const isHttp2 = startsHttp2(first);
    if (isHttp2 === 'unknown') this.#unsniffed = Buffer.from(first);
    else if (isHttp2) this.#serveHttp2(first);
    else {
      this.#state = 'head';
      this.#consumeFrom(first);
    }
    return chunk.length;
  }

  #firstBytes(chunk: Buffer): Buffer {
    if (this.#unsniffed === undefined) return chunk;
    const first = Buffer.concat([this.#unsniffed, chunk]);
    this.#unsniffed = undefined;
    return first;
  }

  #serveHttp2(first: Buffer): void {
    const { address, localAddress } = this;
    this.#release('http2');
    const info = { address, localAddress, dialled: this.#connectTarget ?? this.#standsFor() };
    this.#http2 = new Http2ClientConnection(this.runtime, this.socket, info, first);
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
    if (head.method === 'CONNECT') this.#connect(head, chunk.subarray(at));
    else this.#begin(head);
    return this.#state === 'tunnel' ? chunk.length : at;
  }

  #begin(head: RequestHead): void {
    const target = requestTarget(head, this.#dialled(head));
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

  /** A request in origin form to a proxy that stands for a sidecar's own listener was dialled to that listener's port. */
  #dialled({ target }: RequestHead): Dialled | undefined {
    if (this.#connectTarget !== undefined) return this.#connectTarget;
    return target.startsWith('/') ? this.#standsFor() : undefined;
  }

  #standsFor(): Dialled | undefined {
    const { standsFor, hasListener, gatewayPort } = this.runtime.options;
    const served = gatewayPort?.();
    if (served !== undefined) return { port: served };
    return (standsFor ?? hasListener)?.(this.ownPort) ? { port: this.ownPort } : undefined;
  }

  #connect(head: RequestHead, rest: Buffer): void {
    if (this.#connectTarget !== undefined) throw new MalformedMessage(404, 'route_not_found', true);
    const target = connectAuthority(head.target);
    this.#connectTarget = target;
    if (this.runtime.options.hasListener?.(target.port) === false) {
      // A server may be the first to speak, so it is not waited for the client where that changes nothing.
      if (!dependsOnServerName(this.runtime, target)) this.#tunnel(rest, false);
      else this.#established('hello');
      return;
    }
    this.#state = 'connect';
    this.#leadsNowhere(target).then(
      (nowhere) => this.#answerConnect(nowhere),
      // A fault of the engine's: each request behind it gets its own answer.
      () => this.#answerConnect(false),
    );
  }

  #answerConnect(nowhere: boolean): void {
    if (this.#state !== 'connect') return;
    if (nowhere) {
      this.#refuse(503, 'DNS resolution failure', 'dns_resolution_failure');
      return;
    }
    this.#established('sniff');
    const backlog = this.#backlog;
    this.#backlog = undefined;
    this.#applyFlow();
    if (backlog !== undefined) this.#consume(backlog);
  }

  #established(state: 'sniff' | 'hello'): void {
    this.#output.text(connectionEstablished);
    this.#output.flush();
    this.#state = state;
    this.#since = performance.now();
  }

  /** Whether no rule knows a host, and no resolver either: then it is better said now than by a tunnel that ends at once. */
  async #leadsNowhere({ host, port }: { host: string; port: number }): Promise<boolean> {
    const { options, lookup } = this.runtime;
    if (options.resolve?.(host, port) !== undefined) return false;
    const authority = addressText({ host, port });
    const request = { method: 'GET', scheme: 'http', authority, port, path: '/', headers: [] } as const;
    if (options.route(request, 0).kind !== 'pass-through') return false;
    return !(await lookup(host));
  }

  #sniff(chunk: Buffer, at: number): number {
    const first = this.#firstBytes(chunk.subarray(at));
    switch (sniff(first)) {
      case 'unknown':
        this.#unsniffed = Buffer.from(first);
        break;
      case 'other':
        this.#takeHello(first);
        break;
      case 'http2':
        this.#serveHttp2(first);
        break;
      case 'http':
        this.#state = 'head';
        this.#consumeFrom(first);
    }
    return chunk.length;
  }

  #awaitHello(chunk: Buffer, at: number): number {
    this.#takeHello(this.#firstBytes(chunk.subarray(at)));
    return chunk.length;
  }

  #takeHello(first: Buffer): void {
    const sni = serverNameOf(first);
    if (sni === undefined) {
      this.#state = 'hello';
      this.#unsniffed = Buffer.from(first);
    } else this.#tunnel(first, true, sni);
  }

  #tunnel(first: Buffer, answered: boolean, sni?: string | null): void {
    this.#release('tunnel');
    const { host, port } = this.#connectTarget as { host: string; port: number };
    const client = this.address;
    openTunnel(this.runtime, this.socket, {
      ...{ host, port, first, answered, client },
      ...(sni !== undefined && { sni }),
    });
  }

  /** The socket is another's to read from now on. */
  #release(state: 'tunnel' | 'http2'): void {
    this.#state = state;
    this.socket.off('data', this.#onData).off('drain', this.#onDrain);
    this.socket.pause();
  }

  #keep(rest: Buffer): void {
    // A copy: the rest of a long read would keep all of it alive.
    this.#backlog = this.#backlog === undefined ? Buffer.from(rest) : Buffer.concat([this.#backlog, rest]);
    this.#applyFlow();
  }

  #applyFlow(): void {
    if (this.#state === 'tunnel' || this.#state === 'http2') return;
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
    this.#refuse(error.status, error.emptyBody ? '' : undefined, error.details);
  }

  #refuse(status: number, body?: string, details = 'request_header_timeout'): void {
    // Envoy answers what its parser refuses with the status' own words.
    const text = body ?? reasonPhrase(status);
    this.#output.text(refusal(status, text));
    this.#output.flush();
    this.#linger();
    this.runtime.stats.requests++;
    this.runtime.options.onComplete?.(refusalRecord(this.address, status, text.length, details));
  }

  #linger(): void {
    this.#state = 'closing';
    this.#backlog = undefined;
    this.socket.end();
    this.socket.resume();
    setTimeout(() => this.socket.destroy(), lingerMs).unref();
  }

  #onDrain = (): void => {
    this.#exchange?.onClientDrain();
  };

  #onClosed = (): void => {
    const exchange = this.#exchange;
    this.#exchange = undefined;
    if (this.#state === 'tunnel') return;
    this.#state = 'closing';
    exchange?.onClientGone();
  };
}

/** Of a request's body: one without a length comes in chunks. */
function framingOf(bodyLength: number | undefined): Framing {
  return bodyLength === undefined ? { kind: 'chunked' } : { kind: 'length', length: bodyLength };
}
