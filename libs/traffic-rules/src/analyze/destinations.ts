import { clusterName } from '../compile/clusters.js';
import { qualifyHost } from '../compile/host-name.js';
import type { RegistryService } from '../compile/registry.js';
import { suggest } from '../parse/suggestion.js';
import type { Destination, VirtualService } from '../resources/virtual-service.js';
import type { Report } from '../validate/report.js';
import type { Deciding, MeshView } from './mesh-view.js';

/** Destinations and mirrors that lead nowhere. */
export function warnOfDestinations(view: MeshView): void {
  const portsOf = portsByDocument(view);
  for (const [document, ports] of portsOf)
    for (const { destination, path } of destinationsOf(document))
      warnOfDestination(
        view,
        { destination, path, ports, namespace: document.metadata.namespace },
        view.report(document),
      );
}

/** A delegate acts on the ports of the VirtualServices that delegate to it. */
function portsByDocument(view: MeshView): Map<VirtualService, ReadonlySet<number>> {
  const documents = new Map<string, VirtualService>();
  for (const document of view.ofKind('VirtualService'))
    documents.set(`${document.metadata.namespace}/${document.metadata.name}`, document);
  const ports = new Map<VirtualService, Set<number>>();
  for (const { document, prepared, ports: own } of view.deciding)
    for (const owner of [document, ...delegatesOf(prepared, documents)]) {
      const known = ports.get(owner);
      if (known === undefined) ports.set(owner, new Set(own));
      else for (const port of own) known.add(port);
    }
  return ports;
}

function delegatesOf(
  prepared: Deciding['prepared'],
  documents: ReadonlyMap<string, VirtualService>,
): VirtualService[] {
  const names = prepared.rules.flatMap(({ delegate }) =>
    delegate === undefined ? [] : [`${delegate.namespace}/${delegate.name}`],
  );
  return [...new Set(names)].flatMap((name) => documents.get(name) ?? []);
}

interface Place {
  destination: Destination;
  path: string;
}

function destinationsOf({ spec }: VirtualService): Place[] {
  return spec.http.flatMap((rule, index) => {
    const path = `spec.http[${index}]`;
    const live = rule.route
      .map((_, at) => at)
      .filter((at) => rule.route.length === 1 || (rule.route[at]?.weight ?? 0) > 0);
    return [
      ...live.flatMap((at) => {
        const destination = rule.route[at]?.destination;
        return destination === undefined ? [] : [{ destination, path: `${path}.route[${at}].destination` }];
      }),
      ...(rule.mirror === undefined ? [] : [{ destination: rule.mirror, path: `${path}.mirror` }]),
      ...rule.mirrors.map((mirror, at) => ({
        destination: mirror.destination,
        path: `${path}.mirrors[${at}].destination`,
      })),
    ];
  });
}

interface Lookup extends Place {
  ports: ReadonlySet<number>;
  namespace: string;
}

function warnOfDestination(
  view: MeshView,
  { destination, path, ports, namespace }: Lookup,
  report: Report,
): void {
  const host = qualifyHost(destination.host, namespace);
  const service = view.table.services.get(host);
  if (service === undefined) {
    report.warning(
      'destination-unknown-host',
      `${path}.host`,
      `no Service and no ServiceEntry that ${view.table.workload.namespace} sees has the host ${host}; requests get 503. ${hostAdvice(view, host)}`,
    );
    return;
  }
  if (service.externalName !== undefined) return;
  const numbers = service.ports.map(({ number }) => number);
  const missing = missingPort(destination, ports, numbers);
  if (missing !== undefined) report.warning(missing.code, path, missing.message(host));
  else if (!hasSubset(view, destination, service)) warnOfSubset(view, destination, { service, path, report });
  else warnOfEndpoints(view, destination, { service, path, report });
}

function hostAdvice({ table }: MeshView, host: string): string {
  const [name = '', namespace = ''] = host.split('.');
  const full = `${name}.${namespace}.svc.cluster.local`;
  const meant = table.services.has(full) ? full : suggest(host, [...table.services.keys()].slice(0, 1000));
  return meant === undefined
    ? 'Write the full name of a service, or a ServiceEntry for the host.'
    : `Did you mean ${meant}?`;
}

