import type { HiddenService } from '../model/rule.js';
import type { RegistryPort } from '../model/service.js';
import type { EndpointSlice, Service } from '../resources/kubernetes.js';
import type { ServiceEntry } from '../resources/service-entry.js';
import type { Sidecar } from '../resources/sidecar.js';
import type { Workload } from '../workload.js';
import { kubernetesService } from './kubernetes-service.js';
import type { OwnedService } from './owned-service.js';
import { servicesOfEntry } from './service-entry.js';
import { ServicePools, type ToldServices } from './service-pools.js';
import type { EgressScope, SidecarScope } from './sidecar/sidecar-scope.js';
import { reachOf, visibleTo } from './visibility.js';
import type { Workloads } from './workloads.js';

export interface RegistryDocuments {
  services: readonly Service[];
  slices: readonly EndpointSlice[];
  entries: readonly ServiceEntry[];
  workloads: Workloads;
}

export interface RegistryView {
  workload: Workload;
  scope: SidecarScope;
  /** What counts where a service says nothing. */
  defaultExportTo: readonly string[];
}

/**
 * The services that the workload's proxy is told of, one for each host, in a stable order. Of one host in several namespaces
 * the workload's own wins, then a Kubernetes Service, then the first visible one (Istio, sidecar.go selectServices).
 */
export class Registry {
  readonly #all: readonly OwnedService[];
  readonly #allByHost: ReadonlyMap<string, readonly OwnedService[]>;
  /** What the workload's namespace may see, in the order in which the first one wins. */
  readonly #exported: readonly OwnedService[];
  readonly #exportedByHost: ReadonlyMap<string, readonly OwnedService[]>;
  readonly #view: RegistryView;

