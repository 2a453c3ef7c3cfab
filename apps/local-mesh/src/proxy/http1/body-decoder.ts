import type { BodySink } from '../message/body-sink.js';
import { MalformedMessage } from '../message/malformed-message.js';
import { allowedTrailers } from '../message/trailers.js';
import type { Framing } from './framing.js';
import { parseHeaderLines } from './syntax.js';

/** Enough for any chunk-size line with an extension that is not an attack. */
const maxLineBytes = 4096;
const maxTrailerBytes = 60 * 1024;
const lf = 0x0a;

type State = 'data' | 'size' | 'chunk-end' | 'trailers' | 'done';

/** Takes a body out of a connection's bytes. One for each message. */
export class BodyDecoder {
  #state: State;
  #left: number;
  #line = '';
  #trailerLines: string[] = [];
  #trailerBytes = 0;

  constructor(
    private readonly framing: Framing,
    private readonly sink: BodySink,
  ) {
    this.#state = framing.kind === 'chunked' ? 'size' : 'data';
    this.#left = framing.kind === 'length' ? framing.length : Number.POSITIVE_INFINITY;
  }

  get done(): boolean {
    return this.#state === 'done';
  }

  /** Feeds `chunk` from an index on; returns the index of the first byte that is not the body's. Throws MalformedMessage. */
  feed(chunk: Buffer, from: number): number {
    let at = from;
    while (at < chunk.length && this.#state !== 'done') {
      at = this.#state === 'data' ? this.#data(chunk, at) : this.#control(chunk, at);
    }
    return at;
  }

  /** The connection ended: only a body without a length is complete then. */
  finish(): boolean {
    if (this.framing.kind !== 'until-close' || this.done) return this.done;
    this.#end([]);
    return true;
  }

  #data(chunk: Buffer, at: number): number {
    const end = Math.min(chunk.length, at + this.#left);
    this.#left -= end - at;
    this.sink.onData(at === 0 && end === chunk.length ? chunk : chunk.subarray(at, end));
    if (this.#left === 0) {
      if (this.framing.kind === 'chunked') this.#state = 'chunk-end';
      else this.#end([]);
    }
    return end;
  }

  /** Reads up to the end of one line of the chunked coding. */
  #control(chunk: Buffer, at: number): number {
    const end = chunk.indexOf(lf, at);
    this.#line += chunk.toString('latin1', at, end < 0 ? chunk.length : end + 1);
    if (this.#line.length > (this.#state === 'trailers' ? maxTrailerBytes : maxLineBytes)) throw badChunk();
    if (end < 0) return chunk.length;
    const line = this.#line;
    this.#line = '';
    if (!line.endsWith('\r\n')) throw badChunk();
    this.#takeLine(line.slice(0, -2));
    return end + 1;
  }

  #takeLine(line: string): void {
    if (this.#state === 'chunk-end') {
      if (line !== '') throw badChunk();
      this.#state = 'size';
    } else if (this.#state === 'size') this.#takeSize(line);
    else this.#takeTrailer(line);
  }

  #takeSize(line: string): void {
    // At most 2^48 bytes; an extension is skipped, but not one with control characters in it.
    const size = /^0*([0-9A-Fa-f]{1,12})[\t ]*(?:;[\t\x20-\x7e\x80-\xff]*)?$/.exec(line);
    if (size === null) throw badChunk();
    this.#left = Number.parseInt(size[1] as string, 16);
    this.#state = this.#left === 0 ? 'trailers' : 'data';
  }

  #takeTrailer(line: string): void {
    if (line === '') {
      this.#end(allowedTrailers(parseHeaderLines(['', ...this.#trailerLines], 100)));
      return;
    }
    this.#trailerBytes += line.length;
    if (this.#trailerBytes > maxTrailerBytes) throw new MalformedMessage(431, 'http1.trailers_too_large');
    this.#trailerLines.push(line);
  }

  #end(trailers: readonly string[]): void {
    this.#state = 'done';
    this.sink.onEnd(trailers);
  }
}

function badChunk(): MalformedMessage {
  return new MalformedMessage(400, 'http1.codec_error');
}
