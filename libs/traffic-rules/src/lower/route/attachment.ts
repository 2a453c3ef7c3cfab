import { asciiLowerCase } from '../../ascii.js';
import { quote } from '../../fields/describe.js';
import { hostsInCommon, lies, overlap } from '../../hosts-in-common.js';
import { meshGateway } from '../../model/gateway.js';
import type { Requirement } from '../../model/requirement.js';
import {
  type GrpcRoute,
  gatewayApiGroup,
  type HttpRoute,
  type ParentReference,
  type TcpRoute,
  type TlsRoute,
} from '../../resources/gateway-api.js';
import type { Resource } from '../../resources/resource.js';
import { takesNamespace } from '../gateway/kubernetes-gateway.js';
import { kindsTakenBy, type Listener, type Listeners } from '../gateway/listeners.js';
import type { Namespaces } from '../namespaces.js';
import { ofKind } from '../of-kind.js';
import { type References, serviceHost } from './references.js';

export type RequestRoute = HttpRoute | GrpcRoute;
export type ConnectionRoute = TlsRoute | TcpRoute;
export type Route = RequestRoute | ConnectionRoute;

/** A host that a route has rules for, by way of one of its parents. */
export interface Attachment {
  /** `mesh`, or what Istio calls a listener of a Gateway. */
  gateway: string;
  host: string;
  /** `spec.hostnames[0]`, or `spec.parentRefs[0]`. */
  field: string;
  /** The rules are for this port alone: the parent that says so. */
  port?: { number: number; field: string };
  /** That of a Gateway; absent in the mesh. */
  listener?: Listener;
}

/** What routes may be attached to. */
export interface Parents {
  references: References;
  resources: readonly Resource[];
  listeners: Listeners;
  namespaces: Namespaces;
}

/** Whether a route is attached to a service of the mesh, and not to a gateway. */
export function isInMesh({ kind }: ParentReference): boolean {
  return kind === 'Service' || kind === 'ServiceEntry';
}

/** Why a parent does not take a route. */
export interface Detached {
  field: string;
  reason: string;
}

/** Every host that a route is for (Istio, conversion.go extractParentReferenceInfo, referenceAllowed). */
export function attachmentsOf(route: Route, parents: Parents): Array<Attachment | Detached> {
  return route.spec.parentRefs.flatMap((parent, index) => {
    const field = `spec.parentRefs[${index}]`;
    const unsaid = (['kind', 'name'] as const).find((part) => parent[part] === '');
    if (unsaid !== undefined)
      return [{ field: `${field}.${unsaid}`, reason: `the reference has no ${unsaid}` }];
    switch (`${parent.group}/${parent.kind}`) {
      case '/Service':
        return toService(route, parent, field, parents);
      case 'networking.istio.io/ServiceEntry':
        return toServiceEntry(route, parent, field, parents);
      case 'gateway.networking.k8s.io/Gateway':
      case 'gateway.networking.k8s.io/ListenerSet':
        return toListeners(route, parent, field, parents);
      default:
        return [
          {
            field,
            reason: `routes cannot be attached to the kind ${quote(parent.kind)} of the group ${quote(parent.group)}, only to a Service (group ""), a ServiceEntry (group "networking.istio.io"), or a Gateway or ListenerSet (group "${gatewayApiGroup}")`,
          },
        ];
    }
  });
}

function toService(
  { metadata }: Route,
  { name, namespace = metadata.namespace, port }: ParentReference,
  field: string,
  { references }: Parents,
): Array<Attachment | Detached> {
  if (!references.hasService(namespace, name))
    return [{ field, reason: `there is no Service ${name} in the namespace ${namespace}` }];
  return [inMesh(serviceHost(name, namespace), field, port)];
}

function toServiceEntry(
  { metadata }: Route,
  { name, namespace = metadata.namespace, port }: ParentReference,
  field: string,
  { resources }: Parents,
): Array<Attachment | Detached> {
  const entry = ofKind(resources, 'ServiceEntry').find(
    (one) => one.metadata.name === name && one.metadata.namespace === namespace,
  );
  if (entry === undefined)
    return [{ field, reason: `there is no ServiceEntry ${name} in the namespace ${namespace}` }];
  return entry.spec.hosts.map((host) => inMesh(asciiLowerCase(host), field, port));
}

function inMesh(host: string, field: string, port: number | undefined): Attachment {
  return {
    gateway: meshGateway,
    host,
    field,
    ...(port !== undefined && { port: { number: port, field } }),
  };
}

/** Those of a Gateway's ListenerSets are parents of their own. */
function toListeners(
  route: Route,
  parent: ParentReference,
  field: string,
  { listeners, namespaces }: Parents,
): Array<Attachment | Detached> {
  const namespace = parent.namespace ?? route.metadata.namespace;
  const name = `${parent.kind} ${namespace}/${parent.name}`;
  const isParent = ({ kind, metadata }: Listener['owner']) =>
    kind === parent.kind && metadata.name === parent.name && metadata.namespace === namespace;
  const own = listeners.kept.filter(({ owner }) => isParent(owner));
  const lost = listeners.lost.filter(({ owner }) => isParent(owner));
  const detached = listeners.detached.find(({ set }) => isParent(set));
  if (detached !== undefined)
    return [{ field, reason: `${name} has no listeners in force (${detached.reason})` }];
  if (own.length + lost.length === 0)
    return [{ field, reason: `there is no ${parent.kind} ${parent.name} in the namespace ${namespace}` }];
  let left = own;
  for (const { keeps, reason } of conditionsOn(name, { route, parent, lost, namespaces })) {
    const kept = left.filter(keeps);
    if (kept.length === 0) return [{ field, reason: reason(left) }];
    left = kept;
  }
  return left.flatMap((listener) => hostsAt(listener, route, field, own));
}

