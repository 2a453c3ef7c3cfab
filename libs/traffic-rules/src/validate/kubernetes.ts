import { quote } from '../fields/describe.js';
import type { EndpointSlice, Service } from '../resources/kubernetes.js';
import { isIpAddress } from './address.js';
import { domainProblem, isDnsLabel } from './names.js';
import { validatePort } from './port.js';
import type { Report } from './report.js';

/** What the API server asks of a Service, as far as routing needs it. */
export function validateService({ spec, metadata }: Service, report: Report): void {
  if (metadata.name !== '' && !isDnsLabel(metadata.name))
    report.error(
      'kubernetes-invalid',
      'metadata.name',
      `${quote(metadata.name)} is not a name for a Service; write lower-case letters, digits and "-".`,
    );
  if (spec.type === 'ExternalName') {
    if (domainProblem(spec.externalName ?? '') !== undefined)
      report.error(
        'kubernetes-invalid',
        'spec.externalName',
        'a Service of type ExternalName needs the name that it stands for; write externalName: example.com.',
      );
    return;
  }
  validatePorts(spec.ports, report);
}

/** Each in range, and with a name of its own where there are several. */
function validatePorts(ports: Service['spec']['ports'], report: Report): void {
  const names = new Set<string | undefined>();
  ports.forEach((port, index) => {
    const path = `spec.ports[${index}]`;
    validatePort(port.port, `${path}.port`, report);
    if (typeof port.targetPort === 'number') validatePort(port.targetPort, `${path}.targetPort`, report);
    if (port.name === undefined && ports.length > 1)
      report.error(
        'kubernetes-invalid',
        path,
        'with several ports each needs a name; write for instance name: http.',
      );
    else if (port.name !== undefined && (!isDnsLabel(port.name) || /[A-Z]/.test(port.name)))
      report.error(
        'kubernetes-invalid',
        `${path}.name`,
        `${quote(port.name)} is not a port name; write lower-case letters, digits and "-".`,
      );
    else if (names.has(port.name))
      report.error(
        'kubernetes-invalid',
        `${path}.name`,
        `another port has the name ${quote(port.name ?? '')}; give each its own.`,
      );
    names.add(port.name);
  });
}

/** What the API server asks of an EndpointSlice. */
export function validateEndpointSlice(slice: EndpointSlice, report: Report): void {
  if (slice.metadata.labels['kubernetes.io/service-name'] === undefined)
    report.warning(
      'kubernetes-invalid',
      'metadata.labels',
      'the slice belongs to no Service; write the label kubernetes.io/service-name: NAME.',
    );
  slice.ports.forEach(({ port }, index) => {
    if (port !== undefined) validatePort(port, `ports[${index}].port`, report);
  });
  slice.endpoints.forEach(({ addresses }, index) => {
    if (addresses.length === 0)
      report.error(
        'kubernetes-invalid',
        `endpoints[${index}].addresses`,
        'the endpoint has no address; write addresses: [127.0.0.1].',
      );
    addresses.forEach((address, at) => {
      const valid =
        slice.addressType === 'FQDN' ? domainProblem(address) === undefined : isIpAddress(address);
      if (!valid)
        report.error(
          'kubernetes-invalid',
          `endpoints[${index}].addresses[${at}]`,
          `${quote(address)} is not an address of type ${slice.addressType}.`,
        );
    });
  });
}
