import { clusterName } from '../compile/clusters.js';
import { suggest } from '../fields/suggestion.js';
import type { Action, DestinationName } from '../model/action.js';
import type { PolicyDocument } from '../model/mesh.js';
import type { Document } from '../model/place.js';
import type { RegistryService } from '../model/service.js';
import { resourceName } from '../place.js';
import type { Report } from '../validate/report.js';
import { warnOfAlias } from './aliases.js';
import type { MeshView } from './mesh-view.js';
import type { RuleEntry } from './rule-entries.js';

/** Destinations and mirrors that lead nowhere. */
export function* warnOfDestinations(
  view: MeshView,
  entries: readonly RuleEntry[],
): Generator<undefined, void> {
  const advice = new HostAdvice(view);
  for (const entry of entries)
    for (const destination of destinationsOf(entry)) {
      yield;
      const place = {
        path: `${entry.path}.${destination.field}`,
        report: view.report(entry.document),
        effect: consequence(entry.action, destination),
      };
      const service = view.table.mesh.services.get(destination.host);
      // What a reference to an object lacks is told where references are looked up.
      if (service === undefined && destination.hostField === 'name') continue;
      if (service === undefined) warnOfUnknownHost(view, destination.host, advice, place);
      else if (service.externalName === undefined)
        warnOfDestination(view, destination, entry.ports, { service, ...place });
      else warnOfAlias(view, destination, entry.ports, { service, ...place });
    }
  yield* warnOfConnections(view, advice);
}

/** The same of rules for tcp and tls, whose matches share their destinations. */
function* warnOfConnections(view: MeshView, advice: HostAdvice): Generator<undefined, void> {
  for (const { owner } of view.deciding)
    for (const { place, destinations } of owner.connections ?? []) {
      yield;
      if ((place.match?.index ?? 0) > 0) continue;
      for (const destination of destinations.filter(({ weight }) => weight > 0)) {
        const at = {
          path: `${place.rule.path}.${destination.field}`,
          report: view.report(place.document),
          effect: 'connections are closed',
        };
        const service = view.table.mesh.services.get(destination.host);
        if (service === undefined && destination.hostField === 'name') continue;
        if (service === undefined) warnOfUnknownHost(view, destination.host, advice, at);
        else if (service.externalName === undefined)
          warnOfDestination(view, destination, new Set(), { service, ...at });
      }
    }
}

function destinationsOf({ action }: RuleEntry): DestinationName[] {
  if (action.kind !== 'forward') return [];
  return [...action.destinations.filter(({ weight }) => weight > 0), ...action.mirrors];
}

/** A mirror's answer goes nowhere, so a mirror that leads nowhere harms nobody. */
function consequence(action: Action, destination: DestinationName): string {
  const isMirror = action.kind === 'forward' && action.mirrors.some((mirror) => mirror === destination);
  return isMirror ? 'the copies are lost' : `requests get ${statusOf(action)}`;
}

function statusOf(action: Action): number {
  return action.kind === 'forward' ? action.missing : 503;
}

/** Where something is to be said. */
interface ReportPlace {
  path: string;
  /** What comes of it: `requests get 503`. */
  effect: string;
  report: Report;
}

function warnOfUnknownHost(
  { table }: MeshView,
  host: string,
  advice: HostAdvice,
  { path, report, effect }: ReportPlace,
): void {
  report.warning(
    'destination-unknown-host',
    `${path}.host`,
    `no Service and no ServiceEntry that ${table.workload.namespace} sees has the host ${host}; ${effect}. ${advice.on(host)}`,
  );
}

/** At a gateway a destination without a port means the only one that its service has. */
function warnOfDestination(
  view: MeshView,
  destination: DestinationName,
  ports: ReadonlySet<number>,
  target: Target,
): void {
  const numbers = target.service.ports.map(({ number }) => number);
  const isAtGateway = view.table.mesh.gateway !== undefined;
  const missing =
    isAtGateway && destination.port === undefined && numbers.length === 1
      ? undefined
      : missingPort(destination, ports, numbers);
  if (missing !== undefined)
    target.report.warning(missing.code, target.path, missing.message(target.service.host, target.effect));
  else if (!hasSubset(view, destination, target.service)) warnOfSubset(view, destination, target);
  else warnOfEndpoints(view, destination, target);
}

/** What host may have been meant. Each is looked for once, and only so many: one comparison with a thousand names is slow. */
class HostAdvice {
  readonly #services: ReadonlyMap<string, RegistryService>;
  readonly #names: readonly string[];
  readonly #known = new Map<string, string>();

  constructor({ table }: MeshView) {
    this.#services = table.mesh.services;
    this.#names = [...table.mesh.services.keys()].slice(0, 1000);
  }

  on(host: string): string {
    const advice = this.#known.get(host) ?? this.#lookUp(host);
    this.#known.set(host, advice);
    return advice;
  }

  #lookUp(host: string): string {
    const [name = '', namespace = ''] = host.split('.');
    const full = `${name}.${namespace}.svc.cluster.local`;
    const candidates = this.#known.size < 100 ? this.#names : [];
    const meant = this.#services.has(full) ? full : suggest(host, candidates);
    return meant === undefined
      ? 'Write the full name of a service, or a ServiceEntry for the host.'
      : `Did you mean ${meant}?`;
  }
}

type Missing = {
  code: 'destination-unknown-port' | 'destination-port-missing';
  message: (host: string, effect: string) => string;
};

