import type { HttpVersion } from '../message/request.js';
import type { OutgoingResponse } from '../message/response.js';
import { writeBody, writeLastChunk } from './body-encoder.js';
import { encodeResponse } from './message-encoder.js';
import type { OutputBuffer } from './output-buffer.js';

/** Writes one answer in HTTP/1.1 and counts it. */
export class Http1ResponseWriter {
  status = 0;
  bytesSent = 0;
  announcedClose = false;
  #chunked = false;
  #hasBody = true;

  constructor(
    private readonly output: OutputBuffer,
    private readonly request: { method: string; version: HttpVersion },
  ) {}

  /** HTTP/1.0 knows none. */
  informational(status: number, headers: readonly string[]): void {
    if (this.request.version === '1.0') return;
    const { head } = encodeResponse({ status, headers, bodyLength: 0, close: false }, this.request);
    this.output.text(head);
    this.output.flush();
  }

  head(response: OutgoingResponse): void {
    const { head, framing } = encodeResponse(response, this.request);
    this.output.text(head);
    const { status, close } = response;
    this.status = status;
    this.announcedClose = close;
    this.#hasBody = this.request.method !== 'HEAD' && status !== 204 && status !== 304;
    this.#chunked = framing.kind === 'chunked' && this.#hasBody;
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

  flush(): boolean {
    return this.output.flush();
  }
}
