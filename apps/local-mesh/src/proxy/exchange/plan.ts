import type { Cluster, Connect, Endpoint, Forward, PassThrough, RetryPolicy } from '@grayscale/traffic-rules';
import type { Address } from '../address.js';
import { hostOf } from '../target.js';
import type { Host, Protocol } from '../upstream/host.js';
import type { Resources } from '../upstream/resources.js';
import { hasEndpoints } from '../upstream/upstream-cluster.js';
import { passThroughCluster } from '../upstream/upstreams.js';
import { type HashKey, type HashPolicy, hashKey } from './hash-key.js';
import type { RequestContext } from './request-context.js';

/** What of a decision says how a request and its answer look. */
type Shape = Pick<
  Forward,
  | 'path'
  | 'authority'
  | 'originalPath'
  | 'originalHost'
  | 'requestHeaders'
  | 'responseHeaders'
  | 'timeoutMs'
  | 'retry'
  | 'mirrors'
>;

/** The servers of a cluster, one after another. */
export interface HostChooser {
  /** Of the cluster that they belong to. */
  resources: Resources;
  /** What is spoken to them. */
  protocol: Protocol;
  /** The next one to try; undefined: there is none. */
  next(): Host | undefined;
  /** Ties the client to the endpoint that its hash has chosen. */
  setCookie: string | undefined;
}

/** How one request is to be sent, whoever decided it. */
export interface Plan extends HostChooser {
  clusterName: string;
  shape: Shape;
  /** No HTTP listener is there: nothing is added to the request or taken from it. */
  untouched: boolean;
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

/** For a host that no rule is for: the request goes to it as it came. */
export function passThroughPlan(context: RequestContext, { path, through }: PassThrough): Plan {
  const { runtime, target } = context;
  const { passThrough } = runtime.upstreams;
  const host = passThrough.hostAt(whereTo(context, target.port));
  return {
    clusterName: passThroughCluster,
    protocol: ofClient(context),
    resources: passThrough.resources,
    next: () => host,
    setCookie: undefined,
    untouched: through === 'tcp',
    shape: asItCame(context, path),
    isMesh: false,
  };
}

/** A port that is not HTTP: the request goes to one of the service's endpoints as it came. */
export function connectPlan(context: RequestContext, { cluster }: Connect): Plan {
  return {
    clusterName: cluster.name,
    ...chooser(context, cluster, { authority: context.target.authority }),
    untouched: true,
    shape: asItCame(context, context.target.path),
    isMesh: hasEndpoints(cluster),
  };
}

function asItCame({ target }: RequestContext, path: string): Shape {
  return {
    path,
    authority: target.authority,
    requestHeaders: [],
    responseHeaders: [],
    timeoutMs: 0,
    retry: noRetry,
    mirrors: [],
  };
}

export function clusterPlan(context: RequestContext, decision: Forward): Plan {
  const { cluster, retry } = decision;
  return {
    clusterName: cluster.name,
    ...chooser(context, cluster, {
      authority: decision.authority,
      avoidTried: retry.avoidPreviousHosts,
      dialled: decision.endpoint,
    }),
    untouched: false,
    shape: decision,
    isMesh: hasEndpoints(cluster),
  };
}

export interface ChooserOptions {
  /** The Host that is sent. */
  authority: string;
  /** Whether a retry prefers another server. Default: it does not. */
  avoidTried?: boolean;
  /** The endpoint that the client asked for, if it did. */
  dialled?: Endpoint | undefined;
}

export function chooser(
  context: RequestContext,
  cluster: Cluster,
  { authority, avoidTried = false, dialled }: ChooserOptions,
): HostChooser {
  const { upstreams, random } = context.runtime;
  const upstream = upstreams.of(cluster);
  const { resources } = upstream;
  const protocol = protocolTo(cluster, context);
  if (!hasEndpoints(cluster)) {
    const host = upstream.hostAt(addressFor(cluster, context, authority));
    return { protocol, resources, next: () => host, setCookie: undefined };
  }
  if (dialled !== undefined) {
    const host = upstream.hostAt({ host: dialled.address, port: dialled.port });
    return { protocol, resources, next: () => host, setCookie: undefined };
  }
  const policy = hashPolicy(cluster);
  const { key, setCookie } = policy === undefined ? noHash : hashKey(policy, context);
  const tried = new Set<Host>();
  const next = (): Host | undefined => {
    const host = upstream.choose({ random, hashKey: key, tried });
    if (host !== undefined && avoidTried) tried.add(host);
    return host;
  };
  return { protocol, resources, next, setCookie };
}

function protocolTo({ protocol }: Cluster, context: RequestContext): Protocol {
  return protocol === 'as-client' ? ofClient(context) : protocol;
}

/** Istio's clusters without a protocol of their own speak the client's (`use_downstream_protocol_config`). */
function ofClient({ head }: RequestContext): Protocol {
  return head.version === '2' ? 'http2' : 'http1';
}

/** Of a cluster without endpoints of its own. */
function addressFor(cluster: Cluster, context: RequestContext, authority: string): Address {
  if (cluster.discovery !== 'dynamic-dns') return whereTo(context, cluster.targetPort ?? context.target.port);
  const host = hostOf(authority);
  // Whatever was dialled (Envoy, dynamic forward proxy; recorded: `entry-dynamic-dns`).
  const port = portIn(authority) ?? (cluster.tls === undefined ? 80 : 443);
  return context.runtime.options.resolve?.(host, port) ?? { host, port };
}

/** What a rule may have written is not looked at before it is sent. */
function portIn(authority: string): number | undefined {
  const port = Number(/:([0-9]{1,5})$/.exec(authority)?.[1]);
  return port >= 1 && port <= 65535 ? port : undefined;
}

/** Where the client was going: an explicit proxy has only the name to go by. */
function whereTo({ runtime, target }: RequestContext, port: number): Address {
  return runtime.options.resolve?.(target.host, port) ?? { host: target.host, port };
}

function hashPolicy({ loadBalancing }: Cluster): HashPolicy | undefined {
  return typeof loadBalancing === 'object' ? loadBalancing : undefined;
}
