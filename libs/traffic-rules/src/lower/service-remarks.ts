import type { Document } from '../model/place.js';
import type { Service } from '../resources/kubernetes.js';
import type { ServiceEntry } from '../resources/service-entry.js';
import type { Report } from '../validate/report.js';
import { hasAllocatedAddresses } from '../validate/service-entry.js';
import { warnOfMissingAddresses } from '../validate/service-port.js';
import { kubernetesProtocol } from './port-protocol.js';

/** Ports whose protocol nobody says, so that the sidecar looks at each connection (istioctl's IST0118 and IST0150). */
export function remarkOnPortNames({ spec }: Service, report: Report): void {
  spec.ports.forEach((port, index) => {
    if (kubernetesProtocol(port) !== 'auto') return;
    const named =
      port.name === undefined
        ? 'the port has no name'
        : `the name ${port.name} does not begin with a protocol`;
    const effect =
      spec.type === 'ExternalName'
        ? 'on a Service of type ExternalName this can keep connections that are not HTTP from going through'
        : 'the sidecar has to detect the protocol of each connection, and rules for other hosts do not apply to this port';
    report.info(
      'port-protocol-detected',
      `spec.ports[${index}].name`,
      `${named}: ${effect}. Write for instance name: http-${port.name ?? 'web'}, or appProtocol: http.`,
    );
  });
}

/** The webhook looks for `TCP` alone, and istiod reads it in any letter case (istioctl's IST0134). */
export function remarkOnAddresses(entry: ServiceEntry, report: Report): void {
  if (entry.spec.addresses.length > 0 || hasAllocatedAddresses(entry)) return;
  entry.spec.ports.forEach(({ protocol = 'TCP' }, index) => {
    if (protocol !== 'TCP' && protocol.toUpperCase() === 'TCP')
      warnOfMissingAddresses(`spec.ports[${index}]`, report);
  });
}

/** ServiceEntries that say different things of one port of a host (istioctl's IST0177): the first of them counts. */
export function remarkOnProtocols(
  entries: readonly ServiceEntry[],
  reportOf: (document: Document) => Report,
): void {
  const first = new Map<string, { entry: ServiceEntry; protocol: string }>();
  for (const entry of entries)
    for (const host of entry.spec.hosts)
      entry.spec.ports.forEach(({ number, protocol = 'none' }, index) => {
        const key = `${host.toLowerCase()}:${number}`;
        const earlier = first.get(key);
        if (earlier === undefined) first.set(key, { entry, protocol });
        else if (
          earlier.protocol.toLowerCase() !== protocol.toLowerCase() &&
          areTogether(earlier.entry, entry)
        )
          reportOf(entry).warning(
            'protocol-conflict',
            `spec.ports[${index}].protocol`,
            `port ${number} of ${host} is ${protocol} here and ${earlier.protocol} in ServiceEntry ${earlier.entry.metadata.namespace}/${earlier.entry.metadata.name}; only one of the two counts. Write the same in both.`,
          );
      });
}

/** Whether some workload may see both. */
function areTogether(a: ServiceEntry, b: ServiceEntry): boolean {
  const isPublic = ({ spec }: ServiceEntry) => spec.exportTo.length === 0 || spec.exportTo.includes('*');
  return a.metadata.namespace === b.metadata.namespace || (isPublic(a) && isPublic(b));
}
