import { quote } from '../fields/describe.js';
import type { HttpMatchRequest } from '../resources/virtual-service.js';
import { validateGateways } from './gateways.js';
import { validateMatchedHeader } from './header-names.js';
import { validateLabels } from './labels.js';
import { isDnsLabel } from './names.js';
import { validatePort } from './port.js';
import { member, type Report } from './report.js';
import { validateMatchRegex, validateStringMatch, validateStringMatches } from './string-match.js';

/** What each field of a match may hold; the type checker asks for every field. */
export type FieldValidators<Match> = Readonly<
  Record<keyof Match, (match: Match, path: string, report: Report) => void>
>;

/** Any value will do. */
export const anyValue = () => {};

/** The fields on where a request or a connection arrives, which matches of all rules have. */
type Arrival = Pick<HttpMatchRequest, 'port' | 'sourceLabels' | 'gateways'>;

export const arrivalValidators: FieldValidators<Arrival> = {
  port: ({ port }, path, report) => {
    if (port !== undefined) validatePort(port, path, report);
  },
  sourceLabels: ({ sourceLabels }, path, report) => validateLabels(sourceLabels, path, report),
  gateways: ({ gateways }, path, report) => validateGateways(gateways, path, report),
};

const validators: FieldValidators<HttpMatchRequest> = {
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
  ...arrivalValidators,
  sourceNamespace: validateSourceNamespace,
};

/** One match block of an HTTP rule. */
export function validateMatch(match: HttpMatchRequest, path: string, report: Report): void {
  validateFields(validators, match, path, report);
}

/** @param path of the match */
export function validateFields<Match>(
  validators: FieldValidators<Match>,
  match: Match,
  path: string,
  report: Report,
): void {
  for (const field of Object.keys(validators) as Array<keyof Match & string>)
    validators[field](match, `${path}.${field}`, report);
}

/** The regex `*` is none, but stands for "present" here (istio, virtualservice.go). */
function validateWithoutHeaders({ withoutHeaders }: HttpMatchRequest, path: string, report: Report): void {
  for (const [name, match] of Object.entries(withoutHeaders)) {
    validateMatchedHeader(name, member(path, name), report);
    if (match.kind === 'regex' && match.value === '*') continue;
    validateStringMatch(match, member(path, name), report);
  }
}

function validateSourceNamespace(
  { sourceNamespace: namespace }: HttpMatchRequest,
  path: string,
  report: Report,
): void {
  if (namespace !== undefined && !isDnsLabel(namespace))
    report.error(
      'namespace-invalid',
      path,
      `${quote(namespace)} is not a namespace; write letters, digits and "-".`,
    );
}
