import { toBytes } from '../bytes.js';
import type { Cluster } from '../cluster.js';
import type { Because, Mirror } from '../decision.js';
import { holdsAt, isMetByAll, isOfListener } from '../match/algebra.js';
import { compileMatchBlock } from '../match/match-block.js';
import type { Listener } from '../match/subject-definition.js';
import type {
  Destination,
  DestinationName,
  DirectResponseAction,
  ForwardAction,
  RedirectAction,
} from '../model/action.js';
import { meshGateway } from '../model/gateway.js';
import { gatewaysOf } from '../model/mesh.js';
import type { Place } from '../model/place.js';
import type { Requirement } from '../model/requirement.js';
import type { HostRules, Rule } from '../model/rule.js';
import { hasReachablePort, type RegistryService } from '../model/service.js';
import type { RetryPolicy } from '../retry/retry-policy.js';
import { clusterName, seenFromElsewhere } from './clusters.js';
import { compilePathRewrite } from './path-rewrite.js';
import { compileLocation } from './redirect.js';
import type { CompiledAction, CompiledForward, Route, TableContents, Target } from './table.js';

/** What routes of one port are made in. */
export interface PortContext extends Listener {
  clusters: ReadonlyMap<string, Cluster>;
  /** Of any port. */
  services: ReadonlyMap<string, RegistryService>;
  /** Of services that no rule is for. */
  defaultRetry: RetryPolicy;
  /** Whether requests come in TLS that ends here. */
  endsTls?: boolean;
}

interface RuleContext extends PortContext {
  /** That the rules are for. */
  hosts: readonly string[];
}

/** The routes that rules have on a port, up to and with the first that takes everything (Istio, route.go BuildHTTPRoutesForVirtualService). */
export function routesOf({ rules, hosts }: HostRules, port: PortContext): Route[] {
  const context = { ...port, hosts };
  const routes: Route[] = [];
  for (const rule of rules) {
    if (!meetsListener(rule, context)) continue;
    const action = compileAction(rule, context);
    if (action !== undefined) routes.push(routeOf(rule, action));
    if (takesEverything(rule)) return routes;
  }
  return routes;
}

/** Whether there is any route on a port, without building them. */
export function hasRoutes({ rules }: HostRules, listener: Listener): boolean {
  return rules.some((rule) => rule.action.kind !== 'refused' && meetsListener(rule, listener));
}

/** Whether requests that arrive there can meet the rule. */
export function meetsListener({ requirements }: Rule, listener: Listener): boolean {
  for (const requirement of requirements) if (holdsAt(requirement, listener) === false) return false;
  return true;
}

/** Whether requests of the workload can meet the rule on some port. */
export function isForWorkload({ requirements }: Rule, { workload, mesh }: TableContents): boolean {
  const settled = requirements.filter(({ subject }) => subject.kind !== 'port');
  return gatewaysOf(mesh).some((gateway) =>
    settled.every((requirement) => holdsAt(requirement, { workload, port: 0, gateway }) !== false),
  );
}

/** Whether no request goes past the rule, where requests meet it at all (Istio, route.go IsCatchAllRoute). */
export function takesEverything({ requirements }: Rule): boolean {
  return requirements.every(
    (requirement) => isMetByAll(requirement) || isAnyPath(requirement) || isOfListener(requirement),
  );
}

function isAnyPath({ subject, test }: Requirement): boolean {
  return subject.kind === 'path' && test.kind === 'regex' && test.value === '.*';
}

/** What a decision by a rule says of itself; the destination is added when it is drawn. */
function because({ resource, rule, match }: Place): Because {
  return { reason: 'rule', resource, rule, ...(match !== undefined && { match }) };
}

function routeOf(rule: Rule, action: CompiledAction): Route {
  const { fault, cors } = rule.action.kind === 'refused' ? {} : rule.action;
  return {
    rule,
    block: compileMatchBlock(rule.requirements),
    because: because(rule.place),
    action,
    ...(fault !== undefined && { fault }),
    // Envoy's filter looks at requests that go on to a cluster alone (cors_filter.cc decodeHeaders; recorded: `direct-response-kinds`).
    ...(cors !== undefined && action.kind === 'forward' && { cors }),
  };
}

/** Undefined for what Envoy would refuse and validation reports: the rule then does not exist. */
function compileAction(
  { action, place, requirements }: Rule,
  context: RuleContext,
): CompiledAction | undefined {
  switch (action.kind) {
    case 'forward':
      return compileForward(action, requirements, because(place), context);
    case 'redirect':
      return compileRedirect(action, requirements, context);
    case 'direct-response':
      return compileDirectResponse(action);
    case 'refused':
      return undefined;
  }
}

function compileRedirect(
  action: RedirectAction,
  requirements: readonly Requirement[],
  context: PortContext,
): CompiledAction {
  const { kind, status, responseHeaders } = action;
  return { kind, status, location: compileLocation(action, requirements, context), responseHeaders };
}

function compileDirectResponse({
  kind,
  status,
  body,
  responseHeaders,
}: DirectResponseAction): CompiledAction {
  return { kind, status, body, responseHeaders };
}

