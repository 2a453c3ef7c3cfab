import { asciiLowerCase } from '../compile/host-name.js';
import type { ForwardAction, PortTable, Route, RouteTable, Target, VirtualHost } from '../compile/table.js';
import type { Because, Decision } from '../decision.js';
import { RequestView } from '../match/request-view.js';
import type { RouteRequest } from '../request.js';
import { normalizePath } from './path-normalization.js';

/**
 * What a sidecar would do with the request.
 * @param draw in [0,1): where it falls among the weights picks the destination.
 */
export function route(table: RouteTable, request: RouteRequest, draw: number): Decision {
  const found = findRoute(table, request);
  return found.kind === 'found' ? decide(found.route, found.view, draw) : found;
}

/** A route that matched, with the request as it was matched; or the decision where none did. */
export type Found =
  | { kind: 'found'; route: Route; view: RequestView; virtualHost: VirtualHost }
  | Exclude<Decision, { responseHeaders: unknown }>;

export function findRoute(table: RouteTable, request: RouteRequest): Found {
  const listener = table.ports.get(request.port);
  const virtualHost = listener?.hosts.find(lookupName(request.authority));
  if (listener === undefined || !reaches(listener, virtualHost)) return withoutListener(table, request);
  const target = targetOf(request);
  if (target.kind !== 'target') return target;
  if (virtualHost === undefined) return unknownHost(table, target.path);
  const view = new RequestView(request, target.path, table.repeatedHeaders);
  const matched = virtualHost.routes.find(view);
  if (matched === undefined) return noRuleMatches(virtualHost);
  return { kind: 'found', route: matched, view, virtualHost };
}

/** The Host as the virtual hosts know it: any port cut off, in lower case. */
export function lookupName(authority: string): string {
  const colon = authority.lastIndexOf(':');
  const name = colon < 0 || authority.lastIndexOf(']') > colon ? authority : authority.slice(0, colon);
  return asciiLowerCase(name);
}

function reaches({ shared }: PortTable, virtualHost: VirtualHost | undefined): boolean {
  return shared || virtualHost?.dedicated === true;
}

/** A decision that no route took part in. */
type Unrouted = Exclude<Found, { kind: 'found' }>;

/** The normalized target; CONNECT and `OPTIONS *` have none that a route could match. */
function targetOf({ method, path }: RouteRequest): { kind: 'target'; path: string } | Unrouted {
  const because: Because = { reason: 'malformed-target' };
  if (method === 'CONNECT' || (method === 'OPTIONS' && path === '*')) return { kind: 'no-route', because };
  if (path !== '' && !path.startsWith('/')) return { kind: 'bad-request', body: 'Bad Request', because };
  const normal = normalizePath(path);
  return normal === undefined ? { kind: 'bad-request', body: '', because } : { kind: 'target', path: normal };
}

function withoutListener({ workload }: RouteTable, { path }: RouteRequest): Unrouted {
  const because: Because = { reason: 'no-listener' };
  return workload.outboundTrafficPolicy === 'ALLOW_ANY'
    ? { kind: 'pass-through', through: 'tcp', path, because }
    : { kind: 'blocked', through: 'tcp', because };
}

function unknownHost({ workload }: RouteTable, path: string): Unrouted {
  const because: Because = { reason: 'unknown-host' };
  return workload.outboundTrafficPolicy === 'ALLOW_ANY'
    ? { kind: 'pass-through', through: 'http', path, because }
    : { kind: 'blocked', through: 'http', because };
}

function noRuleMatches({ virtualService }: VirtualHost): Unrouted {
  const because: Because = {
    reason: 'no-rule-matches',
    ...(virtualService !== undefined && { resource: virtualService.reference }),
  };
  return { kind: 'no-route', because };
}

function decide({ action, because, fault, cors }: Route, view: RequestView, draw: number): Decision {
  const filters = { ...(fault !== undefined && { fault }), ...(cors !== undefined && { cors }) };
  switch (action.kind) {
    case 'redirect': {
      const { status, responseHeaders } = action;
      const location = action.location(view);
      return { kind: 'redirect', status, location, because, responseHeaders, ...filters };
    }
    case 'direct-response':
      return { ...action, because, ...filters };
    case 'forward':
      return { ...forward(action, pickTarget(action.targets, draw), view), ...filters };
  }
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

function forward(action: ForwardAction, target: Target, view: RequestView): Decision {
  const { because, responseHeaders, cluster, clusterName } = target;
  if (cluster === undefined) return { kind: 'cluster-not-found', clusterName, because, responseHeaders };
  const { authority } = view.request;
  const rewritten = action.rewritePath?.(view.target);
  return {
    kind: 'forward',
    cluster,
    because,
    path: rewritten ?? view.target,
    authority: target.authority ?? authority,
    ...(rewritten !== undefined && { originalPath: view.target }),
    ...(target.authority !== undefined && { originalHost: authority }),
    requestHeaders: target.requestHeaders,
    responseHeaders,
    timeoutMs: action.timeoutMs,
    retry: action.retry,
    mirrors: action.mirrors,
  };
}
