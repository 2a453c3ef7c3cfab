import type { IncomingMessage, ServerResponse } from 'node:http';
import type { HeaderPropagation } from '../header-propagation.js';
import { checkPropagation } from '../propagation-check.js';
import { Door } from './door.js';

type Next = (error?: unknown) => void;

/**
 * A middleware for Express, Connect, or a bare `node:http` server: there,
 * `createServer((request, response) => capture(request, response, () => handle(request, response)))`.
 *
 * @throws HeaderPropagationError when it is something else
 */
export function captureMiddleware(
  propagation: HeaderPropagation,
): (request: IncomingMessage, response: ServerResponse, next: Next) => void {
  checkPropagation(propagation, 'captureMiddleware');
  return new Door(propagation).middleware;
}