/** What a route asks of a listener, or a listener of a route. */
interface Condition {
  keeps(listener: Listener): boolean;
  /** Why none is left. @param listeners those that meet all conditions before */
  reason(listeners: readonly Listener[]): string;
}

interface Asked {
  route: Route;
  parent: ParentReference;
  /** Listeners of the parent that Istio leaves out. */
  lost: Listeners['lost'];
  namespaces: Namespaces;
}

/** In the order in which Istio tries them. @param name of the parent, for people */
function conditionsOn(name: string, { route, parent, lost, namespaces }: Asked): Condition[] {
  const { namespace } = route.metadata;
  const hostnames = hostnamesOf(route).map(asciiLowerCase);
  const isChosen = ({ spec }: Pick<Listener, 'spec'>) =>
    (parent.port === undefined || parent.port === spec.port) &&
    (parent.sectionName === undefined || parent.sectionName === spec.name);
  return [
    {
      keeps: isChosen,
      reason: (own) => {
        const without = lost.find(isChosen);
        return without === undefined
          ? `${name} has no such listener; it has ${own.map(({ spec }) => `${spec.name} on port ${spec.port}`).join(', ')}`
          : `Istio leaves listener ${without.spec.name} of ${name} out (${without.reason})`;
      },
    },
    {
      keeps: (listener) => takesKind(listener, route.kind),
      reason: () => `no listener of ${name} takes ${route.kind}s`,
    },
    {
      keeps: (listener) => takesNamespace(listener, namespace, namespaces),
      reason: (taking) =>
        `no listener of ${name} takes routes of the namespace ${namespace} (allowedRoutes.namespaces)${unknownLabels(taking, namespace, namespaces)}`,
    },
    {
      keeps: (listener) => hostnames.some((host) => overlap(host, hostnameOf(listener))),
      reason: (allowing) =>
        `no listener of ${name} has a hostname of the route's (it has ${allowing.map(({ spec }) => spec.hostname).join(', ')})`,
    },
  ];
}

/** A selector asks for labels that the files may not say. */
function unknownLabels(listeners: readonly Listener[], namespace: string, namespaces: Namespaces): string {
  const isSelected = listeners.some(({ spec }) => spec.allowedRoutes.from === 'Selector');
  return isSelected && !namespaces.isDescribed(namespace)
    ? `, as far as the files tell: they do not have the Namespace ${namespace} with its labels`
    : '';
}

function takesKind({ spec }: Listener, kind: string): boolean {
  if (!kindsTakenBy(spec).includes(kind)) return false;
  const { kinds } = spec.allowedRoutes;
  return (
    kinds.length === 0 || kinds.some((allowed) => allowed.group === gatewayApiGroup && allowed.kind === kind)
  );
}

function hostnameOf({ spec }: Listener): string {
  return asciiLowerCase(spec.hostname || '*');
}

/**
 * The route's hosts. Of requests, save those that another listener of the port says more exactly (Istio, hostnameAllowedByIsolation); of TLS
 * what they have in common with the listener's.
 */
function hostsAt(listener: Listener, route: Route, parent: string, all: readonly Listener[]): Attachment[] {
  const written = 'hostnames' in route.spec ? route.spec.hostnames : [];
  return hostnamesOf(route).flatMap((hostname, index) => {
    const field = written.length === 0 ? parent : `spec.hostnames[${index}]`;
    return hostAt(listener, route, asciiLowerCase(hostname), all).map((host) => ({
      ...{ gateway: listener.internalName, host, field, listener },
    }));
  });
}

function hostAt(listener: Listener, { kind }: Route, host: string, all: readonly Listener[]): string[] {
  switch (kind) {
    case 'HTTPRoute':
    case 'GRPCRoute':
      return isOfAnother(host, listener, all) ? [] : [host];
    case 'TLSRoute':
      return hostsInCommon([host], [hostnameOf(listener)]);
    case 'TCPRoute':
      return [host];
  }
}

/** A TCPRoute is for every host. */
function hostnamesOf({ spec }: Route): readonly string[] {
  return 'hostnames' in spec && spec.hostnames.length > 0 ? spec.hostnames : ['*'];
}

/** What rules ask for by way of a parent that is for one port alone. */
export function onPort(route: Route, { number, field }: NonNullable<Attachment['port']>): Requirement {
  return {
    subject: { kind: 'port' },
    test: { kind: 'exact', value: `${number}`, ignoreCase: false },
    absent: false,
    origin: { document: route, path: field },
    field: 'port',
  };
}

function isOfAnother(host: string, { spec }: Listener, all: readonly Listener[]): boolean {
  const own = asciiLowerCase(spec.hostname ?? '');
  if (own !== '' && !own.startsWith('*')) return false;
  return all.some(({ spec: other }) => {
    const name = asciiLowerCase(other.hostname ?? '');
    if (other.port !== spec.port || other.protocol !== spec.protocol || name === own) return false;
    return name !== '' && own.length <= name.length && lies(host, name);
  });
}
