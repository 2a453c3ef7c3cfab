import type { Resources } from './resources.js';

/** The requests that wait for a connection, in the order in which they came; the cluster's limit counts each of them. */
export class WaitingStreams<Stream> {
  readonly #streams: Stream[] = [];

  constructor(private readonly resources: Resources) {}

  get length(): number {
    return this.#streams.length;
  }

  /** The one that has waited longest. */
  get first(): Stream | undefined {
    return this.#streams[0];
  }

  /** All of them now; who goes meanwhile stays in this list. */
  get all(): readonly Stream[] {
    return [...this.#streams];
  }

  /** @returns whether the limit left room for it */
  add(stream: Stream): boolean {
    if (!this.resources.hasRoom('pendingRequests')) return false;
    this.resources.take('pendingRequests');
    this.#streams.push(stream);
    return true;
  }

  /** It waits no more. @returns whether it did */
  remove(stream: Stream): boolean {
    const index = this.#streams.indexOf(stream);
    if (index < 0) return false;
    this.#streams.splice(index, 1);
    this.resources.giveBack('pendingRequests');
    return true;
  }
}
