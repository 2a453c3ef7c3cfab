import { quote } from '../fields/describe.js';
import type { ServiceEntrySpec, WorkloadEndpoint } from '../resources/service-entry.js';
import { isIpAddress } from './address.js';
import { validateLabels } from './labels.js';
import { domainProblem } from './names.js';
import { validatePort } from './port.js';
import { member, type Report } from './report.js';
import { isTls, validatePortName } from './service-port.js';

const unix = 'unix://';

/** The endpoints of a ServiceEntry, by its resolution. */
export function validateEndpoints(spec: ServiceEntrySpec, report: Report): void {
  const { endpoints, resolution } = spec;
  if (resolution === 'NONE') {
    if (endpoints.length > 0)
      report.error(
        'endpoints-not-allowed',
        'spec.endpoints',
        'with resolution NONE (the default) an entry has no endpoints; write resolution: STATIC for addresses, or DNS for names.',
      );
    return;
  }
  if (resolution !== 'STATIC') validateNames(spec, report);
  endpoints.forEach((endpoint, index) => {
    const path = `spec.endpoints[${index}]`;
    if (resolution === 'STATIC') validateStatic(endpoint, spec, path, report);
    else validateNameOrAddress(endpoint.address, path, report);
    validateEndpointPorts(endpoint, spec, `${path}.ports`, report);
    validateLabels(endpoint.labels, `${path}.labels`, report);
  });
}

/** Without endpoints the hosts themselves are resolved. */
function validateNames(
  { hosts, endpoints, resolution, addresses, ports }: ServiceEntrySpec,
  report: Report,
): void {
  if (endpoints.length === 0)
    hosts.forEach((host, index) => {
      if (domainProblem(host) !== undefined)
        report.error(
          'host-invalid',
          `spec.hosts[${index}]`,
          `${quote(host)} cannot be resolved; write endpoints, or a full name.`,
        );
    });
  if (resolution === 'DNS_ROUND_ROBIN' && endpoints.length > 1)
    report.error(
      'endpoint-invalid',
      'spec.endpoints',
      'resolution DNS_ROUND_ROBIN takes one endpoint; write resolution: DNS for several.',
    );
  const tcp = ports.some(
    ({ protocol = '' }) =>
      isTls(protocol) || ['tcp', 'mongo', 'redis', 'mysql'].includes(protocol.toLowerCase()),
  );
  if (addresses.length > 0 && hosts.length > 1 && tcp)
    report.warning(
      'host-invalid',
      'spec.hosts',
      'with addresses and a TCP port only one host can be told; write an entry for each host.',
    );
}

function validateStatic(
  endpoint: WorkloadEndpoint,
  spec: ServiceEntrySpec,
  path: string,
  report: Report,
): void {
  const { address, network, ports } = endpoint;
  if (address === '') {
    if (network === undefined)
      report.error('endpoint-invalid', path, 'the endpoint has no address; write an IP address.');
    else
      report.warning(
        'endpoint-invalid',
        path,
        `the endpoint has no address and is only reached through the gateway of ${quote(network)}.`,
      );
  } else if (address.startsWith(unix)) {
    const file = address.slice(unix.length);
    if (!file.startsWith('@') && (!file.startsWith('/') || file.endsWith('/')))
      report.error(
        'endpoint-invalid',
        `${path}.address`,
        `${quote(address)} is not a socket; write unix:///path/to/socket.`,
      );
    if (Object.keys(ports).length > 0)
      report.error('endpoint-invalid', `${path}.ports`, 'a unix socket has no ports; leave them out.');
    if (spec.ports.length !== 1)
      report.error(
        'endpoint-invalid',
        `${path}.address`,
        'a unix socket serves exactly one port of the entry.',
      );
  } else if (!isIpAddress(address)) {
    report.error(
      'endpoint-invalid',
      `${path}.address`,
      `${quote(address)} is not an IP address; write one, or resolution: DNS for a name.`,
    );
  }
}

function validateNameOrAddress(address: string, path: string, report: Report): void {
  const problem = isIpAddress(address) ? undefined : domainProblem(address);
  if (problem !== undefined)
    report.error(
      'endpoint-invalid',
      `${path}.address`,
      `the endpoint ${quote(address)} ${problem}; write a name or an IP address.`,
    );
}

function validateEndpointPorts(
  endpoint: WorkloadEndpoint,
  spec: ServiceEntrySpec,
  path: string,
  report: Report,
): void {
  for (const [name, port] of Object.entries(endpoint.ports)) {
    const place = member(path, name);
    if (!spec.ports.some((known) => known.name === name)) {
      const names = spec.ports.map((known) => known.name).filter((known) => known !== '');
      report.error(
        'endpoint-invalid',
        place,
        `the entry has no port named ${quote(name)}; its ports are ${names.join(', ') || 'without names'}.`,
      );
    }
    validatePortName(name, place, report);
    validatePort(port, place, report);
  }
}