function compileForward(
  action: ForwardAction,
  requirements: readonly Requirement[],
  reason: Because,
  context: RuleContext,
): CompiledForward {
  const { destinations, isSplit, missing, rewritePath, timeoutMs, retry } = action;
  const targets = compileTargets(destinations, reason, context);
  const isSticky = !isSplit && hasHashPolicy(targets[0]?.cluster);
  return {
    kind: 'forward',
    targets,
    missing,
    ...(rewritePath !== undefined && { rewritePath: compilePathRewrite(rewritePath, requirements) }),
    timeoutMs,
    retry: isSticky ? toSameHost(retry) : retry,
    mirrors: compileMirrors(action, context),
  };
}

/** With consistent hashing at the only destination, a retry may go to the same endpoint. */
function toSameHost(retry: RetryPolicy): RetryPolicy {
  return retry.avoidPreviousHosts ? { ...retry, avoidPreviousHosts: false } : retry;
}

function hasHashPolicy(cluster: Cluster | undefined): boolean {
  return typeof cluster?.loadBalancing === 'object';
}

function compileTargets(
  destinations: readonly Destination[],
  reason: Because,
  context: RuleContext,
): Target[] {
  const total = destinations.reduce((sum, { weight }) => sum + weight, 0);
  let upTo = 0;
  return destinations.flatMap((destination, index) => {
    const { weight } = destination;
    if (weight === 0) return [];
    upTo += weight;
    return [compileTarget({ destination, index, total, upTo }, reason, context)];
  });
}

interface Share {
  destination: Destination;
  index: number;
  /** Of all weights, and of those up to its own. */
  total: number;
  upTo: number;
}

function compileTarget(
  { destination, index, total, upTo }: Share,
  reason: Because,
  context: RuleContext,
): Target {
  const { host, subset, weight, authority, authorityBefore, requestHeaders, responseHeaders } = destination;
  const name = destinationCluster(destination, context);
  const cluster = clusterSeenBy(context, name, host);
  const port = destination.port ?? cluster?.port ?? context.port;
  return {
    upperBound: upTo / total,
    weight,
    because: { ...reason, destination: { index, host, port, subset, share: weight / total } },
    clusterName: name,
    cluster,
    ...(authority !== undefined && { authority: toBytes(authority) }),
    ...(authorityBefore !== undefined && { authorityBefore: toBytes(authorityBefore) }),
    requestHeaders,
    responseHeaders,
  };
}

/** What a rule for these hosts leads to. */
function clusterSeenBy(
  { clusters, services, hosts, gateway }: RuleContext,
  name: string,
  host: string,
): Cluster | undefined {
  const cluster = clusters.get(name);
  const isElsewhere =
    services.get(host)?.headless === true && gateway === meshGateway && !hosts.includes(host);
  return cluster !== undefined && isElsewhere ? seenFromElsewhere(cluster) : cluster;
}

/** A reference that leads nowhere has no host (Istio, route.go GetDestinationCluster). */
const unknownService = 'UnknownService';

/**
 * A port that is not written is the listener's, whatever the service has: a sidecar looks at services trimmed to
 * that port, a gateway at the whole of them (Istio, route.go GetDestinationCluster). An ExternalName service stands
 * for the name it points to.
 */
function destinationCluster({ host, port, subset }: DestinationName, context: PortContext): string {
  if (host === '') return unknownService;
  const service = context.services.get(host);
  const isAtGateway = context.gateway !== meshGateway;
  const inView = isAtGateway || (service !== undefined && hasReachablePort(service, context.port));
  const target = inView ? (service?.externalName ?? host) : host;
  const only = isAtGateway && service?.ports.length === 1 ? service.ports[0]?.number : undefined;
  return clusterName(port ?? only ?? context.port, subset, target);
}

function compileMirrors({ mirrors }: ForwardAction, context: PortContext): Mirror[] {
  return mirrors.map((mirror) => ({
    cluster: context.clusters.get(destinationCluster(mirror, context)),
    percentage: mirror.percentage,
  }));
}

/** The route of a service that no resource has rules for: to itself, with the mesh's default retries. */
export function defaultAction(
  service: RegistryService,
  { port, clusters, defaultRetry }: Pick<PortContext, 'port' | 'clusters' | 'defaultRetry'>,
): { action: CompiledForward; because: Because } {
  const name = clusterName(port, '', service.host);
  const cluster = clusters.get(name);
  const because: Because = { reason: 'default-route' };
  const destination = { index: 0, host: service.host, port, subset: '', share: 1 };
  const target: Target = {
    upperBound: 1,
    weight: 1,
    because: { ...because, destination },
    clusterName: name,
    cluster,
    requestHeaders: [],
    responseHeaders: [],
  };
  const retry = hasHashPolicy(cluster) ? toSameHost(defaultRetry) : defaultRetry;
  return {
    action: { kind: 'forward', targets: [target], missing: 503, timeoutMs: 0, retry, mirrors: [] },
    because,
  };
}
