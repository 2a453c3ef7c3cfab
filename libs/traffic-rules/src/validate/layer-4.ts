import { quote } from '../fields/describe.js';
import type {
  Layer4Match,
  TcpMatch,
  TcpRule,
  TlsMatch,
  TlsRule,
  VirtualServiceSpec,
} from '../resources/virtual-service.js';
import { isIpAddress, isIpSubnet } from './address.js';
import { anyValue, arrivalValidators, type FieldValidators, validateFields } from './match.js';
import { wildcardDomainProblem } from './names.js';
import type { Report } from './report.js';
import { validateSplit } from './weights.js';

const layer4Validators: FieldValidators<Layer4Match> = {
  destinationSubnets: validateSubnets,
  ...arrivalValidators,
  // Unlike that of an HTTP match (istio, validation.go validateTLSMatch, validateTCPMatch).
  sourceNamespace: anyValue,
};

const tcpValidators: FieldValidators<TcpMatch> = {
  ...layer4Validators,
  // Istio does nothing with it.
  sourceSubnet: anyValue,
};

function tlsValidators(hosts: readonly string[]): FieldValidators<TlsMatch> {
  return {
    sniHosts: ({ sniHosts }, path, report) => {
      for (const [index, name] of sniHosts.entries())
        validateSniHost(name, hosts, `${path}[${index}]`, report);
    },
    ...layer4Validators,
  };
}

export function validateTlsRoute(
  rule: TlsRule,
  spec: VirtualServiceSpec,
  path: string,
  report: Report,
): void {
  if (rule.match.length === 0)
    report.error('tls-route-invalid', path, 'a TLS rule needs a match; write match: [{ sniHosts: [...] }].');
  const validators = tlsValidators(spec.hosts);
  rule.match.forEach((match, index) => {
    const place = `${path}.match[${index}]`;
    if (match.sniHosts.length === 0)
      report.error('tls-route-invalid', place, 'a TLS match needs sniHosts; write the names to match.');
    validateFields(validators, match, place, report);
  });
  if (rule.route.length === 0)
    report.error('tls-route-invalid', path, 'the TLS rule leads nowhere; write route.');
  validateSplit(rule.route, `${path}.route`, report);
}

export function validateTcpRoute(rule: TcpRule, path: string, report: Report): void {
  for (const [index, match] of rule.match.entries())
    validateFields(tcpValidators, match, `${path}.match[${index}]`, report);
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

function validateSubnets({ destinationSubnets }: Layer4Match, path: string, report: Report): void {
  destinationSubnets.forEach((subnet, index) => {
    if (!isIpSubnet(subnet))
      report.error(
        'address-invalid',
        `${path}[${index}]`,
        `${quote(subnet)} is not an address; write for instance 10.0.0.1 or 10.0.0.0/8.`,
      );
  });
}
