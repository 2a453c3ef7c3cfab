import { quote } from '../fields/describe.js';
import type { OutlierDetection, TrafficPolicy } from '../resources/destination-rule.js';
import { isIpAddress } from './address.js';
import { validateClientTls } from './client-tls.js';
import { validateConnectionPool } from './connection-pool.js';
import { validateDurations } from './duration.js';
import { validateLoadBalancer } from './load-balancer.js';
import { domainProblem } from './names.js';
import { validatePort } from './port.js';
import type { Report } from './report.js';

type PortPolicy = Omit<TrafficPolicy, 'portLevelSettings'>;

/** @param namespace the DestinationRule's own, for the credentials that it may name */
export function validateTrafficPolicy(
  policy: TrafficPolicy | undefined,
  namespace: string,
  path: string,
  report: Report,
): void {
  if (policy === undefined) return;
  const { tunnel, proxyProtocol, retryBudget, portLevelSettings } = policy;
  const others =
    [tunnel, proxyProtocol, retryBudget].some((field) => field !== undefined) || portLevelSettings.length > 0;
  if (isEmpty(policy) && !others) {
    report.error(
      'policy-empty',
      path,
      'the traffic policy is empty; write loadBalancer, connectionPool, outlierDetection or tls, or leave it out.',
    );
    return;
  }
  if (tunnel !== undefined && proxyProtocol !== undefined) {
    report.error('tunnel-invalid', path, 'tunnel and proxyProtocol exclude each other; keep one of the two.');
    return;
  }
  validateParts(policy, namespace, path, report);
  for (const [index, settings] of portLevelSettings.entries())
    validatePortPolicy(settings, namespace, `${path}.portLevelSettings[${index}]`, report);
  validateTunnel(tunnel, `${path}.tunnel`, report);
}

function validatePortPolicy(
  policy: TrafficPolicy['portLevelSettings'][number],
  namespace: string,
  path: string,
  report: Report,
): void {
  if (policy.port === undefined)
    report.error('port-invalid', path, 'the settings name no port; write port: { number: 8080 }.');
  if (isEmpty(policy))
    report.error(
      'policy-empty',
      path,
      'the settings are empty; write loadBalancer, connectionPool, outlierDetection or tls.',
    );
  else validateParts(policy, namespace, path, report);
}

function isEmpty({ loadBalancer, connectionPool, outlierDetection, tls }: PortPolicy): boolean {
  return [loadBalancer, connectionPool, outlierDetection, tls].every((part) => part === undefined);
}

function validateParts(policy: PortPolicy, namespace: string, path: string, report: Report): void {
  validateOutlierDetection(policy.outlierDetection, `${path}.outlierDetection`, report);
  validateConnectionPool(policy.connectionPool, `${path}.connectionPool`, report);
  validateLoadBalancer(
    policy.loadBalancer,
    policy.outlierDetection !== undefined,
    `${path}.loadBalancer`,
    report,
  );
  validateClientTls(policy.tls, namespace, `${path}.tls`, report);
}

function validateOutlierDetection(outlier: OutlierDetection | undefined, path: string, report: Report): void {
  if (outlier === undefined) return;
  validateDurations(outlier, ['interval', 'baseEjectionTime'], path, report);
  if (outlier.consecutiveErrors)
    report.warning(
      'field-deprecated',
      `${path}.consecutiveErrors`,
      'consecutiveErrors is deprecated; write consecutive5xxErrors or consecutiveGatewayErrors.',
    );
  if (outlier.consecutiveLocalOriginFailures && !outlier.splitExternalLocalOriginErrors)
    report.error(
      'outlier-detection-invalid',
      `${path}.consecutiveLocalOriginFailures`,
      'consecutiveLocalOriginFailures needs splitExternalLocalOriginErrors: true.',
    );
  for (const field of ['maxEjectionPercent', 'minHealthPercent'] as const) {
    const percent = outlier[field] ?? 0;
    if (percent < 0 || percent > 100)
      report.error(
        'percentage-invalid',
        `${path}.${field}`,
        `the percentage is ${percent}; write a number from 0 to 100.`,
      );
  }
}

function validateTunnel(tunnel: TrafficPolicy['tunnel'], path: string, report: Report): void {
  if (tunnel === undefined) return;
  const { protocol = 'CONNECT', targetHost = '', targetPort = 0 } = tunnel;
  if (!['CONNECT', 'POST'].includes(protocol))
    report.error(
      'tunnel-invalid',
      `${path}.protocol`,
      `${quote(protocol)} is not a tunnel protocol; write CONNECT or POST.`,
    );
  if (domainProblem(targetHost) !== undefined && !isIpAddress(targetHost))
    report.error(
      'tunnel-invalid',
      `${path}.targetHost`,
      `${quote(targetHost)} is neither a name nor an address; write where the tunnel leads.`,
    );
  validatePort(targetPort, `${path}.targetPort`, report);
}
