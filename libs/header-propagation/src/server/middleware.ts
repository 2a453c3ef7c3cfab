import type { IncomingMessage, ServerResponse } from 'node:http';
import type { HeaderPropagation } from '../header-propagation.js';
import { Door } from './door.js';

type Next = (error?: unknown) => void;

/**
 * A middleware for Express, Connect, or a bare `node:http` server: there,
 * `createServer((request, response) => capture(request, response, () => handle(request, response)))`.
 */
export function captureMiddleware(
  propagation: HeaderPropagation,
): (request: IncomingMessage, response: ServerResponse, next: Next) => void {
  return new Door(propagation).middleware;
}
