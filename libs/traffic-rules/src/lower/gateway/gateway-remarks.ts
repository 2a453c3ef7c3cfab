import { hostsInCommon } from '../../hosts-in-common.js';
import type { Document } from '../../model/place.js';
import { isSubset, type Labels } from '../../model/service.js';
import type { Gateway, ServerTls } from '../../resources/gateway.js';
import type { Service } from '../../resources/kubernetes.js';
import type { Resource } from '../../resources/resource.js';
import type { Report } from '../../validate/report.js';
import { istioGateways, ofKind } from '../of-kind.js';
import { podsOf } from '../pods.js';
import { hostsOf } from './istio-gateway.js';

/** What Gateways say and their workloads or Services then do not do. */
export function remarkOnIstioGateways(
  resources: readonly Resource[],
  reportOf: (document: Document) => Report,
): void {
  const gateways = istioGateways(resources);
  const servicesOf = gatewayServices(resources);
  const byCertificate = gatewaysByCertificate(gateways);
  for (const gateway of gateways) {
    remarkOnPorts(gateway, servicesOf(gateway.spec.selector), reportOf(gateway));
    remarkOnCertificates(gateway, byCertificate, reportOf(gateway));
    remarkOnHosts(gateway, reportOf(gateway));
  }
}

/** Ports that no Service of the gateway's workload leads to (istioctl's IST0162); where the files have no such Service, it is somewhere else. */
function remarkOnPorts({ spec }: Gateway, services: readonly Service[], report: Report): void {
  if (services.length === 0) return;
  const exposed = services.flatMap((service) =>
    service.spec.ports.filter(({ protocol }) => protocol === 'TCP'),
  );
  const numbers = new Set(exposed.flatMap(({ port, targetPort }) => [port, targetPort ?? port]));
  spec.servers.forEach(({ port }, index) => {
    if (port === undefined || numbers.has(port.number)) return;
    const [{ metadata }] = services as [Service];
    report.warning(
      'server-port-not-exposed',
      `spec.servers[${index}].port.number`,
      `the Service ${metadata.namespace}/${metadata.name} in front of the gateway has no port ${port.number} (it has ${exposed.map((one) => one.port).join(', ')}), so nobody outside can reach this server. Add the port to the Service, or write one of its ports.`,
    );
  });
}

/** What brings istiod down, and with it every proxy's news (Istio, gateway.go sanitizeServerHostNamespace: an index out of range). */
function remarkOnHosts({ spec }: Gateway, report: Report): void {
  spec.servers.forEach(({ hosts }, server) => {
    const everything = hosts.indexOf('*/*');
    const index = hosts.findIndex((host, at) => at > everything && /^[*.]\//.test(host));
    if (everything < 0 || index < 0) return;
    report.warning(
      'istiod-panics',
      `spec.servers[${server}].hosts[${index}]`,
      `istiod stops with a panic at a host like ${hosts[index]} behind "*/*", again at each start: no proxy of the mesh gets new rules. "*/*" takes every host; leave the others out.`,
    );
  });
}

/** The Services that lead to the pods of a selector, looked for once for each. */
function gatewayServices(resources: readonly Resource[]): (selector: Labels) => readonly Service[] {
  const services = ofKind(resources, 'Service').filter(
    ({ spec: { selector } }) => Object.keys(selector).length > 0,
  );
  const pods = services.length === 0 ? [] : podsOf(resources);
  const lookUp = (selector: Labels) => {
    if (Object.keys(selector).length === 0) return [];
    const own = pods.filter(({ labels }) => isSubset(selector, labels));
    return services.filter(
      ({ metadata, spec }) =>
        isSubset(selector, spec.selector) ||
        own.some(
          ({ namespace, labels }) => namespace === metadata.namespace && isSubset(spec.selector, labels),
        ),
    );
  };
  const known = new Map<string, readonly Service[]>();
  return (selector) => {
    const key = JSON.stringify(selector);
    const found = known.get(key) ?? lookUp(selector);
    known.set(key, found);
    return found;
  };
}

/**
 * One certificate in two Gateways of a workload, or in two servers of one that share hosts: a client uses a connection for all hosts of the certificate, and the
 * server that it was opened to answers 404 for the hosts of the other (istioctl's IST0138; recorded: `gateway-one-certificate-two-servers`).
 */
function remarkOnCertificates(
  gateway: Gateway,
  byCertificate: ReadonlyMap<string, readonly Gateway[]>,
  report: Report,
): void {
  const namesOf = (hosts: readonly string[]) =>
    hostsOf(hosts, gateway.metadata.namespace).map(({ host }) => host);
  gateway.spec.servers.forEach(({ tls, hosts, port }, index) => {
    const certificate = certificateOf(tls);
    if (certificate === undefined || hosts.some((host) => host === '*' || host.endsWith('/*'))) return;
    const other = byCertificate
      .get(certificate)
      ?.find((one) => one !== gateway && isSubset(gateway.spec.selector, one.spec.selector));
    const beside = gateway.spec.servers.findIndex(
      (one, at) =>
        at < index &&
        one.port?.number === port?.number &&
        certificateOf(one.tls) === certificate &&
        hostsInCommon(namesOf(one.hosts), namesOf(hosts)).length > 0,
    );
    if (other === undefined && beside < 0) return;
    const who =
      other === undefined
        ? `spec.servers[${beside}]`
        : `Gateway ${other.metadata.namespace}/${other.metadata.name}`;
    report.warning(
      'certificate-shared',
      `spec.servers[${index}].tls`,
      `${who} has the same certificate: clients that use one HTTP/2 connection for both of their hosts get 404 for one of them. Write one server with the hosts of both, or a certificate for each.`,
    );
  });
}

function gatewaysByCertificate(gateways: readonly Gateway[]): ReadonlyMap<string, readonly Gateway[]> {
  const found = new Map<string, Gateway[]>();
  for (const gateway of gateways)
    for (const certificate of new Set(gateway.spec.servers.map(({ tls }) => certificateOf(tls)))) {
      if (certificate === undefined) continue;
      const list = found.get(certificate) ?? [];
      found.set(certificate, list);
      list.push(gateway);
    }
  return found;
}

function certificateOf(tls: ServerTls | undefined): string | undefined {
  const { credentialName, serverCertificate, privateKey } = tls ?? {};
  if (credentialName !== undefined) return credentialName;
  return serverCertificate === undefined || privateKey === undefined
    ? undefined
    : `${serverCertificate}\n${privateKey}`;
}
