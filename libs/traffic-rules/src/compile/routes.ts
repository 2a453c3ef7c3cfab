import type { Cluster } from '../cluster.js';
import type { Because, Mirror } from '../decision.js';
import { toBytes } from '../match/bytes.js';
import type { Destination, HttpRule, WeightedDestination } from '../resources/virtual-service.js';
import { clusterName } from './clusters.js';
import { compileCors } from './cors.js';
import { compileFault, toMillionths } from './fault.js';
import { authorityOf, mergeHeaders } from './header-operations.js';
import { compilePathRewrite } from './path-rewrite.js';
import { compileRedirect, redirectStatus } from './redirect.js';
import type { RegistryService } from './registry.js';
import { compileRetryPolicy, defaultRetryPolicy } from './retry-policy.js';
import type { ForwardAction, Route, RouteAction, Target } from './table.js';
import type { PreparedBlock, PreparedRule, PreparedVirtualService } from './virtual-service.js';

/** What routes of one port are made in. */
export interface PortContext {
  port: number;
  clusters: ReadonlyMap<string, Cluster>;
  /** Of any port. */
  services: ReadonlyMap<string, RegistryService>;
}

/**
 * The routes that a VirtualService has on a port: one for each match block, up to and with the first that
 * catches everything (Istio, route.go BuildHTTPRoutesForVirtualService).
 */
export function routesOf(virtualService: PreparedVirtualService, context: PortContext): Route[] {
  const routes: Route[] = [];
  for (const rule of virtualService.rules) {
    for (const block of rule.blocks) {
      if (!isOnPort(block, context.port)) continue;
      const route = compileRoute(rule, block, because(virtualService, rule, block), context);
      if (route !== undefined) routes.push(route);
      if (block.compiled.catchAll) return routes;
    }
  }
  return routes;
}

/** Whether the VirtualService has any route on a port, without building them. */
export function hasRoutes({ rules }: PreparedVirtualService, port: number): boolean {
  return rules.some(({ http, blocks }) => hasAction(http) && blocks.some((block) => isOnPort(block, port)));
}

/** Whether Envoy has a route for what the rule does. */
function hasAction({ redirect, directResponse, route }: HttpRule): boolean {
  if (redirect !== undefined) return redirectStatus(redirect) !== undefined;
  return directResponse !== undefined || route.length === 1 || route.some(({ weight = 0 }) => weight > 0);
}

/** Whether the workload meets the block on the port at all. */
export function isOnPort({ match, excluded }: PreparedBlock, port: number): boolean {
  return excluded === undefined && (match?.port === undefined || match.port === 0 || match.port === port);
}

function compileRoute(
  rule: PreparedRule,
  block: PreparedBlock,
  reason: Because,
  context: PortContext,
): Route | undefined {
  const action = compileAction(rule, block, reason, context);
  if (action === undefined) return undefined;
  const { fault, corsPolicy } = rule.http;
  return {
    block: block.compiled,
    because: reason,
    action,
    ...(fault !== undefined && { fault: compileFault(fault) }),
    ...(corsPolicy !== undefined && { cors: compileCors(corsPolicy) }),
  };
}

/** What a decision by the block says of itself; the destination is added when it is drawn. */
export function because(
  { reference }: PreparedVirtualService,
  rule: PreparedRule,
  block: PreparedBlock,
): Because {
  return {
    reason: 'rule',
    resource: reference,
    rule: {
      index: rule.index,
      ...(rule.http.name && { name: rule.http.name }),
      location: rule.location,
      ...(rule.delegate !== undefined && { delegate: rule.delegate }),
    },
    ...(block.match !== undefined && {
      match: {
        index: block.index,
        ...(block.match.name && { name: block.match.name }),
        location: block.location,
      },
    }),
  };
}

/** Undefined for what Envoy would refuse and validation reports: the rule then does not exist. */
function compileAction(
  { http }: PreparedRule,
  { match }: PreparedBlock,
  reason: Because,
  context: PortContext,
): RouteAction | undefined {
  const { response: responseHeaders } = mergeHeaders(http.headers, undefined, false);
  if (http.redirect !== undefined) {
    const redirect = compileRedirect(http.redirect, match, context.port);
    return redirect && { kind: 'redirect', ...redirect, responseHeaders };
  }
  if (http.directResponse !== undefined) {
    const { status, body } = http.directResponse;
    return { kind: 'direct-response', status, body: bodyBytes(body), responseHeaders };
  }
  const targets = compileTargets(http, reason, context);
  if (targets.length === 0) return undefined;
  const rewritePath = compilePathRewrite(http.rewrite, match);
  return {
    kind: 'forward',
    targets,
    ...(rewritePath !== undefined && { rewritePath }),
    timeoutMs: http.timeout ?? 0,
    retry: compileRetryPolicy(http.retries, http.route.length === 1 && isSticky(targets[0]?.cluster)),
    mirrors: compileMirrors(http, context),
  };
}

