import { quote } from '../fields/describe.js';
import type { ServiceEntrySpec } from '../resources/service-entry.js';
import { isDnsLabel } from './names.js';
import { validatePort } from './port.js';
import type { Report } from './report.js';

const http = ['http', 'http2', 'http_proxy', 'grpc', 'grpc-web'];
const tls = ['https', 'tls'];
const others = ['tcp', 'udp', 'mongo', 'redis', 'mysql', 'hbone', 'double-hbone'];
const known = [...http, ...tls, ...others];

export function isHttp(protocol = ''): boolean {
  return http.includes(protocol.toLowerCase());
}

export function isTls(protocol = ''): boolean {
  return tls.includes(protocol.toLowerCase());
}

export function isKnownProtocol(protocol: string): boolean {
  return known.includes(protocol.toLowerCase());
}

/** The ports of a ServiceEntry. */
export function validateServicePorts(
  spec: ServiceEntrySpec,
  addressesAllocated: boolean,
  report: Report,
): void {
  const [names, numbers] = [new Set<string>(), new Set<number>()];
  spec.ports.forEach((port, index) => {
    const path = `spec.ports[${index}]`;
    if (names.has(port.name))
      report.error(
        'port-duplicate',
        `${path}.name`,
        `another port has the name ${quote(port.name)}; give each its own.`,
      );
    if (numbers.has(port.number))
      report.error(
        'port-duplicate',
        `${path}.number`,
        `another port has the number ${port.number}; write each once.`,
      );
    names.add(port.name);
    numbers.add(port.number);
    validatePort(port.number, `${path}.number`, report);
    if (port.targetPort !== undefined) validatePort(port.targetPort, `${path}.targetPort`, report);
    validatePortName(port.name, `${path}.name`, report);
    if (port.protocol !== undefined && !isKnownProtocol(port.protocol))
      report.error(
        'protocol-unknown',
        `${path}.protocol`,
        `${quote(port.protocol)} is not a protocol; write HTTP, HTTP2, GRPC, HTTPS, TLS, TCP, MONGO, REDIS or MYSQL.`,
      );
    if (spec.addresses.length === 0 && !addressesAllocated && (port.protocol ?? 'TCP') === 'TCP')
      warnOfMissingAddresses(path, report);
  });
}

export function warnOfMissingAddresses(path: string, report: Report): void {
  report.warning(
    'addresses-missing',
    path,
    'a TCP port is told apart by address only; write addresses, or protocol: HTTP.',
  );
}

export function validatePortName(name: string, path: string, report: Report): void {
  if (isDnsLabel(name)) return;
  const what = name === '' ? 'the port has no name' : `${quote(name)} is not a port name`;
  report.error('port-name-invalid', path, `${what}; write letters, digits and "-", for instance http.`);
}
