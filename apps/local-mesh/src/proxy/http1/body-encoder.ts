import { encodeTrailers } from './message-encoder.js';
import type { OutputBuffer } from './output-buffer.js';

/** How a body is written: as it is (its length was announced, or it ends with the connection) or in chunks. */
export function writeBody(output: OutputBuffer, data: Buffer, chunked: boolean): void {
  if (data.length === 0) return;
  if (!chunked) {
    output.bytes(data);
    return;
  }
  output.text(`${data.length.toString(16)}\r\n`);
  output.bytes(data);
  output.text('\r\n');
}

/** Ends a body in chunks; trailers are names and values in turn. */
export function writeLastChunk(output: OutputBuffer, trailers: readonly string[]): void {
  output.text(`0\r\n${encodeTrailers(trailers)}\r\n`);
}
