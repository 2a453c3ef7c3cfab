import { quote } from '../fields/describe.js';
import { unknownCommands } from '../headers/header-value-format.js';
import type { ConsistentHash } from '../resources/destination-rule.js';
import type { Headers, HttpRule } from '../resources/virtual-service.js';
import {
  refusal,
  warnOfEmptyName,
  warnOfHeaderText,
  warnOfLineBreak,
  warnOfQueryParameter,
} from './envoy-text.js';
import { headerValueProblem } from './header-value.js';
import { member, type Report } from './report.js';

const redirectCodes = [301, 302, 303, 307, 308];
/** Envoy's limit for the sum of the weights of a split. */
const weightLimit = 2 ** 32 - 1;

/** What Istio accepts and Envoy does not: one such rule takes all rules of its port down with it. */
export function warnOfRefusal(rule: HttpRule, path: string, report: Report): void {
  const code = rule.redirect?.redirectCode;
  if (code !== undefined && code >= 300 && code <= 399 && !redirectCodes.includes(code))
    report.warning(
      'envoy-refuses-redirect-code',
      `${path}.redirect.redirectCode`,
      `${refusal}: redirect code ${code}. Write ${redirectCodes.join(', ')}.`,
    );
  if (rule.directResponse?.status === 600) warnOfStatus(`${path}.directResponse.status`, report);
  if (rule.fault?.abort?.httpStatus === 600) warnOfStatus(`${path}.fault.abort.httpStatus`, report);
  const total = rule.route.reduce((sum, { weight = 0 }) => sum + weight, 0);
  if (rule.route.length > 1 && total > weightLimit)
    report.warning(
      'envoy-refuses-weights',
      `${path}.route`,
      `${refusal}: weights that sum to ${total}. Write smaller ones, for instance 90 and 10.`,
    );
  warnOfTexts(rule, path, report);
  for (const [index, { queryParams }] of rule.match.entries())
    for (const name of Object.keys(queryParams))
      warnOfQueryParameter(name, member(`${path}.match[${index}].queryParams`, name), report);
  warnOfHeaders(rule.headers, `${path}.headers`, report);
  for (const [index, { headers }] of rule.route.entries())
    warnOfHeaders(headers, `${path}.route[${index}].headers`, report);
}

function warnOfStatus(path: string, report: Report): void {
  report.warning('envoy-refuses-status', path, `${refusal}: status 600. Write one from 200 to 599.`);
}

/** The paths and authorities that a rule writes. */
function warnOfTexts({ rewrite, redirect }: HttpRule, path: string, report: Report): void {
  warnOfLineBreak(rewrite?.uri, `${path}.rewrite.uri`, report);
  warnOfLineBreak(rewrite?.authority, `${path}.rewrite.authority`, report);
  warnOfLineBreak(rewrite?.uriRegexRewrite?.rewrite, `${path}.rewrite.uriRegexRewrite.rewrite`, report);
  for (const field of ['uri', 'prefixRewrite', 'authority'] as const)
    warnOfLineBreak(redirect?.[field], `${path}.redirect.${field}`, report);
}

function warnOfHeaders(headers: Headers | undefined, path: string, report: Report): void {
  for (const side of ['request', 'response'] as const) {
    for (const operation of ['set', 'add'] as const)
      for (const [name, value] of Object.entries(headers?.[side]?.[operation] ?? {})) {
        const place = member(`${path}.${side}.${operation}`, name);
        warnOfHeaderText(name, place, report);
        // A value with control characters is an error of Istio's already.
        if (headerValueProblem(value) === undefined) warnOfHeaderValue(value, place, report);
      }
    for (const [index, name] of (headers?.[side]?.remove ?? []).entries())
      warnOfLineBreak(name, `${path}.${side}.remove[${index}]`, report);
  }
}

function warnOfHeaderValue(value: string, path: string, report: Report): void {
  warnOfHeaderText(value, path, report);
  const unknown = unknownCommands(value)[0];
  if (unknown === undefined) return;
  const message = `${refusal}: ${quote(unknown)} is not a command of its header formats. Write for instance %REQ(user)%, or a percent sign as %%.`;
  report.warning('envoy-refuses-header-command', path, message);
}

/** A hash policy stands in every rule that leads to the host, and can take them all down (envoy, RouteAction.HashPolicy). */
export function warnOfHashPolicy(hash: ConsistentHash, path: string, report: Report): void {
  if (hash.kind === 'header') {
    warnOfEmptyName(hash.name, `${path}.httpHeaderName`, report);
    warnOfLineBreak(hash.name, `${path}.httpHeaderName`, report);
  } else if (hash.kind === 'query-parameter') {
    warnOfEmptyName(hash.name, `${path}.httpQueryParameterName`, report);
  } else if (hash.kind === 'cookie') {
    for (const [index, { name = '', value = '' }] of (hash.attributes ?? []).entries()) {
      warnOfHeaderText(name, `${path}.httpCookie.attributes[${index}].name`, report);
      warnOfHeaderText(value, `${path}.httpCookie.attributes[${index}].value`, report);
    }
  }
}
