import { unknownCommands } from '../headers/header-value-format.js';
import { quote } from '../parse/describe.js';
import type { Headers, HttpRule } from '../resources/virtual-service.js';
import { headerValueProblem } from './header-value.js';
import { member, type Report } from './report.js';

const redirectCodes = [301, 302, 303, 307, 308];
/** Envoy's limit for the sum of the weights of a split. */
const weightLimit = 2 ** 32 - 1;
const effect = 'Istio accepts it, but Envoy refuses every rule of the port with it and keeps the ones before';

/** What Istio accepts and Envoy does not: one such rule takes all rules of its port down with it. */
export function warnOfRefusal(rule: HttpRule, path: string, report: Report): void {
  const code = rule.redirect?.redirectCode;
  if (code !== undefined && code >= 300 && code <= 399 && !redirectCodes.includes(code))
    report.warning(
      'envoy-refuses-redirect-code',
      `${path}.redirect.redirectCode`,
      `${effect}: redirect code ${code}. Write ${redirectCodes.join(', ')}.`,
    );
  if (rule.directResponse?.status === 600) warnOfStatus(`${path}.directResponse.status`, report);
  if (rule.fault?.abort?.httpStatus === 600) warnOfStatus(`${path}.fault.abort.httpStatus`, report);
  const total = rule.route.reduce((sum, { weight = 0 }) => sum + weight, 0);
  if (rule.route.length > 1 && total > weightLimit)
    report.warning(
      'envoy-refuses-weights',
      `${path}.route`,
      `${effect}: weights that sum to ${total}. Write smaller ones, for instance 90 and 10.`,
    );
  warnOfCommands(rule.headers, `${path}.headers`, report);
  for (const [index, { headers }] of rule.route.entries())
    warnOfCommands(headers, `${path}.route[${index}].headers`, report);
}

function warnOfStatus(path: string, report: Report): void {
  report.warning('envoy-refuses-status', path, `${effect}: status 600. Write one from 200 to 599.`);
}

function warnOfCommands(headers: Headers | undefined, path: string, report: Report): void {
  for (const side of ['request', 'response'] as const)
    for (const operation of ['set', 'add'] as const)
      for (const [name, value] of Object.entries(headers?.[side]?.[operation] ?? {})) {
        const unknown = headerValueProblem(value) === undefined ? unknownCommands(value)[0] : undefined;
        if (unknown === undefined) continue;
        const message = `${effect}: ${quote(unknown)} is no command of its header formats. Write for instance %REQ(user)%, or a percent sign as %%.`;
        report.warning('envoy-refuses-header-command', member(`${path}.${side}.${operation}`, name), message);
      }
}
