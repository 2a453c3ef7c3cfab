import { toBytes } from '../bytes.js';
import type { RequestView } from '../match/request-view.js';
import type { RedirectAction } from '../model/action.js';
import type { Requirement } from '../model/requirement.js';
import { replaceMatched, type TargetChange } from './path-rewrite.js';

/**
 * The URL that a request is sent to.
 * @param listener the port that it was sent to, and whether requests come to it in TLS
 */
export function compileLocation(
  redirect: RedirectAction,
  requirements: readonly Requirement[],
  listener: { port: number; endsTls?: boolean },
): (view: RequestView) => string {
  const port = portText(redirect, listener);
  const changed = pathChange(redirect, requirements);
  const authority = redirect.authority === undefined ? undefined : toBytes(redirect.authority);
  return (view) => {
    const scheme = redirect.scheme ?? view.request.scheme;
    const host = authority ?? requestHost(view, scheme, port !== '');
    return `${scheme}://${host}${port}${withSlash(changed(view.target))}`;
  };
}

/** `:8443`; nothing for a scheme's own port, even where that leaves the port of the request (Istio, route.go ApplyRedirect). */
function portText(
  { port, scheme }: RedirectAction,
  { port: listenerPort, endsTls = false }: { port: number; endsTls?: boolean },
): string {
  const chosen = port === 'listener' ? listenerPort : (port ?? 0);
  const usual = (scheme ?? (endsTls ? 'https' : 'http')) === 'https' ? 443 : 80;
  return chosen === 0 || chosen === usual ? '' : `:${chosen}`;
}

function pathChange({ path }: RedirectAction, requirements: readonly Requirement[]): TargetChange {
  if (path === undefined) return (target) => target;
  if (path.kind === 'replace-matched') return replaceMatched(path.replacement, requirements);
  const replacement = toBytes(path.replacement);
  return replacement.includes('?') ? () => replacement : (target) => replacement + queryOf(target);
}

/** Envoy puts the slash that a rule has forgotten (case redirect-without-slash); without it the host would be another. */
function withSlash(target: string): string {
  return target.startsWith('/') ? target : `/${target}`;
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
