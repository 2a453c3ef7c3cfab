import { assumedServices } from '../lower/assumed-services.js';
import { discover } from '../lower/discovery.js';
import { lower } from '../lower/mesh.js';
import type { RepeatedHeaders } from '../match/request-view.js';
import type { Resource } from '../resources/resource.js';
import { type Steps, takeAll } from '../steps.js';
import type { Workload } from '../workload.js';
import { buildClusters } from './clusters.js';
import { reachedListeners } from './gateway-chains.js';
import { buildGatewayTables } from './gateway-tables.js';
import { withoutLocked } from './locked-listeners.js';
import { buildPortTables } from './port-tables.js';
import { RouteTable } from './table.js';
import { TcpListeners } from './tcp-listeners.js';

/** How resources become a table. */
export interface CompileOptions {
  /** `each` as sidecars since Envoy 1.39 do, `joined` as older ones. Default `each`. */
  repeatedHeaders?: RepeatedHeaders;
  /** Identifies this set of resources: every decision carries it as `rules`. Default: empty. */
  hash?: string;
  /** Takes the hosts that the rules name as registered, where no document registers them. Default: false. */
  assumeServices?: boolean;
}

/**
 * What a sidecar beside the workload, or the workload as a gateway, would be told by istiod, ready to be asked with `route`.
 * Never throws for resources that `validate` accepts; of others, rules that Envoy would refuse do not exist.
 */
export function compile(
  documents: readonly Resource[],
  workload: Workload,
  options: CompileOptions = {},
): RouteTable {
  return takeAll(compileInSteps(documents, workload, options));
}

/** As {@link compile}, in steps; few of them grow with the number of resources. */
export function* compileInSteps(
  documents: readonly Resource[],
  workload: Workload,
  { repeatedHeaders = 'each', hash = '', assumeServices = false }: CompileOptions = {},
): Steps<RouteTable> {
  const { resources: known, undiscovered } = discover(documents);
  const resources = assumeServices ? [...known, ...assumedServices(known)] : known;
  const told = yield* lower(resources, workload);
  const mesh = { ...told, listened: withoutLocked(told.listened) };
  const clusters = buildClusters(mesh);
  yield;
  const { gateway, listened, services, rules } = mesh;
  const sources = { mesh, clusters, workload };
  const chainSources = { clusters, services, rules, workload };
  const { reached: gatewayListeners, refusedFor } =
    gateway === undefined ? { reached: [], refusedFor: [] } : reachedListeners(gateway, chainSources);
  const ports =
    gateway === undefined ? yield* buildPortTables(sources) : buildGatewayTables(gatewayListeners, sources);
  yield;
  const tcp =
    gateway === undefined
      ? TcpListeners.ofSidecar(listened, chainSources)
      : TcpListeners.ofGateway(gatewayListeners);
  return new RouteTable({
    workload,
    resources,
    undiscovered,
    mesh,
    clusters,
    ports,
    tcp,
    gatewayListeners,
    refusedFor,
    repeatedHeaders,
    hash,
  });
}
