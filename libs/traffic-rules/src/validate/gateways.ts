import { quote } from '../fields/describe.js';
import { domainProblem, isDnsLabel } from './names.js';
import type { Report } from './report.js';

/** Names of gateways: `mesh`, `name` or `namespace/name`. */
export function validateGateways(gateways: readonly string[], path: string, report: Report): void {
  for (const [index, gateway] of gateways.entries()) {
    const place = `${path}[${index}]`;
    const slash = gateway.indexOf('/');
    if (slash === -1) {
      validateUnqualified(gateway, place, report);
      // Istio looks no further after the first name without a namespace (istio, validation.go validateGatewayNames).
      return;
    }
    for (const part of [gateway.slice(0, slash), gateway.slice(slash + 1)])
      if (!isDnsLabel(part))
        report.error(
          'gateway-name-invalid',
          place,
          `${quote(gateway)} is not a gateway; write namespace/name in letters, digits and "-", or mesh.`,
        );
  }
}

function validateUnqualified(gateway: string, path: string, report: Report): void {
  const [name = '', namespace] = gateway.split('.');
  if (namespace !== undefined)
    report.warning(
      'gateway-name-legacy',
      path,
      `${quote(gateway)} is the old way to name a gateway; write ${namespace}/${name}.`,
    );
  const problem = domainProblem(gateway);
  if (problem !== undefined)
    report.error(
      'gateway-name-invalid',
      path,
      `the gateway ${quote(gateway)} ${problem}; write namespace/name, or mesh for the sidecars.`,
    );
}
