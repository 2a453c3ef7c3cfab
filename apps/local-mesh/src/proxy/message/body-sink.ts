/** Receives a body as it arrives. */
export interface BodySink {
  onData(data: Buffer): void;
  /** Trailers that may go on: names and values in turn. */
  onEnd(trailers: readonly string[]): void;
}
