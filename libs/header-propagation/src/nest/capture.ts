import type { IncomingMessage } from 'node:http';
import type { Captured } from '../captured.js';
import type { HeaderPropagation } from '../header-propagation.js';

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
  const captures: Captures = new WeakMap();
  if (middleware || !fastify) adapter.use(captureMiddleware(propagation, captures));
  if (fastify) captureOnFastify(adapter.getInstance() as FastifyInstance, propagation, captures);
}

/** What each request gave. The context is not asked: a server that was started inside one would pass it on. */
type Captures = WeakMap<IncomingMessage, Captured>;

/** A middleware for Express, Connect or a bare `node:http` handler. */
export function captureMiddleware(propagation: HeaderPropagation, captures: Captures = new WeakMap()) {
  return (request: IncomingMessage, _response: unknown, next: Next): void => {
    propagation.run(captureOnce(request, propagation, captures), next);
  };
}

function captureOnce(request: IncomingMessage, propagation: HeaderPropagation, captures: Captures): Captured {
  const before = captures.get(request);
  if (before !== undefined) return before;
  const captured = propagation.extractLowerCase(request.headers, request.url ?? '', request);
  captures.set(request, captured);
  return captured;
}

function captureOnFastify(
  fastify: FastifyInstance,
  propagation: HeaderPropagation,
  captures: Captures,
): void {
  fastify.addHook('onRequest', ({ raw }, _reply, done) => {
    propagation.run(captureOnce(raw, propagation, captures), done);
  });
  // A body is read in the context of its socket, so what comes after it is entered again.
  fastify.addHook('preValidation', ({ raw }, _reply, done) => {
    const captured = captures.get(raw);
    if (captured === undefined || propagation.captured() === captured) done();
    else propagation.run(captured, done);
  });
}
