import type { Redirect } from '../decision.js';
import { toBytes } from '../match/bytes.js';
import type { RequestView } from '../match/request-view.js';
import type { HttpMatchRequest, HttpRedirect } from '../resources/virtual-service.js';
import { replaceMatched } from './path-rewrite.js';
import type { RedirectAction } from './table.js';

const statuses: ReadonlyArray<Redirect['status']> = [301, 302, 303, 307, 308];

/**
 * Undefined for a code that Envoy has no redirect for: with it, it refuses the whole table, and validation says so.
 * @param port of the listener.
 */
export function compileRedirect(
  redirect: HttpRedirect,
  match: HttpMatchRequest | undefined,
  port: number,
): Pick<RedirectAction, 'status' | 'location'> | undefined {
  const status = redirectStatus(redirect);
  if (status === undefined) return undefined;
  const redirectPort = portOf(redirect, port);
  const path = pathOf(redirect, match);
  const authority = redirect.authority ? toBytes(redirect.authority) : undefined;
  return {
    status,
    location: (view) => {
      const scheme = redirect.scheme || view.request.scheme;
      const host = authority ?? requestHost(view, scheme, redirectPort !== '');
      return `${scheme}://${host}${redirectPort}${path(view.target)}`;
    },
  };
}

/** The code that Envoy answers with; undefined for one that it has no redirect for. */
export function redirectStatus({ redirectCode }: HttpRedirect): Redirect['status'] | undefined {
  return statuses.find((status) => status === (redirectCode || 301));
}

/** `:8443`; nothing for a scheme's own port, even where that leaves the port of the request (Istio, route.go ApplyRedirect). */
function portOf({ port, derivePort, scheme }: HttpRedirect, listenerPort: number): string {
  const chosen = port ?? (derivePort === 'FROM_REQUEST_PORT' ? listenerPort : 0);
  const usual = scheme === 'https' ? 443 : 80;
  return chosen === 0 || chosen === usual ? '' : `:${chosen}`;
}

function pathOf(
  { uri, prefixRewrite }: HttpRedirect,
  match: HttpMatchRequest | undefined,
): (target: string) => string {
  if (prefixRewrite) return replaceMatched(toBytes(prefixRewrite), match);
  if (!uri) return (target) => target;
  const path = toBytes(uri);
  return path.includes('?') ? () => path : (target) => path + queryOf(target);
}

function queryOf(target: string): string {
  const query = target.indexOf('?');
  return query < 0 ? '' : target.slice(query);
}

/** The request's Host; its port goes when another is set, or when it was the old scheme's own (Envoy, processRequestHost). */
function requestHost({ request }: RequestView, scheme: string, portIsSet: boolean): string {
  const { authority } = request;
  const colon = authority.startsWith('[') ? authority.lastIndexOf(']:') + 1 : authority.lastIndexOf(':');
  if (colon <= 0) return authority;
  const usual = request.scheme === 'https' ? ':443' : ':80';
  const needless = scheme !== request.scheme && authority.slice(colon) === usual;
  return portIsSet || needless ? authority.slice(0, colon) : authority;
}
