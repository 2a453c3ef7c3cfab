import type { IncomingMessage, ServerResponse } from 'node:http';
import type { HeaderPropagation } from '../header-propagation.js';
import { checkPropagation } from '../propagation-check.js';
import { Door } from './door.js';

type Next = (error?: unknown) => void;

/** What is used of a Fastify instance, of any version since 3. */
export interface FastifyLike {
  // biome-ignore lint/suspicious/noExplicitAny: each version of Fastify has types of its own
  addHook(name: any, hook: any): unknown;
}

/**
 * A Fastify plugin: `await fastify.register(captureFastify(propagation))`, for all routes of that instance.
 *
 * @throws HeaderPropagationError when it is something else
 */
export function captureFastify(
  propagation: HeaderPropagation,
): (fastify: FastifyLike, options: unknown, done: () => void) => void {
  checkPropagation(propagation, 'captureFastify');
  const door = new Door(propagation);
  const plugin = (fastify: FastifyLike, _options: unknown, done: () => void): void => {
    addHooks(fastify, door);
    done();
  };
  // What fastify-plugin does: the hooks are for the instance that registers it, not for one below it.
  return Object.assign(plugin, { [Symbol.for('skip-override')]: true });
}

/** The hooks of a Fastify instance. */
export function addHooks(fastify: FastifyLike, door: Door): void {
  const enter = (request: { raw: IncomingMessage }, reply: { raw: ServerResponse }, done: Next) =>
    door.enter(request.raw, reply.raw, done);
  fastify.addHook('onRequest', enter);
  // A body is read in the context of its socket, so what comes after it is entered again.
  fastify.addHook('preValidation', enter);
}
