import { quote } from '../fields/describe.js';
import type { Destination } from '../resources/virtual-service.js';
import { isDnsLabel, wildcardDomainProblem } from './names.js';
import { validatePort } from './port.js';
import type { Report } from './report.js';

/** Where a rule, a mirror or a TCP route leads. */
export function validateDestination(destination: Destination, path: string, report: Report): void {
  validateHost(destination.host, path, report);
  if (destination.subset !== undefined) validateSubsetName(destination.subset, `${path}.subset`, report);
  if (destination.port !== undefined) validatePort(destination.port, `${path}.port.number`, report);
}

function validateHost(host: string, path: string, report: Report): void {
  if (host === '') {
    report.error(
      'destination-missing',
      path,
      'the destination has no host; write destination: { host: ..., port: { number: ... } }.',
    );
  } else if (host === '*') {
    report.error(
      'host-invalid',
      `${path}.host`,
      'a destination is one service; write its name instead of "*".',
    );
  } else {
    const problem = wildcardDomainProblem(host);
    if (problem !== undefined)
      report.error(
        'host-invalid',
        `${path}.host`,
        `the host ${quote(host)} ${problem}. Write a service's name; for an address, a ServiceEntry and its host.`,
      );
  }
}

export function validateSubsetName(name: string, path: string, report: Report): void {
  if (isDnsLabel(name)) return;
  const what = name === '' ? 'the subset has no name' : `${quote(name)} is not a name for a subset`;
  report.error('subset-name-invalid', path, `${what}; write letters, digits and "-", for instance v1.`);
}
