import { readFileSync } from 'node:fs';
import { isIP } from 'node:net';
import {
  type ConnectionOptions,
  checkServerIdentity,
  getCACertificates,
  type PeerCertificate,
  rootCertificates,
} from 'node:tls';
import type { CertificateVerification, TlsOrigination } from '@grayscale/traffic-rules';
import { isForOneOf } from '../subject-alternative-names.js';

/** What the machine trusts, as PEM. */
export type TrustedCertificates = () => readonly string[];

/** As the operating system has them, and what Node is told beside (NODE_EXTRA_CA_CERTS); where it has none, those of Node. */
export const systemCertificates: TrustedCertificates = () => {
  const system = [...getCACertificates('system'), ...getCACertificates('extra')];
  return system.length > 0 ? system : rootCertificates;
};

/** TLS that cannot be spoken: a file is missing, or a credential is in no file. */
export class UnusableTls extends Error {
  override name = 'UnusableTls';
}

/** Whether connections for one Host may not serve requests for another: they ask for it by name, or hold the certificate to it. */
export function dependsOnHost({ serverName, verification }: TlsOrigination): boolean {
  return serverName?.kind === 'request-host' || verification?.forRequestHost === true;
}

/**
 * For node:tls. Files are read anew for each connection, so that a certificate may be renewed in its place. Throws UnusableTls.
 * @param host that is sent, without its port
 */
export function tlsOptions(
  { serverName, verification, clientCertificate, alpn }: TlsOrigination,
  host: string,
  trusted: TrustedCertificates,
): ConnectionOptions {
  const name = serverName?.kind === 'request-host' ? host : serverName?.name;
  return {
    ALPNProtocols: [...alpn],
    // RFC 6066 3: an address is not a server name.
    ...(name !== undefined && name !== '' && isIP(name) === 0 && { servername: name }),
    ...(verification === undefined ? { rejectUnauthorized: false } : verifying(verification, host, trusted)),
    ...(clientCertificate !== undefined && ownCertificate(clientCertificate)),
  };
}

function verifying(
  { trust, forRequestHost, subjectAltNames, revocationList }: CertificateVerification,
  host: string,
  trusted: TrustedCertificates,
): ConnectionOptions {
  if (trust.kind === 'credential') throw ofCluster(trust.name);
  return {
    rejectUnauthorized: true,
    ca: trust.kind === 'system' ? [...trusted()] : read(trust.path),
    ...(revocationList !== undefined && { crl: read(revocationList) }),
    checkServerIdentity: (_name, certificate) =>
      (forRequestHost ? checkServerIdentity(host, certificate) : undefined) ??
      unlessOneOf(subjectAltNames, certificate),
  };
}

function unlessOneOf(names: readonly string[], certificate: PeerCertificate): Error | undefined {
  if (names.length === 0 || isForOneOf(names, certificate.subjectaltname)) return undefined;
  return new Error(
    `the certificate is for ${certificate.subjectaltname || 'nobody'}, not for ${names.join(' or ')}`,
  );
}

function ownCertificate(own: NonNullable<TlsOrigination['clientCertificate']>): ConnectionOptions {
  if (own.kind === 'credential') throw ofCluster(own.name);
  return { cert: read(own.certificate), key: read(own.privateKey) };
}

function ofCluster(name: string): UnusableTls {
  return new UnusableTls(`the credential ${name} is in the cluster, not in a file`);
}

function read(path: string): Buffer {
  try {
    return readFileSync(path);
  } catch (error) {
    throw new UnusableTls((error as Error).message);
  }
}
