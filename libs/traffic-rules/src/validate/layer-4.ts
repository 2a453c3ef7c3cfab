import { quote } from '../fields/describe.js';
import type { Layer4Match, TcpRule, TlsRule, VirtualServiceSpec } from '../resources/virtual-service.js';
import { isIpAddress, isIpSubnet } from './address.js';
import { validateGateways } from './gateways.js';
import { validateLabels } from './labels.js';
import { wildcardDomainProblem } from './names.js';
import { validatePort } from './port.js';
import type { Report } from './report.js';
import { validateSplit } from './weights.js';

export function validateTlsRoute(
  rule: TlsRule,
  spec: VirtualServiceSpec,
  path: string,
  report: Report,
): void {
  if (rule.match.length === 0)
    report.error('tls-route-invalid', path, 'a TLS rule needs a match; write match: [{ sniHosts: [...] }].');
  rule.match.forEach((match, index) => {
    const place = `${path}.match[${index}]`;
    if (match.sniHosts.length === 0)
      report.error('tls-route-invalid', place, 'a TLS match needs sniHosts; write the names to match.');
    for (const [at, host] of match.sniHosts.entries())
      validateSniHost(host, spec.hosts, `${place}.sniHosts[${at}]`, report);
    validateLayer4Match(match, place, report);
  });
  if (rule.route.length === 0)
    report.error('tls-route-invalid', path, 'the TLS rule leads nowhere; write route.');
  validateSplit(rule.route, `${path}.route`, report);
}

export function validateTcpRoute(rule: TcpRule, path: string, report: Report): void {
  for (const [index, match] of rule.match.entries())
    validateLayer4Match(match, `${path}.match[${index}]`, report);
  if (rule.route.length === 0)
    report.error('tcp-route-invalid', path, 'the TCP rule leads nowhere; write route.');
  validateSplit(rule.route, `${path}.route`, report);
}

function validateSniHost(name: string, hosts: readonly string[], path: string, report: Report): void {
  if (isIpAddress(name)) {
    report.warning(
      'tls-route-invalid',
      path,
      `${quote(name)} is an address, and TLS clients do not send addresses as SNI; write a name.`,
    );
    return;
  }
  const problem = name.startsWith('outbound_') ? undefined : wildcardDomainProblem(name);
  if (problem !== undefined) report.error('host-invalid', path, `the name ${quote(name)} ${problem}.`);
  else if (!hosts.some((host) => isWithin(name, host)))
    report.error(
      'tls-route-invalid',
      path,
      `${quote(name)} is none of the VirtualService's hosts; add it to spec.hosts.`,
    );
}

function isWithin(name: string, host: string): boolean {
  if (!host.startsWith('*')) return name === host;
  return (!name.startsWith('*') || name.length >= host.length) && name.endsWith(host.slice(1));
}

function validateLayer4Match(match: Layer4Match, path: string, report: Report): void {
  match.destinationSubnets.forEach((subnet, index) => {
    if (!isIpSubnet(subnet))
      report.error(
        'address-invalid',
        `${path}.destinationSubnets[${index}]`,
        `${quote(subnet)} is not an address; write for instance 10.0.0.1 or 10.0.0.0/8.`,
      );
  });
  if (match.port) validatePort(match.port, `${path}.port`, report);
  validateLabels(match.sourceLabels, `${path}.sourceLabels`, report);
  validateGateways(match.gateways, `${path}.gateways`, report);
}
