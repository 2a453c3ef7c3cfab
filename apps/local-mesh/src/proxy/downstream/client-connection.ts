import type { Socket } from 'node:net';
import type { Client } from '../exchange/client.js';
import { Exchange } from '../exchange/exchange.js';
import { BodyDecoder } from '../http1/body-decoder.js';
import { HeadReader } from '../http1/head-reader.js';
import { OutputBuffer } from '../http1/output-buffer.js';
import { parseRequestHead, type RequestHead } from '../http1/request-head.js';
import { MalformedMessage } from '../http1/syntax.js';
import type { Runtime } from '../runtime.js';
import { connectAuthority, type Dialled, requestTarget } from '../target.js';
import { refusal, refusalBody, refusalRecord } from './refusal.js';
import { openTunnel, splice } from './tunnel.js';

/** `head`: a request is awaited; `exchange`: one is under way; `sniff`: after CONNECT, what comes is not known yet. */
type State = 'head' | 'exchange' | 'sniff' | 'tunnel' | 'closing';

/** A TLS handshake begins with this byte; no HTTP method does. */
const tlsHandshake = 0x16;
/** HTTP/2 with prior knowledge (gRPC through HTTP_PROXY) is passed on as bytes. */
const http2Preface = 'PRI * HTTP/2.0';
/** How long a client may go on sending after its connection was ended, so that it can read why. */
const lingerMs = 1000;

/** One client's connection: takes requests from it, one at a time, and starts an exchange for each. */
export class ClientConnection implements Client {
  readonly output: OutputBuffer;
  readonly address: string;
  readonly localAddress: string;
  readonly #heads: HeadReader;
  #state: State = 'head';
  #exchange: Exchange | undefined;
  #body: BodyDecoder | undefined;
  /** What came before it could be used: the next requests of a pipeline. */
  #backlog: Buffer | undefined;
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
    this.output = new OutputBuffer(socket);
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
    return (this.#state === 'head' && !this.#heads.started) || this.#state === 'sniff';
  }

  /** Closes it when it has been idle, or has been sending one head, for too long. */
  enforceLimits(now: number): void {
    const { idleTimeoutMs, requestHeadersTimeoutMs } = this.runtime.limits;
    const waited = now - this.#since;
    if (this.idle) {
      if (idleTimeoutMs > 0 && waited > idleTimeoutMs) this.socket.destroy();
    } else if (this.#state === 'head') {
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

  upgrade(peer: Socket, rest: Buffer, onClosed: () => void): void {
    this.#startTunnel();
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
      else if (this.#state === 'sniff') at = this.#sniff(chunk, at);
      else if (this.#state === 'exchange' && this.#body !== undefined && !this.#body.done) {
        at = this.#body.feed(chunk, at);
      } else if (!this.#startExchange()) break;
    }
    this.#startExchange();
    if (at < chunk.length && (this.#state === 'exchange' || this.#state === 'sniff')) {
      this.#keep(chunk.subarray(at));
    }
  }

  #takeHead(chunk: Buffer, from: number): number {
    if (!this.#heads.started) this.#since = performance.now();
    const text = this.#heads.read(chunk, from);
    if (text === undefined) return chunk.length;
    const at = this.#heads.next;
    const head = parseRequestHead(text, this.runtime.limits.maxHeaderCount);
    if (head.method === 'CONNECT') this.#connect(head, chunk.subarray(at));
    else this.#begin(head);
    return this.#state === 'tunnel' ? chunk.length : at;
  }

  #begin(head: RequestHead): void {
    const target = requestTarget(head, this.#dialled(head));
    const exchange = new Exchange(this.runtime, this, head, target);
    this.#state = 'exchange';
    this.#exchange = exchange;
    this.runtime.stats.requests++;
    this.runtime.stats.activeRequests++;
    const { framing } = head;
    const hasBody = framing.kind === 'chunked' || (framing.kind === 'length' && framing.length > 0);
    if (hasBody) this.#body = new BodyDecoder(framing, exchange);
    else exchange.onEnd([]);
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
    if (!target.startsWith('/')) return undefined;
    const { standsFor, hasListener } = this.runtime.options;
    return (standsFor ?? hasListener)?.(this.ownPort) ? { port: this.ownPort } : undefined;
  }

  #connect(head: RequestHead, rest: Buffer): void {
    if (this.#connectTarget !== undefined) throw new MalformedMessage(400, 'nested_connect');
    const target = connectAuthority(head.target);
    this.#connectTarget = target;
    this.output.text('HTTP/1.1 200 OK\r\n\r\n');
    this.output.flush();
    if (this.runtime.options.hasListener?.(target.port) === false) this.#tunnel(rest);
    else {
      this.#state = 'sniff';
      this.#since = performance.now();
    }
  }

  #sniff(chunk: Buffer, at: number): number {
    const isHttp2 = chunk.toString('latin1', at, at + http2Preface.length) === http2Preface;
    if (chunk[at] !== tlsHandshake && !isHttp2) {
      this.#state = 'head';
      return at;
    }
    this.#tunnel(chunk.subarray(at));
    return chunk.length;
  }

  #tunnel(first: Buffer): void {
    this.#startTunnel();
    const { host, port } = this.#connectTarget as { host: string; port: number };
    openTunnel(this.runtime, this.socket, { host, port, first, client: this.address });
  }

  #startTunnel(): void {
    this.#state = 'tunnel';
    this.socket.off('data', this.#onData).off('drain', this.#onDrain);
    this.socket.pause();
  }

  #keep(rest: Buffer): void {
    // A copy: the rest of a long read would keep all of it alive.
    this.#backlog = this.#backlog === undefined ? Buffer.from(rest) : Buffer.concat([this.#backlog, rest]);
    this.#applyFlow();
  }

  #applyFlow(): void {
    if (this.#state === 'tunnel') return;
    if (this.#bodyPaused || this.#backlog !== undefined) this.socket.pause();
    else if (this.socket.isPaused()) this.socket.resume();
  }

  #onMalformed(error: MalformedMessage): void {
    const exchange = this.#exchange;
    if (exchange !== undefined && exchange.response.status !== 0) {
      exchange.flags.push('DPE');
      this.destroy();
      exchange.onClientGone();
      return;
    }
    if (exchange !== undefined) {
      exchange.rejectBody(error);
      return;
    }
    this.#refuse(error.status, error.emptyBody ? '' : undefined, error.details);
  }

  #refuse(status: number, body?: string, details = 'request_header_timeout'): void {
    const text = refusalBody(status, body);
    this.output.text(refusal(status, text));
    this.output.flush();
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
