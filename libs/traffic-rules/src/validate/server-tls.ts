import { quote } from '../fields/describe.js';
import type { ServerTls } from '../resources/gateway.js';
import type { Report } from './report.js';

/** The ciphers that Envoy has (istio, security.go ValidCipherSuites). */
const ciphers = new Set([
  'ECDHE-ECDSA-AES128-GCM-SHA256',
  'ECDHE-RSA-AES128-GCM-SHA256',
  'ECDHE-ECDSA-AES256-GCM-SHA384',
  'ECDHE-RSA-AES256-GCM-SHA384',
  'ECDHE-ECDSA-CHACHA20-POLY1305',
  'ECDHE-RSA-CHACHA20-POLY1305',
  'ECDHE-ECDSA-AES128-SHA',
  'ECDHE-RSA-AES128-SHA',
  'ECDHE-ECDSA-AES256-SHA',
  'ECDHE-RSA-AES256-SHA',
  'AES128-GCM-SHA256',
  'AES256-GCM-SHA384',
  'AES128-SHA',
  'AES256-SHA',
  'DES-CBC3-SHA',
]);

/** The TLS settings of a Gateway's server (istio, validation.go validateTLSOptions). */
export function validateServerTls(tls: ServerTls, path: string, report: Report): void {
  warnOfCiphers(tls, path, report);
  if (tls.mode === 'ISTIO_MUTUAL') {
    refuseOwnCertificates(tls, path, report);
    return;
  }
  if (tls.mode.endsWith('PASSTHROUGH')) warnOfUnusedCertificates(tls, path, report);
  refuseSeveralSources(tls, path, report);
  if (tls.mode.endsWith('PASSTHROUGH')) return;
  if (tls.credentialName === undefined && tls.credentialNames.length === 0)
    requireCertificates(tls, path, report);
}

function warnOfCiphers({ cipherSuites, minProtocolVersion }: ServerTls, path: string, report: Report): void {
  if ((minProtocolVersion === 'TLSV1_0' || minProtocolVersion === 'TLSV1_1') && cipherSuites.length === 0)
    report.warning(
      'server-tls-invalid',
      `${path}.minProtocolVersion`,
      'TLS below 1.2 needs ciphers that are not among the default ones; write cipherSuites.',
    );
  const seen = new Set<string>();
  cipherSuites.forEach((cipher, index) => {
    const problem = !ciphers.has(cipher) ? 'is unknown' : seen.has(cipher) ? 'stands twice' : undefined;
    seen.add(cipher);
    if (problem !== undefined)
      report.warning(
        'server-tls-invalid',
        `${path}.cipherSuites[${index}]`,
        `the cipher ${quote(cipher)} ${problem}, and Istio ignores it; remove it.`,
      );
  });
}

const sources = ['serverCertificate', 'privateKey', 'caCertificates', 'credentialName'] as const;

function refuseOwnCertificates(tls: ServerTls, path: string, report: Report): void {
  const written: string[] = sources.filter((field) => tls[field] !== undefined);
  if (tls.tlsCertificates.length > 0) written.push('tlsCertificates');
  if (tls.credentialNames.length > 0) written.push('credentialNames');
  for (const field of written)
    report.error(
      'server-tls-invalid',
      `${path}.${field}`,
      `ISTIO_MUTUAL takes the certificates of the mesh; leave ${field} out.`,
    );
}

function warnOfUnusedCertificates(tls: ServerTls, path: string, report: Report): void {
  const isUsed =
    sources.some((field) => tls[field] !== undefined) ||
    tls.caCrl !== undefined ||
    tls.tlsCertificates.length + tls.credentialNames.length > 0;
  if (isUsed)
    report.warning(
      'server-tls-invalid',
      path,
      `${tls.mode} passes TLS through without reading it: Istio ignores the certificates here. Leave them out, or write mode: SIMPLE.`,
    );
}

function refuseSeveralSources(tls: ServerTls, path: string, report: Report): void {
  const count = [
    tls.serverCertificate !== undefined && tls.privateKey !== undefined,
    tls.credentialName !== undefined,
    tls.credentialNames.length > 0,
    tls.tlsCertificates.length > 0,
  ].filter(Boolean).length;
  if (count > 1)
    report.error(
      'server-tls-invalid',
      path,
      'the certificate comes from several places; keep one of credentialName, credentialNames, tlsCertificates, or serverCertificate with privateKey.',
    );
}

function requireCertificates(tls: ServerTls, path: string, report: Report): void {
  if (tls.mode.endsWith('MUTUAL') && tls.caCertificates === undefined)
    report.error(
      'server-tls-invalid',
      path,
      `${tls.mode} needs the authorities that clients are checked by; write caCertificates or credentialName.`,
    );
  if (tls.tlsCertificates.length > 2)
    report.warning(
      'server-tls-invalid',
      `${path}.tlsCertificates`,
      'a server has at most two certificates; keep two.',
    );
  const inFiles = tls.tlsCertificates.length > 0 ? tls.tlsCertificates : [tls];
  inFiles.forEach((certificate, index) => {
    const place = tls.tlsCertificates.length > 0 ? `${path}.tlsCertificates[${index}]` : path;
    if (certificate.serverCertificate === undefined || certificate.privateKey === undefined)
      report.error(
        'server-tls-invalid',
        place,
        `${tls.mode} needs a certificate; write credentialName, or serverCertificate and privateKey.`,
      );
  });
  if (tls.caCrl !== undefined && tls.mode === 'SIMPLE')
    report.error(
      'server-tls-invalid',
      `${path}.caCrl`,
      'a list of revoked certificates is for MUTUAL; leave it out.',
    );
}
