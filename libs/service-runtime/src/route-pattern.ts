import type { FastifyRequest } from 'fastify';

/** The pattern of the route that took the request (`/page`, never the raw path), or `unmatched`. */
export function routePattern(request: FastifyRequest): string {
  return request.routeOptions.url ?? 'unmatched';
}