/** Without a port a destination means the port that the client dialled, whatever the service has (Istio, GetDestinationCluster). */
function missingPort(
  { port }: DestinationName,
  dialled: ReadonlySet<number>,
  numbers: readonly number[],
): Missing | undefined {
  const has = numbers.length === 0 ? 'no ports' : `only ${numbers.join(', ')}`;
  const [first] = numbers;
  if (port !== undefined) {
    if (numbers.includes(port)) return undefined;
    return {
      code: 'destination-unknown-port',
      message: (host, effect) =>
        first === undefined
          ? `${host} has no ports: ${effect}. Write its ports where it is registered.`
          : `${host} has ${has}, not ${port}: ${effect}. Write one of its ports (the Service's, not the container's).`,
    };
  }
  const lost = [...dialled].filter((number) => !numbers.includes(number));
  if (lost.length === 0) return undefined;
  const advice = first === undefined ? 'the ports where it is registered' : `port: { number: ${first} }`;
  return {
    code: 'destination-port-missing',
    message: (host, effect) =>
      `without a port the destination means the port that the client dialled (${lost.join(', ')}), and ${host} has ${has}: ${effect}. Write ${advice}.`,
  };
}

function hasSubset({ table }: MeshView, { subset }: DestinationName, service: RegistryService): boolean {
  return subset === '' || hasClusters(table, service, subset);
}

function hasClusters(
  { clusters }: MeshView['table'],
  { host, ports }: RegistryService,
  subset: string,
): boolean {
  return ports.some(({ number }) => clusters.has(clusterName(number, subset, host)));
}

interface Target extends ReportPlace {
  service: RegistryService;
}

function warnOfSubset(
  { table }: MeshView,
  { subset }: DestinationName,
  { service, path, report, effect }: Target,
): void {
  const known = table.mesh
    .policyFor(service)
    .subsets.map(({ name }) => name)
    .filter((name) => hasClusters(table, service, name));
  const has =
    known.length === 0
      ? 'no DestinationRule in force for it has a subset with endpoints'
      : `its subsets are ${known.join(', ')}`;
  report.warning(
    'destination-unknown-subset',
    `${path}.subset`,
    `${service.host} has no subset ${subset}: ${has}, so ${effect}. ${subsetAdvice(table.mesh.policies, subset, service)}`,
  );
}

/** What keeps a DestinationRule with the subset from being in force, where there is one. */
function subsetAdvice(policies: readonly PolicyDocument[], subset: string, service: RegistryService): string {
  const having = policies.filter(({ subsets }) => subsets.includes(subset));
  for (const { document, host, whyNot } of having) {
    const reason = host === service.host ? whyNot(service) : undefined;
    if (reason !== undefined) return `${nameOf(document)} has it, but ${reason}.`;
  }
  const [name = ''] = service.host.split('.');
  const near = having.find(({ host }) => host !== service.host && host.startsWith(`${name}.`));
  return near === undefined
    ? 'Write one of them, or a DestinationRule with this subset.'
    : `${nameOf(near.document)} has it, but for ${near.host}: write host: ${service.host}.`;
}

function nameOf({ kind, metadata }: Document): string {
  return resourceName({ kind, ...metadata });
}

/** Where the clusters cannot tell (original destination, dynamic DNS) there is nothing to say. */
function warnOfEndpoints(
  view: MeshView,
  { port, subset }: DestinationName,
  { service, path, report, effect }: Target,
): void {
  const clusters = service.ports
    .filter(({ number }) => port === undefined || number === port)
    .flatMap(({ number }) => view.table.clusters.get(clusterName(number, subset, service.host)) ?? []);
  if (clusters.some(({ discovery }) => discovery !== 'static')) return;
  if (clusters.length === 0 || clusters.some(({ endpoints }) => endpoints.some(({ healthy }) => healthy)))
    return;
  const what = clusters.some(({ endpoints }) => endpoints.length > 0)
    ? 'only endpoints that are not ready'
    : 'no endpoints';
  const name = subset === '' ? service.host : `subset ${subset} of ${service.host}`;
  if (service.kind === 'Service' && !view.hasEndpointSlices)
    report.info(
      'destination-no-endpoints',
      path,
      isLive(service)
        ? `${name} has ${what}: no EndpointSlice at all is known of this cluster.`
        : `${name} has ${what} in these files: in a cluster they are its pods; on a laptop an EndpointSlice must say where it listens.`,
    );
  else
    report.warning(
      'destination-no-endpoints',
      path,
      `${name} has ${what}; ${effect}. ${endpointAdvice(service, subset)}`,
    );
}

/** Whether it comes from a cluster, where endpoints are made by what runs there. */
function isLive({ document }: RegistryService): boolean {
  return document.source.field !== undefined;
}

function endpointAdvice(service: RegistryService, subset: string): string {
  const { kind, discovery } = service;
  if (discovery === 'original-destination')
    return 'Without a resolution requests go to the address that was dialled, and at a gateway that is its own: write resolution: DNS or STATIC.';
  if (kind === 'Service' && isLive(service))
    return subset === ''
      ? 'A pod that its selector selects has to become ready.'
      : 'Pods with the labels of the subset have to become ready.';
  if (subset !== '') return 'Write endpoints with the labels of the subset.';
  return kind === 'Service' ? 'Write an EndpointSlice for it.' : 'Write endpoints in its ServiceEntry.';
}
