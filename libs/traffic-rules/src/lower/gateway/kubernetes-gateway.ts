import { asciiLowerCase } from '../../ascii.js';
import type { GatewayServer, ServerHost, ServerProtocol } from '../../model/gateway.js';
import type { GatewayListenerSpec, KubernetesGateway } from '../../resources/gateway-api.js';
import type { Service } from '../../resources/kubernetes.js';
import type { Workload } from '../../workload.js';
import type { Namespaces } from '../namespaces.js';
import { referenceTo } from '../reference.js';
import { clusterDomain } from '../short-name.js';
import { type GatewayService, selects, targetOf } from './gateway-service.js';
import type { Listener } from './listeners.js';

/** Istio gives a deployment that it makes for a Gateway this label. */
export const gatewayNameLabel = 'gateway.networking.k8s.io/gateway-name';

/** The servers that Gateways of the Gateway API have for a gateway workload. */
export function kubernetesServersOf(
  listeners: readonly Listener[],
  workload: Workload,
  {
    services,
    namespaces,
    service,
  }: { services: readonly Service[]; namespaces: Namespaces; service: GatewayService },
): GatewayServer[] {
  return listeners.flatMap((listener) =>
    bindPortsOf(listener, workload, { services, service }).flatMap(
      (bindPort) => serverOf(listener, bindPort, namespaces) ?? [],
    ),
  );
}

/**
 * The ports that the workload binds for a listener: targets of the Services that its Gateway names, as long as they are in the
 * Gateway's own namespace and have the listener's port (Istio, push_context.go mergeGateways, gateway.go resolvePorts); or the port
 * itself in the deployment that is made for the Gateway.
 */
function bindPortsOf(
  { gateway, spec }: Listener,
  workload: Workload,
  { services, service }: { services: readonly Service[]; service: GatewayService },
): number[] {
  const { name, namespace } = gateway.metadata;
  if (namespace !== workload.namespace) return [];
  const hosts = serviceHostsOf(gateway);
  if (hosts.length === 0)
    return workload.labels[gatewayNameLabel] === name ? [service.targetPortOf(spec.port)] : [];
  const targets = services
    .filter((one) => isNamedBy(hosts, one) && one.metadata.namespace === namespace && selects(one, workload))
    .flatMap((one) => one.spec.ports.filter(({ port }) => port === spec.port))
    .map(targetOf);
  return [...new Set(targets)];
}

function isNamedBy(hosts: readonly string[], { metadata }: Service): boolean {
  return hosts.includes(`${metadata.name}.${metadata.namespace}.svc.${clusterDomain}`);
}

/** The full names of the Services that a Gateway names as its addresses; `name.namespace` is one of them, as Istio reads it. */
export function serviceHostsOf({ metadata, spec }: Pick<KubernetesGateway, 'metadata' | 'spec'>): string[] {
  return spec.addresses
    .filter(({ type }) => type === 'Hostname')
    .map(({ value }) => {
      const parts = value.split('.');
      if (parts.length === 1) return `${value}.${metadata.namespace}.svc.${clusterDomain}`;
      return parts.length === 2 ? `${value}.svc.${clusterDomain}` : value;
    });
}

function serverOf(
  { owner, spec, index, internalName, termination }: Listener,
  bindPort: number,
  namespaces: Namespaces,
): GatewayServer | undefined {
  const serves = protocolServed(spec);
  if (serves === undefined) return undefined;
  return {
    gateway: internalName,
    document: owner,
    resource: referenceTo(owner),
    path: `spec.listeners[${index}]`,
    port: spec.port,
    bindPort,
    bind: '',
    serves,
    hosts: hostsOf(spec, owner.metadata.namespace, namespaces),
    redirectsToHttps: false,
    ...(termination !== undefined && { termination }),
  };
}

function protocolServed({ protocol, tls }: GatewayListenerSpec): ServerProtocol | undefined {
  switch (protocol) {
    case 'HTTP':
      return 'http';
    case 'HTTPS':
      return 'https';
    case 'TLS':
      return tls?.mode === 'Passthrough' ? 'tls-passthrough' : 'tls';
    case 'TCP':
      return 'tcp';
    default:
      return undefined;
  }
}

/** With the namespaces whose routes may attach. */
function hostsOf(
  { hostname = '*', allowedRoutes }: GatewayListenerSpec,
  own: string,
  namespaces: Namespaces,
): ServerHost[] {
  const host = asciiLowerCase(hostname);
  const allowed = allowedNamespaces(allowedRoutes, own, namespaces);
  if (allowed === 'all') return [{ host }];
  // It listens all the same, for the routes of nobody.
  return (allowed.length === 0 ? ['~'] : allowed).map((namespace) => ({ host, namespace }));
}

/** Whether routes of a namespace may attach to a listener. */
export function takesNamespace(
  { owner, spec }: Listener,
  namespace: string,
  namespaces: Namespaces,
): boolean {
  const allowed = allowedNamespaces(spec.allowedRoutes, owner.metadata.namespace, namespaces);
  return allowed === 'all' || allowed.includes(namespace);
}

/** The Gateway's or ListenerSet's own, unless it says otherwise; a selector that is missing selects all (Istio, conversion.go namespacesFromSelector). */
function allowedNamespaces(
  { from, selector }: GatewayListenerSpec['allowedRoutes'],
  own: string,
  namespaces: Namespaces,
): string[] | 'all' {
  if (from === 'Same') return [own];
  if (from === 'All' || selector === undefined) return 'all';
  return namespaces.selectedBy(selector);
}
