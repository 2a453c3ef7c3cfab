import type { HiddenService } from '../model/rule.js';
import type { RegistryPort } from '../model/service.js';
import type { EndpointSlice, Service } from '../resources/kubernetes.js';
import type { ServiceEntry } from '../resources/service-entry.js';
import type { Sidecar } from '../resources/sidecar.js';
import type { Workload } from '../workload.js';
import { kubernetesService } from './kubernetes-service.js';
import type { OwnedService } from './owned-service.js';
import { servicesOfEntry } from './service-entry.js';
import type { SidecarScope } from './sidecar/sidecar-scope.js';
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

/** What the workload's proxy is told of services. */
export interface ToldServices {
  /** By host. */
  byHost: Map<string, OwnedService>;
  /** What it listens for: of each host the service of every document that has a say, with its own ports and addresses. */
  listened: readonly OwnedService[];
}

/**
 * The services that the workload's proxy is told of, one for each host, in a stable order.
 * Of one host in several namespaces the workload's own wins, then a Kubernetes Service, then the first visible
 * one; what one namespace says about one host is pooled (Istio, sidecar.go selectServices; serviceentry/conversion.go).
 */
export class Registry {
  readonly #all: readonly OwnedService[];
  readonly #view: RegistryView;

  constructor(documents: RegistryDocuments, view: RegistryView) {
    this.#view = view;
    this.#all = allServices(documents).map((service) => ({
      ...service,
      exportTo: service.exportTo.length === 0 ? view.defaultExportTo : service.exportTo,
    }));
  }

  /** @param destinations where the rules lead that the proxy is told, in their order */
  told(destinations: Iterable<RuleDestination>): ToldServices {
    const byHost = new Map<string, OwnedService>();
    const told = this.#exported().flatMap((service) => this.#asTold(service) ?? []);
    const pooled = new Map<OwnedService, OwnedService>();
    for (const [host, candidates] of Map.groupBy(told, (service) => service.host)) {
      const pool = poolOf(candidates, this.#view.workload.namespace);
      byHost.set(host, poolNamespace(pool));
      for (const service of pool) pooled.set(service, withInstancesOf(pool, service));
    }
    this.#addDestinations(byHost, destinations);
    // In the order of all, which decides who has a listener first.
    return { byHost, listened: told.flatMap((service) => pooled.get(service) ?? []) };
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

  #exported(): OwnedService[] {
    // An entry's services go by their hosts (Istio, serviceentry/conversion.go; recorded: `tcp-mongo-by-host`).
    return visibleTo(
      this.#all,
      this.#view.workload.namespace,
      ({ exportTo }) => exportTo,
      ({ kind, host, metadata }) => (kind === 'ServiceEntry' ? host : metadata.name),
    );
  }

  /** With the ports that a Sidecar leaves; undefined: it leaves none. */
  #asTold(service: OwnedService): OwnedService | undefined {
    const { scope } = this.#view;
    if (scope.document === undefined || scope.document.spec.egress.length === 0) return service;
    const { namespace } = service.metadata;
    const ports = service.ports
      .filter(({ number }) => scope.knowsPort(namespace, service.host, number))
      .map((port) => (scope.listensFor(namespace, service.host, port.number) ? port : asDestination(port)));
    return ports.length === 0 ? undefined : { ...service, ports };
  }

  /** Rules lead to services that the proxy is not told of otherwise: in its own namespace whatever their exportTo (istio, sidecar.go collectImportedServices). */
  #addDestinations(chosen: Map<string, OwnedService>, destinations: Iterable<RuleDestination>): void {
    const wanted = new Map<string, Set<number | undefined>>();
    for (const { host, port } of destinations) {
      if (!chosen.has(host)) wanted.set(host, (wanted.get(host) ?? new Set()).add(port));
    }
    for (const [host, ports] of wanted) {
      const service = this.#destination(host);
      const kept = service?.ports.filter(({ number }) => ports.has(undefined) || ports.has(number)) ?? [];
      if (service !== undefined && kept.length > 0)
        chosen.set(host, { ...service, ports: kept.map(asDestination) });
    }
  }

  #destination(host: string): OwnedService | undefined {
    const { namespace } = this.#view.workload;
    const own = this.#all.filter(
      (service) => service.host === host && service.metadata.namespace === namespace,
    );
    const candidates = own.length > 0 ? own : this.#exported().filter((service) => service.host === host);
    return candidates.length === 0 ? undefined : poolNamespace(poolOf(candidates, namespace));
  }
}

/** Where some rule leads. */
export interface RuleDestination {
  /** Fully qualified. */
  host: string;
  /** Undefined: every port of it. */
  port: number | undefined;
}

function asDestination(port: RegistryPort): RegistryPort {
  return { ...port, destinationOnly: true };
}

function asUnserved(port: RegistryPort): RegistryPort {
  return { ...port, unserved: true };
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

/** Of services of one host those of the namespace that counts. */
function poolOf(candidates: readonly OwnedService[], workloadNamespace: string): OwnedService[] {
  const winner =
    candidates.find(({ metadata }) => metadata.namespace === workloadNamespace) ??
    candidates.find(({ kind }) => kind === 'Service') ??
    candidates[0];
  return candidates.filter(({ metadata }) => metadata.namespace === winner?.metadata.namespace);
}

/** The endpoints of all of them are those of each. */
function withInstancesOf(pool: readonly OwnedService[], service: OwnedService): OwnedService {
  return pool.length < 2 ? service : { ...service, instances: pool.flatMap(({ instances }) => instances) };
}

/** @param pool not empty */
function poolNamespace(pool: readonly OwnedService[]): OwnedService {
  const base = pool.find(({ kind }) => kind === 'Service') ?? (pool[0] as OwnedService);
  const others = pool.filter((service) => service !== base);
  return others.reduce(addToPool, withInstancesOf(pool, base));
}

/** Ports are pooled only of entries that are of one kind: to other ones clients listen in vain (Istio, sidecar.go canMergeServices). */
function addToPool(base: OwnedService, other: OwnedService): OwnedService {
  const alike =
    base.kind === other.kind &&
    base.discovery === other.discovery &&
    sameTexts(base.exportTo, other.exportTo);
  const newPorts = other.ports.filter(({ number }) => !base.ports.some((port) => port.number === number));
  return {
    ...base,
    ports: [...base.ports, ...(alike ? newPorts : newPorts.map(asUnserved))],
  };
}

function sameTexts(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((text, index) => text === b[index]);
}
