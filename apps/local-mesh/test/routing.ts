import type { Routing } from '../src/proxy/options.js';

/** Decides about requests alone: no tunnel leads anywhere. */
export function routingOf(route: Routing['route']): Routing {
  return {
    route,
    routeConnection: () => ({
      kind: 'blocked',
      through: 'tcp',
      because: { reason: 'no-listener' },
      rules: '',
    }),
    routeHttpConnection: () => ({ kind: 'by-request' }),
  };
}
