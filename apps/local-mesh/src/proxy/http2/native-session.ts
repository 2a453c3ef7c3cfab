import type { Http2Session, Http2Stream } from 'node:http2';

/** Node's name for the half of a session that is C++; nothing that it documents leads there. */
let handleSymbol: symbol | undefined;

/** A value is held until its key has been collected, and all that was collected with it. */
const heldByStream = new FinalizationRegistry<object>(() => {});
const heldForTwoTurns = new Set<object>();

/**
 * Keeps the C++ half of a session alive until none of its streams is left. Node.js lets go of it as soon as the session is
 * destroyed; a stream that still holds a header block of which the end never came then outlives the memory of that block, and
 * the assertion `current_nghttp2_memory_ == 0` aborts the process (`~Http2Session` in Node's src/node_http2.cc; nodejs/node#39951
 * is of the kind). Without this, every peer that breaks the protocol in the middle of a head may end the process.
 */
export class NativeSession {
  readonly #handle: object | undefined;

  /** @param session with its socket, which is connected */
  constructor(session: Http2Session) {
    const handle = handleOf(session);
    this.#handle = handle;
    if (handle === undefined) return;
    // For streams that were refused before anybody was told of them: nothing is read any more, and they are gone two turns later.
    session.once('close', () => {
      heldForTwoTurns.add(handle);
      setImmediate(() => setImmediate(() => heldForTwoTurns.delete(handle)));
    });
  }

  /** To be called with each stream, as soon as it is known. */
  outlive(stream: Http2Stream): void {
    // The C++ half of a stream refers to it, and so is never collected later.
    if (this.#handle !== undefined) heldByStream.register(stream, this.#handle);
  }
}

/** Undefined where Node.js calls it something else; a test tells. */
function handleOf(session: Http2Session): object | undefined {
  handleSymbol ??= Object.getOwnPropertySymbols(session).find(({ description }) => description === 'kHandle');
  return handleSymbol && (session as unknown as Record<symbol, object | undefined>)[handleSymbol];
}
