import { writeBody, writeLastChunk } from '../http1/body-encoder.js';
import { encodeResponseHead, type OutgoingResponse } from '../http1/message-encoder.js';
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

  /** A head with 1xx: the answer proper follows. Throws UnsendableHead, and nothing is written then. */
  informational(status: number, headers: readonly string[]): void {
    this.output.text(encodeResponseHead({ status, headers, framing: { kind: 'none' }, close: false }));
    this.output.flush();
  }

  /** Throws UnsendableHead, and nothing is written then. */
  head(response: OutgoingResponse): void {
    this.output.text(encodeResponseHead(response));
    const { status, framing, close } = response;
    this.status = status;
    this.announcedClose = close;
    this.#hasBody = this.requestMethod !== 'HEAD' && status !== 204 && status !== 304;
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

  /** False when the client takes no more for now. */
  flush(): boolean {
    return this.output.flush();
  }
}
