/** Where a request's body goes. */
export interface BodyReader {
  onBody(data: Buffer): void;
  onBodyEnd(trailers: readonly string[]): void;
}

/** Holds the client back. */
export interface BodySource {
  pauseBody(): void;
  resumeBody(): void;
}

/**
 * A request's body on its way: kept from its beginning, as long as it is short enough and could be needed again (a retry), and passed
 * to whoever reads it. While nobody reads, the client is held back.
 */
export class RequestBody {
  readonly #readers = new Set<BodyReader>();
  #kept: Buffer[] = [];
  #keptBytes = 0;
  #keeping = true;
  #trailers: readonly string[] | undefined;
  #bytes = 0;

  constructor(
    private readonly source: BodySource,
    private readonly maxKeptBytes: number,
  ) {}

  get complete(): boolean {
    return this.#trailers !== undefined;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** Whether a new reader would still get all of it. */
  get replayable(): boolean {
    return this.#keeping;
  }

  push(data: Buffer): void {
    this.#bytes += data.length;
    if (this.#keeping) this.#keep(data);
    if (this.#readers.size === 0) this.source.pauseBody();
    for (const reader of this.#readers) reader.onBody(data);
  }

  end(trailers: readonly string[]): void {
    this.#trailers = trailers;
    for (const reader of this.#readers) reader.onBodyEnd(trailers);
  }

  /** Gives a reader everything from the beginning, then what is still to come. */
  read(reader: BodyReader): void {
    this.#readers.add(reader);
    for (const data of this.#kept) reader.onBody(data);
    if (this.#trailers !== undefined) reader.onBodyEnd(this.#trailers);
    else this.source.resumeBody();
    if (this.#keptBytes > this.maxKeptBytes) this.release();
  }

  stop(reader: BodyReader): void {
    this.#readers.delete(reader);
  }

  /** It will not be read from its beginning again. */
  release(): void {
    this.#keeping = false;
    this.#kept = [];
    this.#keptBytes = 0;
  }

  #keep(data: Buffer): void {
    this.#kept.push(data);
    this.#keptBytes += data.length;
    // With nobody reading yet, what came must be kept; the client is already held back.
    if (this.#keptBytes > this.maxKeptBytes && this.#readers.size > 0) this.release();
  }
}
