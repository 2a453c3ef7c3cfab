import { quote } from '../fields/describe.js';
import { unknownCommands } from '../headers/header-value-format.js';
import type { GrpcRoute, HttpRoute, NamedMatch, RouteFilter } from '../resources/gateway-api.js';
import { refusal, warnOfHeaderText, warnOfLineBreak } from './envoy-text.js';
import { headerValueProblem } from './header-value.js';
import { validateRegex } from './regex.js';
import type { Report } from './report.js';

/**
 * Istio's webhook does not look at routes of the Gateway API; what Envoy refuses of them takes all rules of the port
 * down (recorded: `httproute-header-host`).
 */
export function validateRoute({ spec }: HttpRoute | GrpcRoute, report: Report): void {
  spec.rules.forEach(({ matches, filters, backendRefs }, index) => {
    const path = `spec.rules[${index}]`;
    matches.forEach((match, position) => {
      const place = `${path}.matches[${position}]`;
      if ('path' in match && match.path.type === 'RegularExpression')
        validateRegex(match.path.value, `${place}.path.value`, report);
      validateNamed(match.headers, `${place}.headers`, report);
      if ('queryParams' in match) validateNamed(match.queryParams, `${place}.queryParams`, report);
    });
    validateFilters(filters, `${path}.filters`, report);
    backendRefs.forEach((backend, position) => {
      validateFilters(backend.filters, `${path}.backendRefs[${position}].filters`, report);
    });
  });
}

function validateNamed(matches: readonly NamedMatch[], path: string, report: Report): void {
  matches.forEach(({ type, value }, index) => {
    if (type === 'RegularExpression') validateRegex(value, `${path}[${index}].value`, report);
  });
}

function validateFilters(filters: readonly RouteFilter[], path: string, report: Report): void {
  filters.forEach((filter, index) => {
    for (const side of ['requestHeaderModifier', 'responseHeaderModifier'] as const)
      for (const operation of ['set', 'add'] as const)
        filter[side]?.[operation].forEach(({ value }, position) => {
          const place = `${path}[${index}].${side}.${operation}[${position}].value`;
          warnOfHeaderText(value, place, report);
          const unknown = headerValueProblem(value) === undefined ? unknownCommands(value)[0] : value;
          if (unknown !== undefined)
            report.warning(
              'envoy-refuses-header-command',
              place,
              `${refusal}: ${quote(unknown)} is not a command of its header formats. Write for instance %REQ(user)%, or a percent sign as %%.`,
            );
        });
    warnOfLineBreak(filter.urlRewrite?.path?.replaceFullPath, `${path}[${index}].urlRewrite.path`, report);
  });
}
