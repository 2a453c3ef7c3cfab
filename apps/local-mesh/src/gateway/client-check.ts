import { createHash, type X509Certificate } from 'node:crypto';
import type { TLSSocket } from 'node:tls';
import type { ClientCertificates } from '@grayscale/traffic-rules';
import { isForOneOf } from '../proxy/subject-alternative-names.js';
import { NoCredentials } from './no-credentials.js';

/** Whether a client that has come through the handshake is let in. */
export type ClientCheck = (secure: TLSSocket) => boolean;

/**
 * What a server asks of its clients' certificates, as Envoy does (1.40, tried; default_validator.cc): one of the names, and one of the
 * fingerprints, whichever kind. Where there is such a condition, a client without a certificate is refused even if it need not have one.
 * @throws NoCredentials for fingerprints that Envoy takes for none
 */
export function clientCheck(clients: ClientCertificates): ClientCheck {
  const { required, unverified, subjectAltNames, fingerprints } = clients;
  const hashes = new Set(fingerprints.certificate.map(hashOf));
  const keys = new Set(fingerprints.publicKey.map(keyHashOf));
  const isPinned = hashes.size + keys.size > 0;
  const isNeeded = required || (!unverified && (isPinned || subjectAltNames.length > 0));
  const meets = (certificate: X509Certificate) =>
    (subjectAltNames.length === 0 || isForOneOf(subjectAltNames, certificate.subjectAltName)) &&
    (!isPinned || hashes.has(sha256(certificate.raw, 'hex')) || keys.has(keyHash(certificate)));
  return (secure) => {
    const certificate = secure.getPeerX509Certificate();
    if (certificate === undefined) return !isNeeded;
    return unverified || (secure.authorized && meets(certificate));
  };
}

function hashOf(written: string): string {
  const digits = written.replaceAll(':', '').toLowerCase();
  if (/^[0-9a-f]{64}$/.test(digits)) return digits;
  throw new NoCredentials(
    `${written} of its verifyCertificateHash is not a SHA-256 of 64 hexadecimal digits, and Envoy refuses it`,
  );
}

function keyHashOf(written: string): string {
  if (/^[A-Za-z0-9+/]{43}=$/.test(written)) return written;
  throw new NoCredentials(
    `${written} of its verifyCertificateSpki is not a SHA-256 in base64, and Envoy refuses it`,
  );
}

function keyHash({ publicKey }: X509Certificate): string {
  return sha256(publicKey.export({ type: 'spki', format: 'der' }), 'base64');
}

function sha256(content: Buffer, encoding: 'hex' | 'base64'): string {
  return createHash('sha256').update(content).digest(encoding);
}
