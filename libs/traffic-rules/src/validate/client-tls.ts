import { quote } from '../fields/describe.js';
import type { ClientTls } from '../resources/destination-rule.js';
import type { Report } from './report.js';

/**
 * How connections to a destination are secured (istio, agent/validation.go ValidateTLS).
 * @param namespace the DestinationRule's own: a credential in a ConfigMap has to be in it
 */
export function validateClientTls(
  tls: ClientTls | undefined,
  namespace: string,
  path: string,
  report: Report,
): void {
  if (tls === undefined) return;
  const { mode, credentialName } = tls;
  validateConfigMapCredential(credentialName, namespace, `${path}.credentialName`, report);
  if (tls.insecureSkipVerify) refuseVerification(tls, path, report);
  if ((mode === 'SIMPLE' || mode === 'MUTUAL') && credentialName !== undefined) {
    for (const field of ['clientCertificate', 'privateKey', 'caCertificates', 'caCrl'] as const)
      if (tls[field] !== undefined)
        report.error(
          'client-tls-invalid',
          `${path}.${field}`,
          `${field} cannot be combined with credentialName; keep one of the two.`,
        );
  } else if (mode === 'MUTUAL') {
    for (const field of ['clientCertificate', 'privateKey'] as const)
      if (tls[field] === undefined)
        report.error('client-tls-invalid', path, `mode MUTUAL needs ${field}; write it, or credentialName.`);
  }
}

const configMap = 'configmap://';

/** `configmap://namespace/name`, whatever follows (istio, pilot/pkg/model/credentials/resource.go ParseResourceName). */
function validateConfigMapCredential(
  credential: string | undefined,
  namespace: string,
  path: string,
  report: Report,
): void {
  if (credential === undefined || !credential.startsWith(configMap)) return;
  const [owner = '', name = ''] = credential.slice(configMap.length).split('/');
  if (owner === namespace && name !== '') return;
  const problem =
    owner === '' || name === ''
      ? `${quote(credential)} does not name a namespace and a ConfigMap`
      : `${quote(credential)} is in another namespace than the DestinationRule`;
  report.error(
    'client-tls-invalid',
    path,
    `${problem}; write ${configMap}${namespace}/${name === '' ? 'NAME' : name}.`,
  );
}

/** With mode MUTUAL a credential may hold the client's own certificate, so it is allowed there. */
function refuseVerification(tls: ClientTls, path: string, report: Report): void {
  if (tls.mode !== 'SIMPLE' && tls.mode !== 'MUTUAL') return;
  const written = {
    caCertificates: tls.caCertificates !== undefined,
    credentialName: tls.mode === 'SIMPLE' && tls.credentialName !== undefined,
    subjectAltNames: (tls.subjectAltNames ?? []).length > 0,
  };
  for (const [field, isWritten] of Object.entries(written))
    if (isWritten)
      report.error(
        'client-tls-invalid',
        `${path}.${field}`,
        `insecureSkipVerify turns off the check that ${field} is for; keep one of the two.`,
      );
}
