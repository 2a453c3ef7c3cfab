import { quote } from '../fields/describe.js';
import type { VirtualService, VirtualServiceSpec } from '../resources/virtual-service.js';
import { isIpAddress } from './address.js';
import { validateExportTo } from './export-to.js';
import { validateGateways } from './gateways.js';
import { isJwtClaim } from './header-names.js';
import { validateTcpRoute, validateTlsRoute } from './layer-4.js';
import { wildcardDomainProblem } from './names.js';
import { member, type Report } from './report.js';
import { validateRule } from './rule.js';
import { warnOfUnusedRules } from './unused.js';

export function validateVirtualService({ spec, metadata }: VirtualService, report: Report): void {
  const isDelegate = spec.hosts.length === 0;
  if (isDelegate) validateDelegate(spec, report);
  validateGateways(spec.gateways, 'spec.gateways', report);
  const forGatewaysOnly = spec.gateways.length > 0 && !spec.gateways.includes('mesh');
  if (!forGatewaysOnly) refuseJwtClaims(spec, report);
  if (validateHosts(spec.hosts, forGatewaysOnly, report)) refuseDuplicateHosts(spec.hosts, report);
  if (spec.http.length + spec.tls.length + spec.tcp.length === 0)
    report.error('rules-missing', 'spec', 'the VirtualService has no rules; write http, tls or tcp.');
  for (const [index, rule] of spec.http.entries())
    validateRule(rule, isDelegate, `spec.http[${index}]`, report);
  for (const [index, rule] of spec.tls.entries()) validateTlsRoute(rule, spec, `spec.tls[${index}]`, report);
  for (const [index, rule] of spec.tcp.entries()) validateTcpRoute(rule, `spec.tcp[${index}]`, report);
  validateExportTo(spec.exportTo, metadata.namespace, {}, report);
  warnOfUnusedRules(spec, report);
}

function validateDelegate(spec: VirtualServiceSpec, report: Report): void {
  for (const field of ['gateways', 'tls', 'tcp'] as const)
    if (spec[field].length > 0)
      report.error(
        'delegate-conflict',
        `spec.${field}`,
        `without hosts this is a delegate, and a delegate has no ${field}; write hosts, or leave ${field} out.`,
      );
}

function refuseJwtClaims(spec: VirtualServiceSpec, report: Report): void {
  spec.http.forEach((rule, ruleIndex) => {
    rule.match.forEach((match, matchIndex) => {
      for (const field of ['headers', 'withoutHeaders'] as const)
        for (const name of Object.keys(match[field]).filter(isJwtClaim))
          report.error(
            'jwt-claim-without-gateway',
            member(`spec.http[${ruleIndex}].match[${matchIndex}].${field}`, name),
            'only gateways know the claims of a token; match on a header that the application sends.',
          );
    });
  });
}

/** Whether all hosts are well-formed. */
function validateHosts(hosts: readonly string[], forGatewaysOnly: boolean, report: Report): boolean {
  const valid = hosts.map((host, index) => {
    const problem = hostProblem(host, forGatewaysOnly);
    if (problem !== undefined)
      report.error(
        'host-invalid',
        `spec.hosts[${index}]`,
        `the host ${quote(host)} ${problem}. Write for instance hello.com.`,
      );
    return problem === undefined;
  });
  return !valid.includes(false);
}

function hostProblem(host: string, forGatewaysOnly: boolean): string | undefined {
  if (host === '*' && !forGatewaysOnly)
    return 'is for gateways only; write a name, or a wildcard such as *.example.com';
  if (forGatewaysOnly && host.startsWith('outbound_')) return undefined;
  return isIpAddress(host) ? undefined : wildcardDomainProblem(host);
}

/** No host may stand twice, nor under a wildcard of the same VirtualService. Letter case counts. */
function refuseDuplicateHosts(hosts: readonly string[], report: Report): void {
  const covering = firstIndexes(
    hosts,
    (host) => host.startsWith('*'),
    (host) => host.slice(1),
  );
  const exact = firstIndexes(
    hosts,
    (host) => !host.startsWith('*'),
    (host) => host,
  );
  const reported = new Set<number>();
  hosts.forEach((host, index) => {
    for (const other of [...suffixes(host).map((suffix) => covering.get(suffix)), exact.get(host)]) {
      const later = Math.max(index, other ?? index);
      if (other === undefined || other === index || reported.has(later)) continue;
      reported.add(later);
      const [first, second] = [hosts[Math.min(index, other)] ?? '', hosts[later] ?? ''];
      report.error(
        'host-duplicate',
        `spec.hosts[${later}]`,
        `${quote(first)} is in the list already and overlaps ${quote(second)}; keep one of the two.`,
      );
    }
  });
}

function firstIndexes(
  hosts: readonly string[],
  which: (host: string) => boolean,
  key: (host: string) => string,
): Map<string, number> {
  const indexes = new Map<string, number>();
  hosts.forEach((host, index) => {
    if (which(host) && !indexes.has(key(host))) indexes.set(key(host), index);
  });
  return indexes;
}

/** What a wildcard's text behind the `*` may be for the wildcard to cover the host. */
function suffixes(host: string): string[] {
  const text = host.startsWith('*') ? host.slice(1) : host;
  return Array.from({ length: text.length + 1 }, (_, start) => text.slice(start));
}
