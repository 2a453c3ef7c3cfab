import type { IncomingMessage, ServerResponse } from 'node:http';
import type { HeaderPropagation } from '../header-propagation.js';
import { Door } from '../server/door.js';
import { addHooks, type FastifyLike } from '../server/fastify.js';

/** What is used of a Nest HTTP adapter. */
interface HttpAdapter {
  getType(): string;
  getInstance(): unknown;
  use(handler: (request: IncomingMessage, response: ServerResponse, next: () => void) => void): unknown;
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
  if (fastify) addHooks(adapter.getInstance() as FastifyLike, door);
}
