import { quote } from '../fields/describe.js';
import type { Metadata } from '../resources/metadata.js';
import type { ServiceEntry, ServiceEntrySpec } from '../resources/service-entry.js';
import { isIpSubnet } from './address.js';
import { validateEndpoints } from './endpoint.js';
import { validateExportTo } from './export-to.js';
import { validateSelector } from './labels.js';
import { wildcardDomainProblem } from './names.js';
import type { Report } from './report.js';
import { isHttp, isTls, validateServicePorts } from './service-port.js';

export function validateServiceEntry({ spec, metadata }: ServiceEntry, report: Report): void {
  validateWorkloadSelector(spec, report);
  validateHosts(spec, report);
  validateAddresses(spec, report);
  validateServicePorts(spec, hasAllocatedAddresses({ spec, metadata }), report);
  if (spec.resolution === 'DYNAMIC_DNS') validateDynamicDns(spec, metadata, report);
  else validateEndpoints(spec, report);
  refuseIndistinguishableHosts(spec, report);
  validateExportTo(spec.exportTo, metadata.namespace, { nobody: true }, report);
}

/** Whether istiod chooses addresses for an entry that has none. */
export function hasAllocatedAddresses({ spec, metadata }: Pick<ServiceEntry, 'spec' | 'metadata'>): boolean {
  return (
    metadata.labels['networking.istio.io/enable-autoallocate-ip'] !== 'false' && spec.resolution !== 'NONE'
  );
}

function validateWorkloadSelector(
  { workloadSelector, endpoints, resolution }: ServiceEntrySpec,
  report: Report,
): void {
  if (workloadSelector === undefined) return;
  validateSelector(workloadSelector, 'spec.workloadSelector.labels', report);
  if (Object.keys(workloadSelector).length === 0)
    report.warning(
      'selector-invalid',
      'spec.workloadSelector',
      'the selector has no labels and takes every workload of the namespace; write labels.',
    );
  if (endpoints.length > 0)
    report.error(
      'endpoints-not-allowed',
      'spec.endpoints',
      'the entry has both workloadSelector and endpoints; keep one of the two.',
    );
  if (resolution === 'NONE')
    report.warning(
      'selector-invalid',
      'spec.workloadSelector',
      'with resolution NONE the selected workloads are not used; write resolution: STATIC.',
    );
}

function validateHosts({ hosts, resolution }: ServiceEntrySpec, report: Report): void {
  if (hosts.length === 0)
    report.error('host-missing', 'spec.hosts', 'the entry has no host; write hosts: [example.com].');
  hosts.forEach((host, index) => {
    const path = `spec.hosts[${index}]`;
    const problem =
      host === '*'
        ? 'would take every host; write a name, or a wildcard such as *.example.com'
        : wildcardDomainProblem(host);
    if (problem !== undefined)
      report.error(
        'host-invalid',
        path,
        `the host ${quote(host)} ${problem}. Write for instance hello-1.external.`,
      );
    else if (/^\*[^.]/.test(host) && resolution !== 'DYNAMIC_DNS')
      report.warning(
        'host-partial-wildcard',
        path,
        `${quote(host)} covers a part of a label, which not every part of Istio supports; write *.example.com.`,
      );
  });
}

function validateAddresses({ addresses, resolution }: ServiceEntrySpec, report: Report): void {
  addresses.forEach((address, index) => {
    const path = `spec.addresses[${index}]`;
    if (!isIpSubnet(address))
      report.error(
        'address-invalid',
        path,
        `${quote(address)} is not an address; write for instance 240.0.0.1 or 240.0.0.0/24.`,
      );
    else if (address.includes('/') && resolution !== 'NONE' && resolution !== 'STATIC')
      report.error(
        'address-invalid',
        path,
        `a block of addresses does not go with resolution ${resolution}; write single addresses.`,
      );
  });
}

/** `DYNAMIC_DNS`: each request's own host is resolved, so there is nothing to list. */
function validateDynamicDns(spec: ServiceEntrySpec, { labels }: Metadata, report: Report): void {
  refuseWaypoint(spec, labels['istio.io/use-waypoint'] ?? '', report);
  spec.hosts.forEach((host, index) => {
    if (!host.startsWith('*'))
      report.error(
        'host-invalid',
        `spec.hosts[${index}]`,
        'resolution DYNAMIC_DNS is for wildcard hosts; write resolution: DNS for a single name.',
      );
  });
  for (const field of ['addresses', 'endpoints'] as const)
    if (spec[field].length > 0)
      report.error(
        'endpoints-not-allowed',
        `spec.${field}`,
        `with resolution DYNAMIC_DNS the entry has no ${field}; leave them out.`,
      );
  spec.ports.forEach(({ protocol = '' }, index) => {
    if (!['http', 'http2', 'grpc', 'tls'].includes(protocol.toLowerCase()))
      report.error(
        'protocol-unknown',
        `spec.ports[${index}].protocol`,
        'resolution DYNAMIC_DNS goes with HTTP, HTTP2, GRPC and TLS only.',
      );
  });
}

/** istio, validation.go usesWaypoint. */
function refuseWaypoint({ location }: ServiceEntrySpec, waypoint: string, report: Report): void {
  if (location !== 'MESH_INTERNAL' || waypoint === '' || waypoint.toLowerCase() === 'none') return;
  report.error(
    'endpoints-not-allowed',
    'spec.location',
    'a waypoint cannot serve MESH_INTERNAL with resolution DYNAMIC_DNS; write location: MESH_EXTERNAL, or the label istio.io/use-waypoint: none.',
  );
}

/** Only HTTP's Host and TLS's SNI tell one host of an entry from another. */
function refuseIndistinguishableHosts({ hosts, ports, resolution }: ServiceEntrySpec, report: Report): void {
  if (hosts.length < 2 || resolution === 'NONE') return;
  const index = ports.findIndex(({ protocol }) => !isHttp(protocol) && !isTls(protocol));
  if (index !== -1)
    report.error(
      'protocol-unknown',
      `spec.ports[${index}].protocol`,
      'several hosts need a protocol that names the host; write protocol: HTTP or TLS, or an entry for each host.',
    );
}
