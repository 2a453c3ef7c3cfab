import type { ClientTls } from '../resources/destination-rule.js';
import type { Report } from './report.js';

/** How connections to a destination are secured (istio, agent/validation.go ValidateTLS). */
export function validateClientTls(tls: ClientTls | undefined, path: string, report: Report): void {
  if (tls === undefined) return;
  const { mode, credentialName } = tls;
  if (tls.insecureSkipVerify) refuseVerification(tls, path, report);
  if ((mode === 'SIMPLE' || mode === 'MUTUAL') && credentialName !== undefined) {
    for (const field of ['clientCertificate', 'privateKey', 'caCertificates', 'caCrl'] as const)
      if (tls[field] !== undefined)
        report.error(
          'client-tls-invalid',
          `${path}.${field}`,
          `${field} does not go with credentialName; keep one of the two.`,
        );
  } else if (mode === 'MUTUAL') {
    for (const field of ['clientCertificate', 'privateKey'] as const)
      if (tls[field] === undefined)
        report.error('client-tls-invalid', path, `mode MUTUAL needs ${field}; write it, or credentialName.`);
  }
}

function refuseVerification(tls: ClientTls, path: string, report: Report): void {
  const fields =
    tls.mode === 'SIMPLE'
      ? (['caCertificates', 'credentialName', 'subjectAltNames'] as const)
      : (['caCertificates'] as const);
  if (tls.mode !== 'SIMPLE' && tls.mode !== 'MUTUAL') return;
  for (const field of fields)
    if (tls[field] !== undefined)
      report.error(
        'client-tls-invalid',
        `${path}.${field}`,
        `${field} has no meaning with insecureSkipVerify; keep one of the two.`,
      );
}
