import { quote } from '../fields/describe.js';
import type { WorkloadEntry } from '../resources/workload-entry.js';
import { isIpAddress } from './address.js';
import { validateLabels } from './labels.js';
import { domainProblem } from './names.js';
import { validatePort } from './port.js';
import { member, type Report } from './report.js';
import { validatePortName } from './service-port.js';

const unix = 'unix://';

/** Istio's validation of a WorkloadEntry (istio, validation.go validateWorkloadEntry). */
export function validateWorkloadEntry({ spec }: WorkloadEntry, report: Report): void {
  const { address, network, ports, labels } = spec;
  if (address === '') {
    if (network === undefined) {
      report.error('endpoint-invalid', 'spec', 'the entry has no address; write an IP address or a name.');
      return;
    }
    report.warning(
      'endpoint-invalid',
      'spec',
      `the entry has no address and is only reached through the gateway of ${quote(network)}.`,
    );
  } else if (address.startsWith(unix)) validateSocket(spec, report);
  else if (!isIpAddress(address) && domainProblem(address) !== undefined)
    report.error(
      'endpoint-invalid',
      'spec.address',
      `the address ${quote(address)} ${domainProblem(address)}; write an IP address or a name.`,
    );
  for (const [name, port] of Object.entries(ports)) {
    const place = member('spec.ports', name);
    validatePortName(name, place, report);
    validatePort(port, place, report);
  }
  validateLabels(labels, 'spec.labels', report);
}

function validateSocket({ address, ports }: WorkloadEntry['spec'], report: Report): void {
  const file = address.slice(unix.length);
  if (!file.startsWith('@') && (!file.startsWith('/') || file.endsWith('/')))
    report.error(
      'endpoint-invalid',
      'spec.address',
      `${quote(address)} is not a socket; write unix:///path/to/socket.`,
    );
  if (Object.keys(ports).length > 0)
    report.error('endpoint-invalid', 'spec.ports', 'a unix socket has no ports; leave them out.');
}
