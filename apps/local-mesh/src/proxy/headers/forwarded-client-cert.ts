import type { X509Certificate } from 'node:crypto';
import { alternativeNames } from '../subject-alternative-names.js';

/**
 * `x-forwarded-client-cert` as a gateway of Istio writes it for a client that showed a certificate: its own identity, the client's hash,
 * certificate, subject and names (Istio, gateway.go buildGatewayConnectionManager: SANITIZE_SET; Envoy, conn_manager_utility.cc
 * mutateXfccRequestHeader).
 */
export function forwardedClientCert(client: X509Certificate, own: X509Certificate | undefined): string {
  const uris = namesOf(client, 'URI');
  return [
    ...namesOf(own, 'URI').map((uri) => `By=${uri}`),
    `Hash=${client.fingerprint256.replaceAll(':', '').toLowerCase()}`,
    `Cert="${encodeURIComponent(client.toString())}"`,
    `Subject="${distinguishedName(client.subject)}"`,
    ...(uris.length === 0 ? ['URI='] : uris.map((uri) => `URI=${uri}`)),
    ...namesOf(client, 'DNS').map((name) => `DNS=${name}`),
  ].join(';');
}

function namesOf(certificate: X509Certificate | undefined, type: string): string[] {
  return alternativeNames(certificate?.subjectAltName)
    .filter((name) => name.type === type)
    .map(({ value }) => value);
}

/** RFC 2253 of what Node writes in lines: the last part first, and what is not ASCII in hexadecimal. */
function distinguishedName(subject: string | undefined): string {
  const parts = (subject ?? '').split('\n').reverse();
  return parts
    .join(',')
    .replaceAll(' + ', '+')
    .replace(/[^\0-\x7f]+/g, (text) =>
      [...Buffer.from(text)].map((byte) => `\\${byte.toString(16).toUpperCase()}`).join(''),
    );
}
