import type { IncomingMessage, ServerResponse } from 'node:http';
import type { HeaderPropagation } from '../header-propagation.js';
import type { Reading } from '../reading.js';

type Next = (error?: unknown) => void;

/**
 * Captures each request once, however many of its hooks and middleware see it. What a request gave is kept on the
 * request itself: the context does not prove it, since a server that was started inside one would pass it on, and a
 * WeakMap costs a tenth of a small route's throughput.
 */
export class Door {
  readonly #key = Symbol('header-propagation');
  readonly #propagation: HeaderPropagation;

  constructor(propagation: HeaderPropagation) {
    this.#propagation = propagation;
  }

  readonly middleware = (request: IncomingMessage, response: ServerResponse, next: Next): void => {
    this.enter(request, response, next);
  };

  /** Runs what follows with what the request brought. */
  enter(request: IncomingMessage, response: ServerResponse, next: Next): void {
    const keeper = request as unknown as Record<symbol, Reading | undefined>;
    let reading = keeper[this.#key];
    if (reading === undefined) {
      reading = this.#propagation.read(request.headers, request.url ?? '', request);
      keeper[this.#key] = reading;
      this.#propagation.copyToResponse(reading, response);
    }
    if (this.#propagation.isCurrent(reading)) next();
    else this.#propagation.runReading(reading, next);
  }
}
