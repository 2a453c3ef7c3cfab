import { asciiLowerCase } from '../ascii.js';
import { dialledEndpoint } from '../cluster.js';
import type { ConnectionTarget } from '../compile/connection-chains.js';
import { dialledAddress } from '../compile/dialled-address.js';
import {
  type CompiledForward,
  contentsOf,
  type PortTable,
  type Route,
  type RouteTable,
  type TableContents,
  type Target,
  type VirtualHost,
} from '../compile/table.js';
import type { Dialled } from '../compile/tcp-listeners.js';
import type {
  Because,
  ClusterNotFound,
  Connect,
  Decision,
  DirectResponse,
  Forward,
  Redirect,
} from '../decision.js';
import { atEdge } from '../match/edge-request.js';
import { RequestView } from '../match/request-view.js';
import type { RouteRequest } from '../request.js';
import { connectTo } from './connect.js';
import { normalizePath } from './path-normalization.js';

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

/** A decision that no route took part in. */
type Unrouted = Exclude<Decision, { responseHeaders: unknown } | Connect>;

export function findRoute(contents: TableContents, request: RouteRequest): Found {
  const dialled = contents.tcp.has(request.port) ? dialledFor(contents, request) : undefined;
  const atOwn = dialled && contents.tcp.atOwnAddress(dialled);
  const direct = dialled && (atOwn === undefined ? contents.tcp.atBlock(dialled) : atOwn.find(dialled));
  if (direct !== undefined) return { kind: 'connection', target: direct };
  if (atOwn !== undefined) return withoutListener(contents, request);
  const virtualHost = virtualHostOf(contents, request);
  if (virtualHost === undefined && listenerOf(contents, request)?.shared !== true) {
    const target = dialled && contents.tcp.atAnyAddress(dialled);
    return target === undefined ? withoutListener(contents, request) : { kind: 'connection', target };
  }
  const target = targetOf(request, contents);
  if (target.kind !== 'target') return target;
  if (virtualHost === undefined) return unknownHost(contents, target.path);
  const view = viewOf(contents, request, target.path);
  const matched = virtualHost.routes.find(view);
  if (matched === undefined) return noRuleMatches(virtualHost, contents.hash);
  return { kind: 'found', route: matched, view, virtualHost };
}

/** A request of plain HTTP asks for no server name; a gateway passes TLS on by the name that it asks for. */
function dialledFor(contents: TableContents, { authority, port, address, tls }: RouteRequest): Dialled {
  const own = dialledAddress(contents, lookupName(authority), address);
  const isHttp = contents.mesh.gateway === undefined || tls === undefined;
  return { port, address, own, sni: isHttp ? undefined : tls?.serverName?.toLowerCase(), isHttp };
}

/**
 * The virtual host that a request for the authority meets on a port, where a listener lets it in. A sniffed port of a service with an
 * address has a listener of its own there, which takes every Host.
 */
export function virtualHostOf(contents: TableContents, request: Arrival): VirtualHost | undefined {
  const listener = listenerOf(contents, request);
  if (listener === undefined) return undefined;
  const { authority, address } = request;
  const sniffing = address === undefined ? undefined : contents.tcp.sniffingServiceAt(address, request.port);
  const own = sniffing === undefined ? undefined : listener.hosts.find(sniffing);
  if (own !== undefined) return own;
  const virtualHost = listener.hosts.find(lookupName(authority));
  const isReached = listener.shared || (virtualHost?.dedicated === true && address === undefined);
  return isReached ? virtualHost : undefined;
}

/** What of a request says which rules it meets. */
export type Arrival = Pick<RouteRequest, 'authority' | 'port' | 'address' | 'tls'>;

/** What listens on the port; at a gateway for TLS or for plain text, as the client speaks. */
function listenerOf({ ports, mesh }: TableContents, { port, tls }: Arrival): PortTable | undefined {
  const listener = ports.get(port);
  if (mesh.gateway === undefined) return listener;
  if (tls === undefined) return listener?.shared === true ? listener : undefined;
  const names = listener?.byServerName;
  return tls.serverName === undefined
    ? names?.findCovering('*')
    : names?.find(asciiLowerCase(tls.serverName));
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

/** The Host as the virtual hosts know it: any port cut off, in lower case. */
export function lookupName(authority: string): string {
  const colon = authority.lastIndexOf(':');
  const name = colon < 0 || authority.lastIndexOf(']') > colon ? authority : authority.slice(0, colon);
  return asciiLowerCase(name);
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

function withoutListener({ mesh, hash: rules }: TableContents, { path }: RouteRequest): Unrouted {
  if (mesh.gateway !== undefined)
    return { kind: 'blocked', through: 'tcp', because: { reason: 'no-server' }, rules };
  const because: Because = { reason: 'no-listener' };
  return mesh.outboundTrafficPolicy === 'ALLOW_ANY'
    ? { kind: 'pass-through', through: 'tcp', path, because, rules }
    : { kind: 'blocked', through: 'tcp', because, rules };
}

/** A gateway lets nobody through to where they were going. */
function unknownHost({ mesh, hash: rules }: TableContents, path: string): Unrouted {
  const because: Because = { reason: 'unknown-host' };
  if (mesh.gateway !== undefined) return { kind: 'no-route', because, rules };
  return mesh.outboundTrafficPolicy === 'ALLOW_ANY'
    ? { kind: 'pass-through', through: 'http', path, because, rules }
    : { kind: 'blocked', through: 'http', because, rules };
}

function noRuleMatches({ owner }: VirtualHost, rules: string): Unrouted {
  const because: Because = {
    reason: 'no-rule-matches',
    ...(owner !== undefined && { resource: owner.resource }),
  };
  return { kind: 'no-route', because, rules };
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
    const endpoint = dialledEndpoint(cluster, lookupName(authority), view.request.address);
    if (endpoint !== undefined) decision.endpoint = endpoint;
  }
  if (rewritten !== undefined) decision.originalPath = view.target;
  if (target.authority !== undefined) decision.originalHost = authority;
  return decision;
}
