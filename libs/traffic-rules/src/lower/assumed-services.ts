import type {
  GrpcRoute,
  HttpRoute,
  ObjectReference,
  RouteFilter,
  TcpRoute,
  TlsRoute,
} from '../resources/gateway-api.js';
import type { Service } from '../resources/kubernetes.js';
import type { Resource } from '../resources/resource.js';
import type { ServiceEntry } from '../resources/service-entry.js';
import type { Destination, VirtualService } from '../resources/virtual-service.js';
import type { Source } from '../source.js';
import { connectionRoutes, ofKind, requestRoutes } from './of-kind.js';
import { clusterDomain, qualifyHost } from './short-name.js';

type Protocol = 'HTTP' | 'TCP' | 'TLS';

/** What the rules say of a host that no document registers. */
interface Named {
  host: string;
  namespace: string;
  source: Source;
  ports: Map<number, Protocol>;
  subsets: Array<Record<string, string>>;
}

/** Where a host is asked for that no port is named for. */
const usualPort = 80;

/**
 * Services for the hosts that the rules name and no document registers, as if they were all there: with the ports that the rules name, else 80,
 * and with endpoints for every subset. For rules that are looked at without the services that they lead to.
 */
export function assumedServices(resources: readonly Resource[]): Resource[] {
  const known = registeredHosts(resources);
  const named = new NamedHosts();
  for (const document of ofKind(resources, 'VirtualService')) named.addRules(document);
  for (const route of requestRoutes(resources)) named.addRoute(route);
  for (const route of connectionRoutes(resources)) named.addConnectionRoute(route);
  for (const { spec, metadata, source } of ofKind(resources, 'DestinationRule'))
    named.of(spec.host, metadata.namespace, source).subsets.push(...spec.subsets.map(({ labels }) => labels));
  return [...named.all()].filter(({ host }) => !known.has(host)).map(toService);
}

function registeredHosts(resources: readonly Resource[]): Set<string> {
  const services = ofKind(resources, 'Service').map(({ metadata }) =>
    qualifyHost(metadata.name, metadata.namespace),
  );
  return new Set([...services, ...ofKind(resources, 'ServiceEntry').flatMap(({ spec }) => spec.hosts)]);
}

class NamedHosts {
  readonly #byHost = new Map<string, Named>();

  all(): Iterable<Named> {
    return this.#byHost.values();
  }

  of(written: string, namespace: string, source: Source): Named {
    const host = qualifyHost(written, namespace).toLowerCase();
    const known = this.#byHost.get(host) ?? { host, namespace, source, ports: new Map(), subsets: [] };
    this.#byHost.set(host, known);
    return known;
  }

  addRules(document: VirtualService): void {
    const { spec, metadata, source } = document;
    const asked = new Set(spec.http.flatMap(({ match }) => match.flatMap(({ port }) => port ?? [])));
    for (const host of spec.hosts.filter((one) => one !== '*')) {
      const { ports } = this.of(host, metadata.namespace, source);
      for (const port of asked.size === 0 ? [usualPort] : asked) addPort(ports, port, 'HTTP');
    }
    for (const http of spec.http) {
      const mirrors = [
        ...http.mirrors.map(({ destination }) => destination),
        ...(http.mirror ? [http.mirror] : []),
      ];
      for (const destination of [...http.route.map((entry) => entry.destination), ...mirrors])
        this.#addDestination(destination, 'HTTP', document);
    }
    for (const { route } of spec.tcp)
      for (const { destination } of route) this.#addDestination(destination, 'TCP', document);
    for (const { route } of spec.tls)
      for (const { destination } of route) this.#addDestination(destination, 'TLS', document);
  }

  /** Its backends and mirrors, and the Services that it is attached to. */
  addRoute({ spec, metadata, source }: HttpRoute | GrpcRoute): void {
    const mirrored = (filters: readonly RouteFilter[]) =>
      filters.flatMap(({ requestMirror }) => (requestMirror === undefined ? [] : [requestMirror.backendRef]));
    const references: ObjectReference[] = [
      ...spec.parentRefs,
      ...spec.rules.flatMap(({ backendRefs, filters }) => [
        ...backendRefs,
        ...mirrored(filters),
        ...backendRefs.flatMap((backend) => mirrored(backend.filters)),
      ]),
    ];
    for (const reference of references) this.#addReference(reference, 'HTTP', metadata.namespace, source);
  }

  /** Likewise. */
  addConnectionRoute({ kind, spec, metadata, source }: TlsRoute | TcpRoute): void {
    const references = [...spec.parentRefs, ...spec.rules.flatMap(({ backendRefs }) => backendRefs)];
    const protocol = kind === 'TLSRoute' ? 'TLS' : 'TCP';
    for (const reference of references) this.#addReference(reference, protocol, metadata.namespace, source);
  }

  #addReference(
    { group, kind, name, namespace, port }: ObjectReference,
    protocol: Protocol,
    own: string,
    source: Source,
  ): void {
    if (name === '' || (kind !== 'Service' && kind !== 'Hostname') || (kind === 'Service' && group !== ''))
      return;
    const { ports } = this.of(name, namespace ?? own, source);
    addPort(ports, port ?? usualPort, protocol);
  }

  #addDestination(
    { host, port }: Destination,
    protocol: Protocol,
    { metadata, source }: VirtualService,
  ): void {
    const { ports } = this.of(host, metadata.namespace, source);
    addPort(ports, port ?? usualPort, protocol);
  }
}

/** The first that names a port says what it speaks. */
function addPort(ports: Map<number, Protocol>, port: number, protocol: Protocol): void {
  if (!ports.has(port)) ports.set(port, protocol);
}

function toService(named: Named): Service | ServiceEntry {
  const ports = named.ports.size === 0 ? new Map<number, Protocol>([[usualPort, 'HTTP']]) : named.ports;
  const [name = '', namespace = '', ...rest] = named.host.split('.');
  const isOfCluster = rest.join('.') === `svc.${clusterDomain}`;
  return isOfCluster ? kubernetesService(named, { name, namespace }, ports) : serviceEntry(named, ports);
}

function kubernetesService(
  { source }: Named,
  { name, namespace }: { name: string; namespace: string },
  ports: ReadonlyMap<number, Protocol>,
): Service {
  return {
    kind: 'Service',
    metadata: { name, namespace, labels: {}, annotations: {} },
    source,
    spec: {
      type: 'ClusterIP',
      selector: {},
      ports: [...ports].map(([port, protocol]) => ({
        name: `${protocol.toLowerCase()}-${port}`,
        port,
        protocol: 'TCP',
      })),
    },
  };
}

function serviceEntry(
  { host, namespace, source, subsets }: Named,
  ports: ReadonlyMap<number, Protocol>,
): ServiceEntry {
  const isWildcard = host.startsWith('*');
  const labels = subsets.length === 0 ? [{}] : subsets;
  return {
    kind: 'ServiceEntry',
    metadata: { name: host, namespace, labels: {}, annotations: {} },
    source,
    spec: {
      hosts: [host],
      addresses: [],
      ports: [...ports].map(([number, protocol]) => ({
        number,
        name: `${protocol.toLowerCase()}-${number}`,
        protocol,
      })),
      location: 'MESH_INTERNAL',
      resolution: isWildcard ? 'NONE' : 'DNS',
      endpoints: isWildcard ? [] : labels.map((one) => ({ address: host, ports: {}, labels: one })),
      exportTo: [],
      subjectAltNames: [],
    },
  };
}
