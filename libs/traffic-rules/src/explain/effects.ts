import { toReadableText } from '../bytes.js';
import { dialledEndpoint } from '../cluster.js';
import type { ConnectionTarget } from '../compile/connection-chains.js';
import type { CompiledForward, Route, Target } from '../compile/table.js';
import type { HeaderMutation } from '../headers/header-mutation.js';
import type { HeaderValueFormat } from '../headers/header-value-syntax.js';
import type { RequestView } from '../match/request-view.js';
import type { RouteRequest } from '../request.js';
import { lookupName } from '../route/arrival.js';
import type { Effects, ExplainedDestination, ExplainedMutation } from './explanation.js';
import { describeLimits } from './limits.js';
import { describeLoadBalancing } from './load-balancing.js';
import { describeTls } from './tls.js';

export function destinationsOf({ action }: Route, view: RequestView): ExplainedDestination[] {
  if (action.kind !== 'forward') return [];
  const total = action.targets.reduce((sum, { weight }) => sum + weight, 0);
  return action.targets.map((target) => ({
    ...destination(target, total, view.request.authority, view.request),
    ...(target.cluster === undefined && { missing: action.missing }),
  }));
}

/** Where connections lead that nobody looks into. */
export function connectedTo({ shares }: ConnectionTarget, authority: string): ExplainedDestination[] {
  const total = shares.reduce((sum, { weight }) => sum + weight, 0);
  return shares.map((share) => destination({ ...share, ...untouched }, total, authority));
}

const untouched = { requestHeaders: [], responseHeaders: [] };

type Destined = Pick<
  Target,
  | 'because'
  | 'cluster'
  | 'clusterName'
  | 'weight'
  | 'authority'
  | 'authorityBefore'
  | 'requestHeaders'
  | 'responseHeaders'
>;

function destination(
  target: Destined,
  total: number,
  received: string,
  arrival?: Pick<RouteRequest, 'address' | 'port'>,
): ExplainedDestination {
  const { weight, cluster, because } = target;
  const dialled = cluster && dialledEndpoint(cluster, lookupName(received), arrival ?? cluster);
  const authority = toReadableText(target.authority ?? target.authorityBefore ?? received);
  const loadBalancing = cluster && describeLoadBalancing(cluster.loadBalancing);
  const { index = 0, host = '', port = 0, subset = '' } = because.destination ?? {};
  return {
    index,
    host,
    port,
    subset,
    weight,
    total,
    share: weight / total,
    cluster: target.clusterName,
    exists: cluster !== undefined,
    endpoints: (dialled === undefined ? (cluster?.endpoints ?? []) : [dialled]).map((endpoint) => ({
      address: endpoint.address,
      port: endpoint.port,
      healthy: endpoint.healthy,
      weight: endpoint.weight,
    })),
    ...(cluster?.tls !== undefined && { tls: describeTls(cluster.tls, authority) }),
    ...(loadBalancing !== undefined && { loadBalancing }),
    limits: cluster === undefined ? [] : describeLimits(cluster),
    authority,
    requestHeaders: target.requestHeaders.map(explainMutation),
    responseHeaders: target.responseHeaders.map(explainMutation),
  };
}

/** What happens to a request on its way beside its destination: fault, CORS, timeout, retries, rewrites. */
export function effectsOf({ action, fault, cors }: Route, view: RequestView): Effects {
  const received = toReadableText(view.request.path);
  const common = { ...(fault !== undefined && { fault }), cors: cors !== undefined };
  const untouched = { timeoutMs: 0, retry: { attempts: 0, on: [], perTryTimeoutMs: 0 }, mirrors: [] };
  switch (action.kind) {
    case 'forward':
      return { ...forwardEffects(action, view, received), ...common };
    case 'redirect':
      return {
        path: { received, sent: received },
        redirect: { status: action.status, location: toReadableText(action.location(view)) },
        ...untouched,
        responseHeaders: action.responseHeaders.map(explainMutation),
        ...common,
      };
    case 'direct-response':
      return {
        path: { received, sent: received },
        directResponse: { status: action.status, body: new TextDecoder().decode(action.body) },
        ...untouched,
        responseHeaders: action.responseHeaders.map(explainMutation),
        ...common,
      };
  }
}

function forwardEffects(action: CompiledForward, view: RequestView, received: string): Omit<Effects, 'cors'> {
  const { attempts, on, statusCodes, perTryTimeoutMs } = action.retry;
  const mirrors = action.mirrors.map(({ cluster, percentage }) => ({
    cluster: cluster?.name ?? '(a destination that does not exist)',
    percentage,
  }));
  return {
    path: { received, sent: toReadableText(action.rewritePath?.(view.target) ?? view.target) },
    timeoutMs: action.timeoutMs,
    retry: { attempts, on: [...on, ...[...statusCodes].map(String)], perTryTimeoutMs },
    mirrors,
    responseHeaders: [],
  };
}

function explainMutation(mutation: HeaderMutation): ExplainedMutation {
  const { kind, name } = mutation;
  return mutation.kind === 'remove' ? { kind, name } : { kind, name, value: written(mutation.value) };
}

/** The value as a rule writes it. */
function written(format: HeaderValueFormat): string {
  return format
    .map((piece) => {
      if (typeof piece === 'string') return toReadableText(piece).replaceAll('%', '%%');
      const argument = piece.argument === '' ? '' : `(${piece.argument})`;
      const length = piece.maxLength === undefined ? '' : `:${piece.maxLength}`;
      return `%${piece.command}${argument}${length}%`;
    })
    .join('');
}