function bodyBytes(
  body: { kind: 'string'; value: string } | { kind: 'bytes'; value: Uint8Array } | undefined,
) {
  return body?.kind === 'bytes' ? body.value : Buffer.from(body?.value ?? '', 'utf8');
}

function isSticky(cluster: Cluster | undefined): boolean {
  return typeof cluster?.loadBalancing === 'object';
}

/** A single destination's weight does not matter; of several, those without a weight are left out. */
function compileTargets(http: HttpRule, reason: Because, context: PortContext): Target[] {
  const weighted = http.route.length > 1;
  const total = http.route.reduce((sum, { weight }) => sum + (weight ?? 0), 0);
  let end = 0;
  return http.route.flatMap((entry, index) => {
    const weight = weighted ? (entry.weight ?? 0) : 1;
    if (weight <= 0) return [];
    end += weight;
    const share = { weight, of: weighted ? total : 1, upTo: end };
    return [compileTarget(http, { entry, index, share }, reason, context)];
  });
}

interface SharedDestination {
  entry: WeightedDestination;
  index: number;
  share: { weight: number; of: number; upTo: number };
}

function compileTarget(
  http: HttpRule,
  { entry, index, share }: SharedDestination,
  reason: Because,
  context: PortContext,
): Target {
  const { destination } = entry;
  const name = destinationCluster(destination, context);
  const authority = http.rewrite?.authority || authorityOf(http.headers) || authorityOf(entry.headers);
  const headers = mergeHeaders(http.headers, entry.headers, http.route.length > 1);
  return {
    upperBound: share.upTo / share.of,
    weight: share.weight,
    because: {
      ...reason,
      destination: {
        index,
        host: destination.host,
        port: destination.port ?? context.port,
        subset: destination.subset ?? '',
        share: share.weight / share.of,
      },
    },
    clusterName: name,
    cluster: context.clusters.get(name),
    ...(authority && { authority: toBytes(authority) }),
    requestHeaders: headers.request,
    responseHeaders: headers.response,
  };
}

/**
 * A port that is not written is the listener's, whatever the service has: Istio looks at services trimmed to
 * that port (route.go GetDestinationCluster). An ExternalName service stands for the name it points to.
 */
function destinationCluster({ host, port, subset }: Destination, context: PortContext): string {
  const service = context.services.get(host);
  const inView = service?.ports.some(({ number }) => number === context.port) === true;
  const target = inView ? (service.externalName ?? host) : host;
  return clusterName(port ?? context.port, subset ?? '', target);
}

/** Without a percentage everything is mirrored, with 0 nothing. */
function compileMirrors(http: HttpRule, context: PortContext): Mirror[] {
  const single =
    http.mirror === undefined
      ? []
      : [{ destination: http.mirror, percentage: http.mirrorPercentage ?? http.mirrorPercent }];
  return [...single, ...http.mirrors].flatMap(({ destination, percentage = 100 }) =>
    percentage > 0
      ? [
          {
            cluster: context.clusters.get(destinationCluster(destination, context)),
            percentage: toMillionths(percentage),
          },
        ]
      : [],
  );
}

/** The route of a service that no VirtualService speaks of: to itself, with Istio's default retries. */
export function defaultAction(
  service: RegistryService,
  { port, clusters }: Pick<PortContext, 'port' | 'clusters'>,
): { action: ForwardAction; because: Because } {
  const name = clusterName(port, '', service.host);
  const cluster = clusters.get(name);
  const because: Because = { reason: 'default-route' };
  const destination = { index: 0, host: service.host, port, subset: '', share: 1 };
  const action: ForwardAction = {
    kind: 'forward',
    targets: [
      {
        upperBound: 1,
        weight: 1,
        because: { ...because, destination },
        clusterName: name,
        cluster,
        requestHeaders: [],
        responseHeaders: [],
      },
    ],
    timeoutMs: 0,
    retry: defaultRetryPolicy(isSticky(cluster)),
    mirrors: [],
  };
  return { action, because };
}
