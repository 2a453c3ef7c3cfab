import type {
  Cluster,
  Endpoint,
  Forward,
  HeaderMutation,
  Mirror,
  PassThrough,
  RetryPolicy,
} from '@grayscale/traffic-rules';
import type { Address } from '../address.js';
import type { Destination } from '../upstream/upstream-pool.js';
import { type HashKey, type HashPolicy, hashKey } from './hash-key.js';
import type { RequestContext } from './request-context.js';

/** How one request is to be sent, whoever decided it. */
export interface Plan {
  clusterName: string;
  /** The next server to try; undefined: there is none. */
  next(): Destination | undefined;
  /** Ties the client to the endpoint that its hash has chosen. */
  setCookie: string | undefined;
  /** No HTTP listener is there: nothing is added to the request or taken from it. */
  untouched: boolean;
  path: string;
  authority: string;
  originalPath: string | undefined;
  originalHost: string | undefined;
  requestHeaders: readonly HeaderMutation[];
  responseHeaders: readonly HeaderMutation[];
  timeoutMs: number;
  retry: RetryPolicy;
  mirrors: readonly Mirror[];
  /** Names that do not resolve: for an endpoint of the mesh it is as if it were not there. */
  isMesh: boolean;
}

const noRetry: RetryPolicy = {
  attempts: 0,
  on: new Set(),
  statusCodes: new Set(),
  perTryTimeoutMs: 0,
  backoffMs: 25,
  avoidPreviousHosts: false,
};

const noHash: HashKey = { key: undefined };

/** Envoy's default; Istio leaves it so for where the client was going. */
const defaultConnectTimeoutMs = 10_000;

export function passThroughPlan(context: RequestContext, decision: PassThrough): Plan {
  const { target } = context;
  const destination: Destination = {
    address: whereTo(context, target.port),
    connectTimeoutMs: defaultConnectTimeoutMs,
  };
  return {
    clusterName: 'PassthroughCluster',
    next: () => destination,
    setCookie: undefined,
    untouched: decision.through === 'tcp',
    path: decision.path,
    authority: target.authority,
    originalPath: undefined,
    originalHost: undefined,
    requestHeaders: [],
    responseHeaders: [],
    timeoutMs: 0,
    retry: noRetry,
    mirrors: [],
    isMesh: false,
  };
}

export function clusterPlan(context: RequestContext, decision: Forward): Plan {
  const { cluster } = decision;
  return {
    clusterName: cluster.name,
    ...chooser(context, cluster, decision.retry.avoidPreviousHosts),
    untouched: false,
    path: decision.path,
    authority: decision.authority,
    originalPath: decision.originalPath,
    originalHost: decision.originalHost,
    requestHeaders: decision.requestHeaders,
    responseHeaders: decision.responseHeaders,
    timeoutMs: decision.timeoutMs,
    retry: decision.retry,
    mirrors: decision.mirrors,
    isMesh: hasEndpoints(cluster),
  };
}

/** The servers of a cluster, one after another. */
export function chooser(
  context: RequestContext,
  cluster: Cluster,
  avoidTried: boolean,
): Pick<Plan, 'next' | 'setCookie'> {
  const { connectTimeoutMs, tls } = cluster;
  const common = { connectTimeoutMs, ...(tls === undefined ? {} : { tls }) };
  if (!hasEndpoints(cluster)) {
    const port = cluster.targetPort ?? context.target.port;
    return { next: () => ({ address: whereTo(context, port), ...common }), setCookie: undefined };
  }
  const { balancer, pool, random } = context.runtime;
  const tried = new Set<Endpoint>();
  const policy = hashPolicy(cluster);
  const { key, setCookie } = policy === undefined ? noHash : hashKey(policy, context);
  const choice = {
    random,
    active: (endpoint: Endpoint) => pool.activeRequests({ host: endpoint.address, port: endpoint.port }),
    hashKey: key,
    tried,
  };
  const next = (): Destination | undefined => {
    const endpoint = balancer.choose(cluster, choice);
    if (endpoint === undefined) return undefined;
    if (avoidTried) tried.add(endpoint);
    return { address: { host: endpoint.address, port: endpoint.port }, ...common };
  };
  return { next, setCookie };
}

/** Whether its endpoints are listed; otherwise requests go where the client was going. */
export function hasEndpoints({ discovery, loadBalancing }: Cluster): boolean {
  return (discovery === 'static' || discovery === 'dns') && loadBalancing !== 'PASSTHROUGH';
}

/** Where the client was going: an explicit proxy has only the name to go by. */
function whereTo({ runtime, target }: RequestContext, port: number): Address {
  return runtime.options.resolve?.(target.host, port) ?? { host: target.host, port };
}

function hashPolicy({ loadBalancing }: Cluster): HashPolicy | undefined {
  return typeof loadBalancing === 'object' ? loadBalancing : undefined;
}
