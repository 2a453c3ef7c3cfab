import { dialledEndpoint } from '../cluster.js';
import type { ConnectionTarget } from '../compile/connection-chains.js';
import {
  type CompiledForward,
  contentsOf,
  type Route,
  type RouteTable,
  type TableContents,
  type Target,
  type VirtualHost,
} from '../compile/table.js';
import type { Because, ClusterNotFound, Decision, DirectResponse, Forward, Redirect } from '../decision.js';
import { atEdge } from '../match/edge-request.js';
import { RequestView } from '../match/request-view.js';
import type { RouteRequest } from '../request.js';
import { lookupName, sniffingServiceOf, takerOf, virtualHostOf } from './arrival.js';
import { connectTo } from './connect.js';
import { normalizePath } from './path-normalization.js';
import { noRuleMatches, type Unrouted, unknownHost, withoutListener } from './unrouted.js';

/**
 * What a sidecar would do with the request.
 * @param draw in [0,1): where it falls among the weights picks the destination.
 */
export function route(table: RouteTable, request: RouteRequest, draw: number): Decision {
  const contents = contentsOf(table);
  return decide(findRoute(contents, request), draw, contents.hash);
}

/** A route that matched, with the request as it was matched; or the decision where none did. */
export type Found = FoundRoute | FoundConnection | Unrouted;

export interface FoundRoute {
  kind: 'found';
  route: Route;
  view: RequestView;
  virtualHost: VirtualHost;
}

/** Nobody looks into the request: its bytes are passed on. */
export interface FoundConnection {
  kind: 'connection';
  target: ConnectionTarget;
}

/** The first route that holds for a request, before chance is asked; or why there is none. */
export function findRoute(contents: TableContents, request: RouteRequest): Found {
  const virtualHost = virtualHostOf(contents, request);
  const taker = takerOf(contents, request, virtualHost);
  if (taker === 'nothing') return withoutListener(contents, request.path);
  if (taker !== 'routes') return { kind: 'connection', target: taker };
  const target = targetOf(request, contents);
  if (target.kind !== 'target') return target;
  if (virtualHost === undefined) {
    // A sniffed port's listener is for one service alone: there are no strangers (recorded: `scope-entry-beside-sniffed-service`).
    const isForOne = sniffingServiceOf(contents, request) !== undefined;
    return isForOne ? withoutRoute(contents.hash) : unknownHost(contents, target.path);
  }
  const view = viewOf(contents, request, target.path);
  const matched = virtualHost.routes.find(view);
  if (matched === undefined) return noRuleMatches(virtualHost, contents.hash);
  return { kind: 'found', route: matched, view, virtualHost };
}

/** The request as rules look at it. */
export function viewOf(
  { mesh, repeatedHeaders }: TableContents,
  request: RouteRequest,
  target: string,
): RequestView {
  const seen = mesh.gateway === undefined ? request : atEdge(request);
  return new RequestView(seen, target, repeatedHeaders);
}

/** The normalized target; CONNECT and `OPTIONS *` have none that a route could match. */
function targetOf(
  { method, path }: RouteRequest,
  { hash: rules, mesh }: TableContents,
): { kind: 'target'; path: string } | Unrouted {
  const because: Because = { reason: 'malformed-target' };
  if (method === 'CONNECT' || (method === 'OPTIONS' && path === '*'))
    return { kind: 'no-route', because, rules };
  if (path !== '' && !path.startsWith('/'))
    return { kind: 'bad-request', body: 'Bad Request', because, rules };
  const normal = normalizePath(path, mesh.pathNormalization);
  return normal === undefined
    ? { kind: 'bad-request', body: '', because, rules }
    : { kind: 'target', path: normal };
}

function withoutRoute(rules: string): Unrouted {
  return { kind: 'no-route', because: { reason: 'unknown-host' }, rules };
}

/** @param rules the hash of the table. */
export function decide(found: Found, draw: number, rules: string): Decision {
  switch (found.kind) {
    case 'found':
      return decideRoute(found, draw, rules);
    case 'connection':
      return connectTo(found.target, draw, rules);
    default:
      return found;
  }
}

function decideRoute({ route, view }: FoundRoute, draw: number, rules: string): Decision {
  const decision = decideAction(route, view, draw, rules);
  // Assigned, not spread: an object literal with spreads costs several times as much, and this is made for each request.
  if (route.fault !== undefined) decision.fault = route.fault;
  if (route.cors !== undefined) decision.cors = route.cors;
  return decision;
}

function decideAction(
  { action, because }: Route,
  view: RequestView,
  draw: number,
  rules: string,
): Forward | ClusterNotFound | Redirect | DirectResponse {
  switch (action.kind) {
    case 'redirect': {
      const { status, responseHeaders } = action;
      return { kind: 'redirect', status, location: action.location(view), because, rules, responseHeaders };
    }
    case 'direct-response':
      return { ...action, ...locationOf(action.status, view), because, rules };
    case 'forward':
      return forward(action, pickTarget(action.targets, draw), view, rules);
  }
}

function locationOf(status: number, { request, target }: RequestView): { location?: string } {
  if (status !== 201 && (status < 300 || status > 399)) return {};
  return { location: `${request.scheme}://${request.authority}${target}` };
}

/** Walks the destinations in their listed order, as Envoy does. */
export function pickTarget(targets: readonly Target[], draw: number): Target {
  const last = targets.length - 1;
  for (let index = 0; index < last; index++) {
    const target = targets[index] as Target;
    if (draw < target.upperBound) return target;
  }
  return targets[last] as Target;
}

function forward(
  action: CompiledForward,
  target: Target,
  view: RequestView,
  rules: string,
): Forward | ClusterNotFound {
  const { because, responseHeaders, cluster, clusterName } = target;
  if (cluster === undefined)
    return {
      kind: 'cluster-not-found',
      status: action.missing,
      clusterName,
      because,
      rules,
      responseHeaders,
    };
  const authority = target.authorityBefore ?? view.request.authority;
  const rewritten = action.rewritePath?.(view.target);
  const decision: Forward = {
    kind: 'forward',
    cluster,
    because,
    rules,
    path: rewritten ?? view.target,
    authority: target.authority ?? authority,
    requestHeaders: target.requestHeaders,
    responseHeaders,
    timeoutMs: action.timeoutMs,
    retry: action.retry,
    mirrors: action.mirrors,
  };
  if (cluster.headless === true) {
    const endpoint = dialledEndpoint(cluster, lookupName(authority), view.request);
    if (endpoint !== undefined) decision.endpoint = endpoint;
  }
  if (rewritten !== undefined) decision.originalPath = view.target;
  if (target.authority !== undefined) decision.originalHost = authority;
  return decision;
}