  constructor(documents: RegistryDocuments, view: RegistryView) {
    this.#view = view;
    this.#all = allServices(documents).map((service) => ({
      ...service,
      exportTo: service.exportTo.length === 0 ? view.defaultExportTo : service.exportTo,
    }));
    this.#allByHost = Map.groupBy(this.#all, ({ host }) => host);
    // An entry's services go by their hosts (Istio, serviceentry/conversion.go; recorded: `tcp-mongo-by-host`).
    this.#exported = visibleTo(
      this.#all,
      view.workload.namespace,
      ({ exportTo }) => exportTo,
      ({ kind, host, metadata }) => (kind === 'ServiceEntry' ? host : metadata.name),
    );
    this.#exportedByHost = Map.groupBy(this.#exported, ({ host }) => host);
  }

  /**
   * Listener by listener, its services before those that its rules lead to (Istio, sidecar.go collectImportedServices).
   * @param destinationsFor where the rules of a listener lead, in their order
   */
  told(destinationsFor: (listener: EgressScope) => Iterable<RuleDestination>): ToldServices {
    const pools = new ServicePools(this.#withInstancesOfNamespace);
    for (const listener of this.#view.scope.listeners) {
      for (const service of this.#asTold(listener)) pools.addListened(service);
      for (const service of this.#ledTo(listener, destinationsFor(listener))) pools.addDestination(service);
    }
    return pools.told();
  }

  /** Services that nobody of the workload reaches by their names. */
  *hidden(): Generator<HiddenService> {
    const { workload, scope } = this.#view;
    for (const { host, exportTo, metadata, ports } of this.#all) {
      const { namespace } = metadata;
      if (reachOf(exportTo, namespace, workload.namespace) === undefined)
        yield { host, reason: `is not exported to ${workload.namespace}: add it to the exportTo of ${host}` };
      else if (
        scope.document !== undefined &&
        !ports.some(({ number }) => scope.listensFor(namespace, host, number))
      )
        yield { host, reason: hiddenBySidecar(scope.document, namespace) };
    }
  }

  /** What the services of one namespace have for one host, each of them has. */
  readonly #withInstancesOfNamespace = (service: OwnedService): OwnedService => {
    const { host, metadata } = service;
    const known = this.#allByHost.get(host) ?? [];
    const pool = known.filter((other) => other.metadata.namespace === metadata.namespace);
    return pool.length < 2 ? service : { ...service, instances: pool.flatMap(({ instances }) => instances) };
  };

  /** The services that a listener takes, each with the ports that it has there; of each host those of one namespace. */
  *#asTold({ port, spoken, takesService, listensAt }: EgressScope): Generator<OwnedService> {
    const taken = this.#exported.flatMap((service) => {
      if (!takesService(service.metadata.namespace, service.host)) return [];
      if (port === undefined) return [service];
      const ports = service.ports.filter(({ number }) => number === port);
      if (ports.length === 0) return [];
      return [{ ...service, ports: ports.map((own) => ({ ...own, ...(spoken && { listenedAs: spoken }) })) }];
    });
    const byHost = Map.groupBy(taken, ({ host }) => host);
    for (const service of taken) {
      const namespace = this.#namespaceOf(byHost.get(service.host) ?? []);
      if (service.metadata.namespace !== namespace) continue;
      if (service.ports.every(({ number }) => listensAt(number))) yield service;
      else
        yield {
          ...service,
          ports: service.ports.map((own) => (listensAt(own.number) ? own : asUnrouted(own))),
        };
    }
  }

  /** Rules lead to services that the proxy is not told of otherwise: in its own namespace whatever their exportTo (istio, sidecar.go collectImportedServices). */
  *#ledTo({ port }: EgressScope, destinations: Iterable<RuleDestination>): Generator<OwnedService> {
    const wanted = new Map<string, Set<number | undefined>>();
    for (const destination of destinations) {
      const ports = wanted.get(destination.host) ?? new Set();
      wanted.set(destination.host, ports.add(port ?? destination.port));
    }
    for (const [host, ports] of wanted) {
      const service = this.#destination(host);
      const kept = service?.ports.filter(({ number }) => ports.has(undefined) || ports.has(number)) ?? [];
      if (service !== undefined && kept.length > 0) yield { ...service, ports: kept.map(asDestination) };
    }
  }

  /** In one namespace there is one service of a host (Istio, push_context.go initServiceRegistry). */
  #destination(host: string): OwnedService | undefined {
    const { namespace } = this.#view.workload;
    const own = this.#allByHost.get(host)?.filter(({ metadata }) => metadata.namespace === namespace) ?? [];
    const candidates = own.length > 0 ? own : (this.#exportedByHost.get(host) ?? []);
    const chosen = this.#namespaceOf(candidates);
    const ofNamespace = candidates.filter(({ metadata }) => metadata.namespace === chosen);
    return ofNamespace.find(({ kind }) => kind === 'Service') ?? ofNamespace[0];
  }

  /** Of services of one host, whose count. */
  #namespaceOf(candidates: readonly OwnedService[]): string | undefined {
    const { namespace } = this.#view.workload;
    const winner =
      candidates.find(({ metadata }) => metadata.namespace === namespace) ??
      candidates.find(({ kind }) => kind === 'Service') ??
      candidates[0];
    return winner?.metadata.namespace;
  }
}

/** Where some rule leads. */
export interface RuleDestination {
  /** Fully qualified. */
  host: string;
  /** Undefined: every port of it. */
  port: number | undefined;
}

function asUnrouted(port: RegistryPort): RegistryPort {
  return { ...asDestination(port), unrouted: true };
}

function asDestination(port: RegistryPort): RegistryPort {
  return { ...port, destinationOnly: true };
}

/** Why a Sidecar keeps something of a namespace from the workload, and what to do about it. */
export function hiddenBySidecar({ metadata }: Sidecar, namespace: string): string {
  return `is not among the egress hosts of Sidecar ${metadata.namespace}/${metadata.name}: add "${namespace}/*" to them`;
}

function allServices({ services, slices, entries, workloads }: RegistryDocuments): OwnedService[] {
  const slicesOf = groupSlices(slices);
  return [
    ...services.map((service) =>
      kubernetesService(
        service,
        slicesOf.get(`${service.metadata.namespace}/${service.metadata.name}`) ?? [],
        workloads,
      ),
    ),
    ...entries.flatMap((entry) => servicesOfEntry(entry, workloads)),
  ];
}

function groupSlices(slices: readonly EndpointSlice[]): Map<string, EndpointSlice[]> {
  const groups = new Map<string, EndpointSlice[]>();
  for (const slice of slices) {
    const service = slice.metadata.labels['kubernetes.io/service-name'];
    if (service === undefined) continue;
    const key = `${slice.metadata.namespace}/${service}`;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [slice]);
    else group.push(slice);
  }
  return groups;
}
