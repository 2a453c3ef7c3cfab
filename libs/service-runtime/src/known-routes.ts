import type { FastifyInstance, HTTPMethods } from 'fastify';
import FindMyWay, { type HTTPMethod } from 'find-my-way';

/** Remembers the routes of a Fastify instance, to tell an unknown path (404) from a wrong method (405). */
export class KnownRoutes {
  private readonly router = FindMyWay();
  private readonly methods = new Set<HTTPMethods>();

  /** Collects every route that is added from now on. */
  constructor(fastify: Pick<FastifyInstance, 'addHook'>) {
    fastify.addHook('onRoute', (route) => {
      for (const method of [route.method].flat()) this.add(method, route.url);
    });
  }

  /** The methods that a path takes; none when nothing is there. */
  methodsOf(url: string): string[] {
    const path = url.split('?', 1)[0] ?? url;
    return [...this.methods].filter((method) => this.router.find(method as HTTPMethod, path) !== null);
  }

  private add(method: HTTPMethods, url: string): void {
    this.methods.add(method);
    if (!this.router.hasRoute(method as HTTPMethod, url)) {
      this.router.on(method as HTTPMethod, url, () => undefined);
    }
  }
}
