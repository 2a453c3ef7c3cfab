import { once } from 'node:events';
import {
  type ClientHttp2Session,
  type ClientHttp2Stream,
  createServer as createHttp2Server,
  type Http2Server,
  type ServerHttp2Session,
} from 'node:http2';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { sessionOver } from '../http2-client.js';
import { FrameReader, flags, frameType, statusOf } from '../http2-frames.js';
import type { Http2Exchange } from './exchanges.js';

/** What a proxy made of one exchange, line by line, with everything that differs from run to run replaced. */
export interface Http2Outcome {
  client: readonly string[];
  /** What the server got, whatever connections it came on. */
  server: readonly string[];
}

/** Nothing has come for so long: nothing more will. */
const quietMs = 250;
/** Where nothing is known that could be waited for. */
const unknownQuietMs = 600;
/** An outcome that is known is waited for, however slow the machine. */
const patienceMs = 10_000;

/** A server in HTTP/2 and one in HTTP/1.1 that answer as the exchange in play says. */
export class Http2Backend {
  readonly #http2: Http2Server = createHttp2Server({
    strictSingleValueFields: false,
    settings: { enableConnectProtocol: true },
  });
  readonly #http1: Server = createServer((socket) => this.#accept(socket));
  readonly #open = new Set<{ destroy(): void }>();
  #exchange: Http2Exchange | undefined;
  #seen = new Transcript();
  #answered = 0;

  constructor() {
    this.#http2.on('session', (session) => this.#take(session));
  }

  async listen(): Promise<this> {
    for (const server of [this.#http2, this.#http1]) {
      server.listen(0, '127.0.0.1');
      await once(server, 'listening');
    }
    return this;
  }

  get ports(): { http1: number; http2: number } {
    const [http1, http2] = [this.#http1, this.#http2].map((one) => (one.address() as AddressInfo).port);
    return { http1: http1 as number, http2: http2 as number };
  }

  async stop(): Promise<void> {
    for (const one of this.#open) one.destroy();
    await Promise.all([this.#http2, this.#http1].map((server) => new Promise((done) => server.close(done))));
  }

  /**
   * Plays one exchange against a proxy.
   * @param expected what is waited for; without it, until nothing more comes
   */
  async play(exchange: Http2Exchange, proxyPort: number, expected?: Http2Outcome): Promise<Http2Outcome> {
    this.#exchange = exchange;
    this.#seen = new Transcript();
    this.#answered = 0;
    const client = new Transcript();
    const socket = connect(proxyPort, '127.0.0.1').on('error', () => {});
    socket.once('close', () => client.add('closed'));
    const outcome = (): Http2Outcome => ({ client: client.lines, server: this.#seen.lines });
    begin(exchange, socket, client);
    for (const next of exchange.next ?? []) {
      await quiet(outcome, quietMs);
      socket.write(next);
    }
    const deadline = Date.now() + patienceMs;
    while (expected !== undefined && !isSameOutcome(outcome(), expected) && Date.now() < deadline) {
      await sleep(10);
    }
    await quiet(outcome, expected === undefined ? unknownQuietMs : quietMs);
    const result = outcome();
    socket.destroy();
    return result;
  }

  #take(session: ServerHttp2Session): void {
    this.#open.add(session);
    session.on('error', () => {});
    session.on('close', () => this.#open.delete(session));
    session.on('stream', (stream, _headers, flag, raw: string[]) => {
      const seen = this.#seen;
      seen.fields('request', raw);
      stream.on('error', () => {});
      stream.on('data', (data: Buffer) => seen.data(data));
      stream.on('trailers', (_trailers, _flags, trailers: string[]) => seen.fields('trailers', trailers));
      stream.on('close', () => {
        // Envoy says INTERNAL_ERROR then, and the local mesh CANCEL.
        if (stream.rstCode !== 0 && !stream.writableEnded) seen.add('given up');
      });
      const serve = this.#exchange?.serve ?? answerOk;
      serve(stream, { number: ++this.#answered, isComplete: (flag & flags.endStream) !== 0 });
    });
  }

  #accept(socket: Socket): void {
    this.#open.add(socket);
    socket.on('error', () => {});
    socket.on('close', () => this.#open.delete(socket));
    let pending = '';
    socket.on('data', (data) => {
      this.#seen.http1(data);
      pending += data.toString('latin1');
      if (!pending.includes('\r\n\r\n')) return;
      pending = '';
      const answers = this.#exchange?.answers ?? [];
      const answer = answers[Math.min(this.#answered++, answers.length - 1)];
      if (answer !== undefined) socket.write(answer, 'latin1');
    });
  }
}

export function isSameOutcome(one: Http2Outcome, other: Http2Outcome): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}

const answerOk: NonNullable<Http2Exchange['serve']> = (stream) => {
  stream.respond({ ':status': 200 });
  stream.end('ok');
};

async function quiet(outcome: () => Http2Outcome, forMs: number): Promise<void> {
  for (let before = ''; before !== JSON.stringify(outcome()); ) {
    before = JSON.stringify(outcome());
    await sleep(forMs);
  }
}

function begin(exchange: Http2Exchange, socket: Socket, seen: Transcript): void {
  if (exchange.ask !== undefined) {
    const session = sessionOver(socket);
    session.on('goaway', (code) => seen.add(`goaway ${code}`));
    watch(exchange.ask(session), session, seen);
    return;
  }
  socket.write(exchange.sent);
  if (typeof exchange.sent === 'string') {
    socket.on('data', (data) => seen.http1(data));
    return;
  }
  const reader = new FrameReader();
  socket.on('data', (data) => {
    for (const one of reader.read(data)) seen.frame(one);
  });
}

function watch(stream: ClientHttp2Stream, session: ClientHttp2Session, seen: Transcript): void {
  stream.on('headers', (_headers, _flags, raw: string[]) => seen.fields('informational', raw));
  stream.on('response', (_headers, _flags, raw: string[]) => seen.fields('answer', raw));
  stream.on('trailers', (_headers, _flags, raw: string[]) => seen.fields('trailers', raw));
  stream.on('data', (data: Buffer) => seen.data(data));
  stream.on('error', () => {});
  stream.on('close', () => {
    // A connection that is cut takes its streams with it: with which code, and before or after it, is Node's way of saying so, not the proxy's.
    if (session.destroyed) return;
    seen.add(stream.rstCode === 0 ? 'end' : `reset ${stream.rstCode}`);
  });
}

/** What one side got, in the order in which it came. */
class Transcript {
  readonly #lines: string[] = [];
  /** What the last line may still go on with. */
  #continues: 'data' | 'http1' | undefined;

  get lines(): readonly string[] {
    return this.#lines.map(normal);
  }

  add(line: string): void {
    this.#continues = undefined;
    this.#lines.push(line);
  }

  /** The order among pseudo-headers says nothing. */
  fields(kind: string, raw: readonly string[]): void {
    const lines: string[] = [];
    for (let i = 0; i < raw.length; i += 2) lines.push(`  ${raw[i]}: ${raw[i + 1]}`);
    const isPseudo = (line: string): boolean => line.startsWith('  :');
    const pseudo = lines.filter(isPseudo).sort();
    for (const line of [`${kind}:`, ...pseudo, ...lines.filter((line) => !isPseudo(line))]) this.add(line);
  }

  /** However it was cut. */
  data(data: Buffer): void {
    if (data.length === 0) return;
    const before = this.#continues === 'data' ? this.#lines.pop() : 'data: ';
    this.#lines.push(`${before}${data.toString('latin1')}`);
    this.#continues = 'data';
  }

  /** Lines of HTTP/1, however they were cut. */
  http1(data: Buffer): void {
    const before = this.#continues === 'http1' ? this.#lines.pop() : '';
    this.#lines.push(...`${before}${data.toString('latin1')}`.split('\r\n'));
    this.#continues = 'http1';
  }

  /** Of what a client of raw frames needs to know. */
  frame({
    type,
    flags: flag,
    stream,
    payload,
  }: {
    type: number;
    flags: number;
    stream: number;
    payload: Buffer;
  }): void {
    if (type === frameType.headers) this.add(`stream ${stream}: ${statusOf(payload) ?? 'trailers'}`);
    if (type === frameType.data && payload.length > 0) this.data(payload);
    if (type === frameType.resetStream) this.add(`stream ${stream}: reset ${payload.readUInt32BE(0)}`);
    if (type === frameType.goaway) this.add(`goaway ${payload.readUInt32BE(4)}`);
    if (type === frameType.ping) this.add(`ping answered`);
    const endsStream = type === frameType.headers || type === frameType.data;
    if (endsStream && (flag & flags.endStream) !== 0) this.add(`stream ${stream}: end`);
  }
}

/** Times, ids and long runs of one character replaced. */
function normal(line: string): string {
  return line
    .replace(/^( *date: ).*$/i, '$1<date>')
    .replace(/[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}/g, '<uuid>')
    .replace(/^( *x-envoy-upstream-service-time: )[0-9]+/i, '$1<ms>')
    .replace(/(.)\1{199,}/g, (run, character) => `<${character}*${run.length}>`);
}
