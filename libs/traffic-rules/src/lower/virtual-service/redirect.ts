import type { RedirectAction } from '../../model/action.js';
import type { HttpRedirect } from '../../resources/virtual-service.js';

const statuses: ReadonlyArray<RedirectAction['status']> = [301, 302, 303, 307, 308];

/** Undefined for a code that Envoy has no redirect for: with it, it refuses the whole table, and validation says so. */
export function redirectOf(redirect: HttpRedirect): Omit<RedirectAction, 'responseHeaders'> | undefined {
  const status = statuses.find((known) => known === (redirect.redirectCode || 301));
  if (status === undefined) return undefined;
  const { scheme, authority, derivePort } = redirect;
  const port = redirect.port ?? (derivePort === 'FROM_REQUEST_PORT' ? 'listener' : undefined);
  const path = pathOf(redirect);
  return {
    kind: 'redirect',
    status,
    ...(scheme && { scheme }),
    ...(authority && { authority }),
    ...(port !== undefined && { port }),
    ...(path !== undefined && { path }),
  };
}

function pathOf({ uri, prefixRewrite }: HttpRedirect): RedirectAction['path'] {
  if (prefixRewrite) return { kind: 'replace-matched', replacement: prefixRewrite };
  return uri ? { kind: 'replace-path', replacement: uri } : undefined;
}
