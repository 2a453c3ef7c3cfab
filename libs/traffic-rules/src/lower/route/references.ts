import { asciiLowerCase } from '../../ascii.js';
import { type BackendReference, gatewayApiGroup, type ObjectReference } from '../../resources/gateway-api.js';
import type { Resource } from '../../resources/resource.js';
import { ofKind } from '../of-kind.js';
import { ReferenceGrants } from '../reference-grants.js';
import { clusterDomain } from '../short-name.js';

/** What a route's reference to a backend comes to. */
export type Backend =
  | {
      kind: 'found';
      host: string;
      port: number;
      /** Why a mirror may not lead there: the host is one of other namespaces, which backends may have nevertheless (Istio, conversion.go LookupHostname). */
      elsewhere?: string;
    }
  /** Requests to it get 500. */
  | { kind: 'missing'; host: string; port?: number; reason: string }
  /** The whole route does not exist because of it. */
  | { kind: 'invalid'; reason: string };

/** The objects that routes may refer to (Istio, conversion.go buildDestination). */
export class References {
  readonly #services: ReadonlySet<string>;
  /** With the namespaces that they are registered in. */
  readonly #hosts = new Map<string, Set<string>>();
  readonly #grants: ReferenceGrants;

  constructor(resources: readonly Resource[]) {
    const services = ofKind(resources, 'Service');
    const entries = ofKind(resources, 'ServiceEntry');
    this.#services = new Set(services.map(({ metadata }) => `${metadata.namespace}/${metadata.name}`));
    for (const { metadata, spec } of entries)
      for (const host of spec.hosts) this.#register(asciiLowerCase(host), metadata.namespace);
    for (const { metadata } of services)
      this.#register(serviceHost(metadata.name, metadata.namespace), metadata.namespace);
    this.#grants = new ReferenceGrants(resources);
  }

  #register(host: string, namespace: string): void {
    const namespaces = this.#hosts.get(host) ?? new Set();
    namespaces.add(namespace);
    this.#hosts.set(host, namespaces);
  }

  hasService(namespace: string, name: string): boolean {
    return this.#services.has(`${namespace}/${name}`);
  }

  /**
   * @param route whose reference it is
   * @param asksForGrant whether another namespace has to allow it: of routes of a gateway, not of those in the mesh
   */
  backend(
    reference: ObjectReference | BackendReference,
    route: { kind: string; namespace: string },
    asksForGrant: boolean,
  ): Backend {
    const { namespace = route.namespace } = reference;
    if (asksForGrant && !this.#isGranted(reference, namespace, route))
      return {
        kind: 'missing',
        host: '',
        reason: `the namespace ${namespace} has no ReferenceGrant that allows ${route.kind}s of ${route.namespace} to refer to it`,
      };
    switch (`${reference.group}/${reference.kind}`) {
      case '/Service':
      case 'multicluster.x-k8s.io/ServiceImport':
        return this.#service(reference, namespace);
      case 'networking.istio.io/Hostname':
        return this.#hostname(reference, route.namespace);
      default:
        return {
          kind: 'missing',
          host: '',
          reason: `a backend cannot be a ${reference.kind}${reference.group === '' ? '' : ` (${reference.group})`}; Istio knows Service, and Hostname of networking.istio.io`,
        };
    }
  }

  #service({ name, port }: ObjectReference, namespace: string): Backend {
    if (name.includes('.'))
      return { kind: 'invalid', reason: `${name} is not the name of a Service, which has no dots` };
    if (port === undefined) return { kind: 'invalid', reason: `the port of ${name} is missing` };
    const host = serviceHost(name, namespace);
    if (this.hasService(namespace, name)) return { kind: 'found', host, port };
    return {
      kind: 'missing',
      host,
      port,
      reason: `there is no Service ${name} in the namespace ${namespace}`,
    };
  }

  #hostname({ name, namespace, port }: ObjectReference, own: string): Backend {
    if (namespace !== undefined) return { kind: 'invalid', reason: 'a Hostname has no namespace' };
    if (port === undefined) return { kind: 'invalid', reason: `the port of ${name} is missing` };
    const host = asciiLowerCase(name);
    const namespaces = this.#hosts.get(host);
    if (namespaces?.has(own)) return { kind: 'found', host, port };
    if (namespaces !== undefined)
      return {
        kind: 'found',
        host,
        port,
        elsewhere: `no service of the namespace ${own} has the host ${name}`,
      };
    return { kind: 'missing', host, port, reason: `no Service and no ServiceEntry has the host ${name}` };
  }

  #isGranted(
    { group, kind, name }: ObjectReference,
    namespace: string,
    route: { kind: string; namespace: string },
  ): boolean {
    return this.#grants.allows({ group: gatewayApiGroup, ...route }, { group, kind, namespace, name });
  }
}

/**
 * The host that a backend stands for, whether there is such a service or not; of a kind that Istio does not know, its name.
 * @param routeNamespace that of the route, for a reference without one
 */
export function backendHost(
  { group, kind, name, namespace = '' }: Pick<ObjectReference, 'group' | 'kind' | 'name' | 'namespace'>,
  routeNamespace: string,
): string {
  const isService = kind === 'Service' || kind === 'ServiceImport';
  if (isService) return serviceHost(name, namespace === '' ? routeNamespace : namespace);
  return group === 'networking.istio.io' ? asciiLowerCase(name) : name;
}

export function serviceHost(name: string, namespace: string): string {
  return `${name}.${namespace}.svc.${clusterDomain}`;
}