type Missing = {
  code: 'destination-unknown-port' | 'destination-port-missing';
  message: (host: string) => string;
};

/** Without a port a destination means the port that the client dialled, whatever the service has (Istio, GetDestinationCluster). */
function missingPort(
  { port }: Destination,
  dialled: ReadonlySet<number>,
  numbers: readonly number[],
): Missing | undefined {
  const has = numbers.length === 0 ? 'no ports' : `only ${numbers.join(', ')}`;
  if (port !== undefined) {
    if (numbers.includes(port)) return undefined;
    return {
      code: 'destination-unknown-port',
      message: (host) =>
        `${host} has ${has}, so requests to port ${port} get 503; write one of its ports (the Service's, not the container's).`,
    };
  }
  const lost = [...dialled].filter((number) => !numbers.includes(number));
  if (lost.length === 0) return undefined;
  const advice = `port: { number: ${numbers[0] ?? 8080} }`;
  return {
    code: 'destination-port-missing',
    message: (host) =>
      `without a port the destination means the port that the client dialled (${lost.join(', ')}), and ${host} has ${has}: requests get 503. Write ${advice}.`,
  };
}

function hasSubset({ table }: MeshView, { subset }: Destination, service: RegistryService): boolean {
  if (subset === undefined) return true;
  return service.ports.some(({ number }) => table.clusters.has(clusterName(number, subset, service.host)));
}

function subsetsOf(table: MeshView['table'], { host }: RegistryService): string[] {
  const names = [...table.clusters.values()].filter(
    ({ service, subset }) => service.host === host && subset !== '',
  );
  return [...new Set(names.map(({ subset }) => subset))];
}

interface Target {
  service: RegistryService;
  path: string;
  report: Report;
}

function warnOfSubset({ table }: MeshView, { subset }: Destination, { service, path, report }: Target): void {
  const known = subsetsOf(table, service);
  const has =
    known.length === 0
      ? 'no DestinationRule in force for it has a subset with endpoints'
      : `its subsets are ${known.join(', ')}`;
  report.warning(
    'destination-unknown-subset',
    `${path}.subset`,
    `${service.host} has no subset ${subset}: ${has}, so requests get 503. Write one of them, or a DestinationRule with this subset.`,
  );
}

/** Where the clusters cannot tell (original destination, dynamic DNS) there is nothing to say. */
function warnOfEndpoints(
  view: MeshView,
  { port, subset = '' }: Destination,
  { service, path, report }: Target,
): void {
  if (service.discovery !== 'static') return;
  const clusters = service.ports
    .filter(({ number }) => port === undefined || number === port)
    .flatMap(({ number }) => view.table.clusters.get(clusterName(number, subset, service.host)) ?? []);
  if (clusters.length === 0 || clusters.some(({ endpoints }) => endpoints.some(({ healthy }) => healthy)))
    return;
  const what = clusters.some(({ endpoints }) => endpoints.length > 0)
    ? 'only endpoints that are not ready'
    : 'no endpoints';
  const name = subset === '' ? service.host : `subset ${subset} of ${service.host}`;
  if (service.kind === 'Service' && view.ofKind('EndpointSlice').length === 0)
    report.info(
      'destination-no-endpoints',
      path,
      `${name} has ${what} in these files: in a cluster its pods are, on a laptop an EndpointSlice has to say where it listens.`,
    );
  else
    report.warning(
      'destination-no-endpoints',
      path,
      `${name} has ${what}; requests get 503. ${endpointAdvice(service, subset)}`,
    );
}

function endpointAdvice({ kind }: RegistryService, subset: string): string {
  if (subset !== '') return 'Write endpoints with the labels of the subset.';
  return kind === 'Service' ? 'Write an EndpointSlice for it.' : 'Write endpoints in its ServiceEntry.';
}
