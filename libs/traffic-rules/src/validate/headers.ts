import { quote } from '../fields/describe.js';
import type { HeaderOperations, Headers } from '../resources/virtual-service.js';
import { isAuthority } from './header-names.js';
import { headerValueProblem } from './header-value.js';
import { member, type Report } from './report.js';

/** The header operations of a rule or a destination. */
export function validateHeaders(headers: Headers | undefined, path: string, report: Report): void {
  validateOperations(headers?.request, `${path}.request`, 'request', report);
  validateOperations(headers?.response, `${path}.response`, 'response', report);
}

function validateOperations(
  operations: HeaderOperations | undefined,
  path: string,
  side: 'request' | 'response',
  report: Report,
): void {
  if (operations === undefined) return;
  for (const operation of ['set', 'add'] as const) {
    for (const [name, value] of Object.entries(operations[operation])) {
      const place = member(`${path}.${operation}`, name);
      validateName(name, side === 'request', place, report);
      const problem = headerValueProblem(value);
      if (problem !== undefined) report.error('header-value-invalid', place, problem);
    }
  }
  for (const [index, name] of operations.remove.entries())
    validateName(name, false, `${path}.remove[${index}]`, report);
}

/** Only the request's set and add may name the host. Names are not checked for their characters otherwise. */
function validateName(name: string, hostAllowed: boolean, path: string, report: Report): void {
  if (hostAllowed && isAuthority(name)) return;
  if (name === '') report.error('header-name-invalid', path, 'the header name is empty; write one.');
  else if (name.toLowerCase() === 'host')
    report.error(
      'header-name-invalid',
      path,
      'the Host header cannot be changed here; use rewrite.authority.',
    );
  else if (name.startsWith(':'))
    report.error(
      'header-name-invalid',
      path,
      `${quote(name)} cannot be changed by header operations; use rewrite or redirect.`,
    );
}

/** The authority may be set in one place of a rule only. */
export function validateAuthority(
  headers: Headers | undefined,
  rewritten: string | undefined,
  path: string,
  report: Report,
): void {
  let current = rewritten ?? '';
  for (const operation of ['set', 'add'] as const) {
    for (const [name, value] of Object.entries(headers?.request?.[operation] ?? {})) {
      if (!isAuthority(name)) continue;
      if (current !== '') {
        const place = member(`${path}.request.${operation}`, name);
        report.error(
          'authority-set-twice',
          place,
          `the authority is set to ${quote(current)} and to ${quote(value)}; keep one of the two.`,
        );
        return;
      }
      current = value;
    }
  }
}
