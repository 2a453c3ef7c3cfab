import type { IncomingMessage } from 'node:http';
import type { HeaderPropagation, Reading } from '../header-propagation.js';

type Next = (error?: unknown) => void;

/** What is used of a Nest HTTP adapter. */
interface HttpAdapter {
  getType(): string;
  getInstance(): unknown;
  use(handler: (request: IncomingMessage, response: unknown, next: Next) => void): unknown;
}

interface FastifyInstance {
  addHook(
    name: 'onRequest' | 'preValidation',
    hook: (request: { raw: IncomingMessage }, reply: unknown, done: Next) => void,
  ): unknown;
}

/**
 * Captures at the door of the application, before its middleware, guards and routes.
 *
 * @param middleware whether the application has middleware of Nest's: Fastify runs those before its hooks
 */
export function captureRequests(
  adapter: HttpAdapter,
  propagation: HeaderPropagation,
  { middleware }: { readonly middleware: boolean },
): void {
  const fastify = adapter.getType() === 'fastify';
  const door = new Door(propagation);
  if (middleware || !fastify) adapter.use(door.middleware);
  if (fastify) captureOnFastify(adapter.getInstance() as FastifyInstance, door);
}

/** A middleware for Express, Connect or a bare `node:http` handler. */
export function captureMiddleware(propagation: HeaderPropagation) {
  return new Door(propagation).middleware;
}

/**
 * Captures each request once, however many of its hooks and middleware see it. What a request gave is kept on the
 * request itself: the context is no proof, since a server that was started inside one would pass it on, and a
 * WeakMap costs a tenth of a small route's throughput.
 */
class Door {
  readonly #key = Symbol('header-propagation');
  readonly #propagation: HeaderPropagation;

  constructor(propagation: HeaderPropagation) {
    this.#propagation = propagation;
  }

  readonly middleware = (request: IncomingMessage, _response: unknown, next: Next): void => {
    this.enter(request, next);
  };

  /** Runs what follows with what the request brought. */
  enter(request: IncomingMessage, next: Next): void {
    const keeper = request as unknown as Record<symbol, Reading | null | undefined>;
    let reading = keeper[this.#key];
    if (reading === undefined) {
      reading = this.#propagation.read(request.headers, request.url ?? '', request) ?? null;
      keeper[this.#key] = reading;
    }
    if (this.#propagation.isCurrent(reading ?? undefined)) next();
    else this.#propagation.runReading(reading ?? undefined, next);
  }
}

function captureOnFastify(fastify: FastifyInstance, door: Door): void {
  fastify.addHook('onRequest', ({ raw }, _reply, done) => door.enter(raw, done));
  // A body is read in the context of its socket, so what comes after it is entered again.
  fastify.addHook('preValidation', ({ raw }, _reply, done) => door.enter(raw, done));
}
