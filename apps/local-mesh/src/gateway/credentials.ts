import { readFileSync } from 'node:fs';
import { createSecureContext, type TlsOptions } from 'node:tls';
import type {
  AuthoritySource,
  CertificateSource,
  ClientCertificates,
  TlsTermination,
} from '@grayscale/traffic-rules';
import type { ServerCredentials } from '../proxy/gateway.js';
import type { Secret, Secrets } from '../rules/secrets.js';
import { clientCheck } from './client-check.js';
import { NoCredentials } from './no-credentials.js';

/** A certificate with its key, as PEM. */
export interface CertificateAndKey {
  cert: string | Buffer;
  key: string | Buffer;
}

/** Where the certificates of a gateway's servers may come from. */
export interface CredentialSources {
  secrets: Secrets;
  /** For every server, whatever the rules name. */
  given: CertificateAndKey | undefined;
  /** For servers whose own is not there. */
  selfSigned: CertificateAndKey | undefined;
}

/** The keys of a Secret under which Istio looks, those of generic Secrets first (pilot/pkg/credentials/kube/secrets.go ExtractCertInfo, ExtractRoot). */
const certificateEntries = [
  { cert: 'cert', key: 'key' },
  { cert: 'tls.crt', key: 'tls.key' },
];
const authorityEntries = [
  { ca: 'cacert', crl: 'crl' },
  { ca: 'ca.crt', crl: 'ca.crl' },
];

/** What a server ends TLS with. @throws NoCredentials */
export function credentialsOf(termination: TlsTermination, sources: CredentialSources): ServerCredentials {
  const { minVersion, maxVersion, cipherSuites, clients } = termination;
  const own = sources.given === undefined ? ownCertificates(termination, sources) : [sources.given];
  const tls: TlsOptions = {
    cert: own.map(({ cert }) => cert),
    key: own.map(({ key }) => key),
    ...(minVersion !== undefined && { minVersion }),
    ...(maxVersion !== undefined && { maxVersion }),
    ...(cipherSuites.length > 0 && { ciphers: cipherSuites.join(':') }),
    ...(clients !== undefined && askingClients(clients, sources)),
  };
  try {
    createSecureContext(tls);
  } catch (error) {
    throw new NoCredentials(`its certificates cannot be used (${(error as Error).message})`);
  }
  return { tls, ...(clients !== undefined && { accepts: clientCheck(clients) }) };
}

function ownCertificates({ certificates }: TlsTermination, sources: CredentialSources): CertificateAndKey[] {
  const { selfSigned } = sources;
  try {
    if (certificates === 'mesh')
      throw new NoCredentials(
        "ISTIO_MUTUAL takes the mesh's own certificates, which this machine does not have",
        'mesh',
      );
    if (certificates.length === 0) throw new NoCredentials('its tls names no certificate');
    return certificates.map((source) => certificateOf(source, sources));
  } catch (error) {
    if (!(error instanceof NoCredentials) || selfSigned === undefined || certificates === 'mesh') throw error;
    return [selfSigned];
  }
}

function certificateOf(source: CertificateSource, { secrets }: CredentialSources): CertificateAndKey {
  if (source.kind === 'files') return { cert: fileOf(source.certificate), key: fileOf(source.key) };
  const name = `Secret ${source.namespace}/${source.name}`;
  const secret = secrets.get(name);
  if (secret === undefined) throw new NoCredentials(`the ${name} is not among the files`);
  for (const entry of certificateEntries) {
    const [cert, key] = [filled(secret, entry.cert), filled(secret, entry.key)];
    if (cert !== undefined && key !== undefined) return { cert, key };
  }
  throw new NoCredentials(`the ${name} needs tls.crt and tls.key, or cert and key; ${holding(secret)}`);
}

function askingClients(clients: ClientCertificates, { secrets }: CredentialSources): TlsOptions {
  const { required, unverified, authorities, revocationList } = clients;
  const trusted = authoritiesOf(authorities, secrets);
  const crl = revocationList === undefined ? trusted.crl : fileOf(revocationList);
  return {
    ca: trusted.ca,
    ...(crl !== undefined && { crl }),
    requestCert: true,
    // What is not refused in the handshake is looked at after it.
    rejectUnauthorized: required && !unverified,
  };
}

interface Authorities {
  ca: Buffer;
  crl?: Buffer | undefined;
}

/** Those of a Secret may stand in one of their own with `-cacert` behind its name, or beside the certificate (Istio, secrets.go GetCaCert). */
function authoritiesOf(source: AuthoritySource | undefined, secrets: Secrets): Authorities {
  if (source === undefined)
    throw new NoCredentials('its tls names no authorities for the certificates of clients', 'authorities');
  if (source.kind === 'mesh')
    throw new NoCredentials(
      "its clients need the mesh's own certificates, which this machine does not have",
      'mesh',
    );
  if (source.kind === 'file') return { ca: fileOf(source.path) };
  const kind = source.kind === 'secret' ? 'Secret' : 'ConfigMap';
  const [written, stripped] = [source.name, source.name.replace(/-cacert$/, '')].map(
    (name) => `${kind} ${source.namespace}/${name}`,
  ) as [string, string];
  const own = kind === 'Secret' ? secrets.get(written) : undefined;
  const secret = own ?? secrets.get(stripped);
  if (secret === undefined)
    throw new NoCredentials(
      `it asks for certificates of clients, and the ${stripped} is not among the files`,
      'authorities',
    );
  for (const entry of authorityEntries) {
    const ca = filled(secret, entry.ca);
    if (ca !== undefined) return { ca, crl: filled(secret, entry.crl) };
  }
  const name = own === undefined ? stripped : written;
  throw new NoCredentials(
    `the ${name} needs ca.crt or cacert for its clients; ${holding(secret)}`,
    'authorities',
  );
}

/** What is empty counts as missing. */
function filled(secret: Secret, key: string): Buffer | undefined {
  const entry = Object.hasOwn(secret, key) ? secret[key] : undefined;
  return entry === undefined || entry.length === 0 ? undefined : entry;
}

/** The names of the entries, never what they hold. */
function holding(secret: Secret): string {
  const keys = Object.keys(secret).sort();
  return keys.length === 0 ? 'it is empty' : `it has ${keys.join(', ')}`;
}

function fileOf(path: string): Buffer {
  try {
    return readFileSync(path);
  } catch (error) {
    throw new NoCredentials(`the file ${path} cannot be read (${(error as NodeJS.ErrnoException).code})`);
  }
}
