import { statusLine } from '../headers/response-headers.js';
import { writeBody, writeLastChunk } from '../http1/body-encoder.js';
import type { OutputBuffer } from '../http1/output-buffer.js';

/** Writes one answer to the client and counts it. */
export class ResponseWriter {
  /** 0 until the head was written. */
  status = 0;
  bytesSent = 0;
  /** The client was told that its connection ends after this answer. */
  announcedClose = false;
  #chunked = false;
  #hasBody = true;

  constructor(
    private readonly output: OutputBuffer,
    private readonly requestMethod: string,
  ) {}

  /** A head with 1xx: the answer proper follows. */
  informational(status: number, headers: readonly string[]): void {
    this.output.text(headText(status, headers, ''));
    this.output.flush();
  }

  /** `framing`: whether the headers announce the body's length, or it goes out in chunks. */
  head(status: number, headers: readonly string[], framing: 'length' | 'chunked', close: boolean): void {
    this.status = status;
    this.announcedClose = close;
    this.#hasBody = this.requestMethod !== 'HEAD' && status !== 204 && status !== 304;
    this.#chunked = framing === 'chunked' && this.#hasBody;
    let ending = this.#chunked ? 'transfer-encoding: chunked\r\n' : '';
    if (close) ending += 'connection: close\r\n';
    this.output.text(headText(status, headers, ending));
  }

  data(data: Buffer): void {
    if (!this.#hasBody) return;
    this.bytesSent += data.length;
    writeBody(this.output, data, this.#chunked);
  }

  end(trailers: readonly string[]): void {
    if (this.#chunked) writeLastChunk(this.output, trailers);
    this.output.flush();
  }

  /** False when the client takes no more for now. */
  flush(): boolean {
    return this.output.flush();
  }
}

function headText(status: number, headers: readonly string[], ending: string): string {
  let text = statusLine(status);
  for (let i = 0; i < headers.length; i += 2) {
    // Neither may be announced for an answer that has no body at all.
    if ((status === 204 || status < 200) && headers[i] === 'content-length') continue;
    text += `${headers[i]}: ${headers[i + 1]}\r\n`;
  }
  return `${text}${ending}\r\n`;
}
