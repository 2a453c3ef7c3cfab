import { quote } from '../fields/describe.js';
import type { HttpMatchRequest } from '../resources/virtual-service.js';
import { validateGateways } from './gateways.js';
import { validateMatchedHeader } from './header-names.js';
import { validateLabels } from './labels.js';
import { isDnsLabel } from './names.js';
import { validatePort } from './port.js';
import { member, type Report } from './report.js';
import { validateMatchRegex, validateStringMatch, validateStringMatches } from './string-match.js';

/** One match block of an HTTP rule. */
export function validateMatch(match: HttpMatchRequest, path: string, report: Report): void {
  validateMatchRegex(match.uri, `${path}.uri`, report);
  for (const part of ['scheme', 'method', 'authority'] as const)
    validateStringMatch(match[part], `${path}.${part}`, report);
  for (const name of Object.keys(match.headers))
    validateMatchedHeader(name, member(`${path}.headers`, name), report);
  validateStringMatches(match.headers, `${path}.headers`, report);
  validateWithoutHeaders(match, `${path}.withoutHeaders`, report);
  validateStringMatches(match.queryParams, `${path}.queryParams`, report);
  validateSource(match, path, report);
}

/** The regex `*` is none, but stands for "present" here (istio, virtualservice.go). */
function validateWithoutHeaders({ withoutHeaders }: HttpMatchRequest, path: string, report: Report): void {
  for (const [name, match] of Object.entries(withoutHeaders)) {
    validateMatchedHeader(name, member(path, name), report);
    if (match.kind === 'regex' && match.value === '*') continue;
    validateStringMatch(match, member(path, name), report);
  }
}

/** The conditions on the client: they decide when the table is built. */
export function validateSource(
  match: Pick<HttpMatchRequest, 'port' | 'sourceLabels' | 'sourceNamespace' | 'gateways'>,
  path: string,
  report: Report,
): void {
  if (match.port !== undefined) validatePort(match.port, `${path}.port`, report);
  validateLabels(match.sourceLabels, `${path}.sourceLabels`, report);
  validateGateways(match.gateways, `${path}.gateways`, report);
  const namespace = match.sourceNamespace;
  if (namespace !== undefined && !isDnsLabel(namespace))
    report.error(
      'namespace-invalid',
      `${path}.sourceNamespace`,
      `${quote(namespace)} is not a namespace; write letters, digits and "-".`,
    );
}
