import { quote } from '../fields/describe.js';
import type { HttpMatchRequest } from '../resources/virtual-service.js';
import { validateGateways } from './gateways.js';
import { validateMatchedHeader } from './header-names.js';
import { validateLabels } from './labels.js';
import { isDnsLabel } from './names.js';
import { validatePort } from './port.js';
import { member, type Report } from './report.js';
import { validateMatchRegex, validateStringMatch, validateStringMatches } from './string-match.js';

type FieldValidator = (match: HttpMatchRequest, path: string, report: Report) => void;

/** Any value will do. */
const anyValue: FieldValidator = () => {};
/** See {@link validateSource}. */
const withSource: FieldValidator = () => {};

/** What each field may hold; the type checker asks for every field. */
const fieldValidators: Readonly<Record<keyof HttpMatchRequest, FieldValidator>> = {
  name: anyValue,
  uri: ({ uri }, path, report) => validateMatchRegex(uri, path, report),
  ignoreUriCase: anyValue,
  scheme: ({ scheme }, path, report) => validateStringMatch(scheme, path, report),
  method: ({ method }, path, report) => validateStringMatch(method, path, report),
  authority: ({ authority }, path, report) => validateStringMatch(authority, path, report),
  headers: ({ headers }, path, report) => {
    for (const name of Object.keys(headers)) validateMatchedHeader(name, member(path, name), report);
    validateStringMatches(headers, path, report);
  },
  withoutHeaders: validateWithoutHeaders,
  queryParams: ({ queryParams }, path, report) => validateStringMatches(queryParams, path, report),
  port: withSource,
  sourceLabels: withSource,
  sourceNamespace: withSource,
  gateways: withSource,
};

/** One match block of an HTTP rule. */
export function validateMatch(match: HttpMatchRequest, path: string, report: Report): void {
  for (const [field, validate] of Object.entries(fieldValidators))
    validate(match, `${path}.${field}`, report);
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
