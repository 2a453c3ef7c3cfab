import { quote } from '../fields/describe.js';
import type { CorsPolicy } from '../resources/virtual-service.js';
import { validateDuration } from './duration.js';
import { isHeaderName } from './header-names.js';
import type { Report } from './report.js';
import { validateMatchRegex } from './string-match.js';

const methods = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'CONNECT', 'OPTIONS', 'TRACE', '*'];

export function validateCors(cors: CorsPolicy | undefined, path: string, report: Report): void {
  if (cors === undefined) return;
  cors.allowOrigins.forEach((origin, index) => {
    const place = `${path}.allowOrigins[${index}]`;
    if (origin.kind === 'present' || origin.value === '')
      report.error(
        'cors-invalid',
        place,
        'the origin is empty; write for instance exact: https://example.com.',
      );
    else validateMatchRegex(origin, place, report);
  });
  cors.allowMethods.forEach((method, index) => {
    if (!methods.includes(method))
      report.error(
        'cors-invalid',
        `${path}.allowMethods[${index}]`,
        `${quote(method)} is not an HTTP method; write one of ${methods.join(', ')}.`,
      );
  });
  for (const list of ['allowHeaders', 'exposeHeaders'] as const)
    cors[list].forEach((name, index) => {
      if (name !== '*' && !isHeaderName(name))
        report.error(
          'header-name-invalid',
          `${path}.${list}[${index}]`,
          `${quote(name)} is not a header name; write letters, digits and "-", or *.`,
        );
    });
  validateMaxAge(cors.maxAge, `${path}.maxAge`, report);
}

function validateMaxAge(maxAge: number | undefined, path: string, report: Report): void {
  if (maxAge === undefined) return;
  validateDuration(maxAge, path, report);
  if (maxAge >= 1 && maxAge % 1000 !== 0)
    report.error('duration-invalid', path, `maxAge is ${maxAge}ms; write whole seconds.`);
}
