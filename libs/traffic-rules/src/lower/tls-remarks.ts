import type { ClientTls, DestinationRule, TrafficPolicy } from '../resources/destination-rule.js';
import type { Report } from '../validate/report.js';

/** TLS of a DestinationRule that protects less than it seems to. */
export function remarkOnTls({ spec }: DestinationRule, report: Report): void {
  const isForWorkload = spec.workloadSelector !== undefined;
  for (const [tls, path] of tlsIn(spec)) {
    const { mode, credentialName = '', insecureSkipVerify = false } = tls;
    if (mode !== 'SIMPLE' && mode !== 'MUTUAL') continue;
    if (credentialName !== '' && !credentialName.startsWith('configmap://') && !isForWorkload)
      report.warning(
        'credential-not-read',
        `${path}.credentialName`,
        'sidecars read no Secret for a rule that selects no workload, and send plain text instead of TLS. Write a workloadSelector with exportTo: ["."], or files with caCertificates.',
      );
    else if (insecureSkipVerify)
      report.warning(
        'certificate-not-verified',
        `${path}.insecureSkipVerify`,
        'the certificate is not verified, so anyone in between can answer. Leave this out: without caCertificates the CAs of the system are trusted.',
      );
  }
}

function* tlsIn(spec: DestinationRule['spec']): Generator<[ClientTls, string]> {
  yield* tlsOf(spec.trafficPolicy, 'spec.trafficPolicy');
  for (const [index, { trafficPolicy }] of spec.subsets.entries())
    yield* tlsOf(trafficPolicy, `spec.subsets[${index}].trafficPolicy`);
}

function* tlsOf(policy: TrafficPolicy | undefined, path: string): Generator<[ClientTls, string]> {
  if (policy?.tls !== undefined) yield [policy.tls, `${path}.tls`];
  for (const [index, { tls }] of (policy?.portLevelSettings ?? []).entries())
    if (tls !== undefined) yield [tls, `${path}.portLevelSettings[${index}].tls`];
}
