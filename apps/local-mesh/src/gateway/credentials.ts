import { readFileSync } from 'node:fs';
import { createSecureContext } from 'node:tls';
import type { CertificateSource, ClientCertificates, TlsTermination } from '@grayscale/traffic-rules';
import type { ServerCredentials } from '../proxy/gateway.js';
import type { Secret } from '../rules/secrets.js';

/** A certificate with its key, as PEM. */
export interface CertificateAndKey {
  cert: string | Buffer;
  key: string | Buffer;
}

/** Where the certificates of a gateway's servers may come from. */
export interface CredentialSources {
  /** By `namespace/name`. */
  secrets: ReadonlyMap<string, Secret>;
  /** For every server, whatever the rules name. */
  given: CertificateAndKey | undefined;
  /** For servers whose own is not there. */
  selfSigned: CertificateAndKey | undefined;
}

/** Why a server cannot end TLS, for a person: the rest of a sentence that says which. */
export class NoCredentials extends Error {
  override readonly name = 'NoCredentials';
}

/** The keys of a Secret under which Istio looks (secrets of type kubernetes.io/tls, and generic ones). */
const certificateKeys = ['tls.crt', 'cert'];
const keyKeys = ['tls.key', 'key'];
const authorityKeys = ['ca.crt', 'cacert'];

/** What a server ends TLS with. @throws NoCredentials */
export function credentialsOf(termination: TlsTermination, sources: CredentialSources): ServerCredentials {
  const { minVersion, maxVersion, cipherSuites, clients } = termination;
  const own = sources.given === undefined ? ownCertificates(termination, sources) : [sources.given];
  const credentials = {
    cert: own.map(({ cert }) => cert),
    key: own.map(({ key }) => key),
    ...(minVersion !== undefined && { minVersion }),
    ...(maxVersion !== undefined && { maxVersion }),
    ...(cipherSuites.length > 0 && { ciphers: cipherSuites.join(':') }),
    ...(clients !== undefined && askingClients(clients, sources)),
  };
  try {
    createSecureContext(credentials);
  } catch (error) {
    throw new NoCredentials(`its certificate and key cannot be used (${(error as Error).message})`);
  }
  return credentials;
}

function ownCertificates({ certificates }: TlsTermination, sources: CredentialSources): CertificateAndKey[] {
  const { selfSigned } = sources;
  try {
    if (certificates === 'mesh')
      throw new NoCredentials(
        "ISTIO_MUTUAL takes the mesh's own certificates, which this machine does not have",
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
  const name = `${source.namespace}/${source.name}`;
  const secret = secrets.get(name);
  if (secret === undefined) throw new NoCredentials(`the Secret ${name} is not among the files`);
  return { cert: entryOf(secret, certificateKeys, name), key: entryOf(secret, keyKeys, name) };
}

function askingClients(
  { required, conditions, authorities }: ClientCertificates,
  { secrets }: CredentialSources,
): ServerCredentials {
  if (conditions.length > 0)
    throw new NoCredentials(`${conditions.join(' and ')} of its tls cannot be checked by the local mesh`);
  return { ca: authoritiesOf(authorities, secrets), requestCert: true, rejectUnauthorized: required };
}

/** Those of a Secret may stand beside the certificate, or in a second Secret with `-cacert` behind its name. */
function authoritiesOf(
  source: ClientCertificates['authorities'],
  secrets: ReadonlyMap<string, Secret>,
): string | Buffer {
  if (source === undefined)
    throw new NoCredentials('its tls names no authorities for the certificates of clients');
  if (source.kind === 'file') return fileOf(source.path);
  const name = `${source.namespace}/${source.name}`;
  const [beside, second] = [secrets.get(name), secrets.get(`${name}-cacert`)];
  const secret = second ?? beside;
  if (secret === undefined) throw new NoCredentials(`the Secret ${name} is not among the files`);
  return entryOf(secret, authorityKeys, second === undefined ? name : `${name}-cacert`);
}

function entryOf(secret: Secret, keys: readonly string[], name: string): Buffer {
  const key = keys.find((one) => Object.hasOwn(secret, one));
  const entry = key === undefined ? undefined : secret[key];
  if (entry === undefined) throw new NoCredentials(`the Secret ${name} has no ${keys[0]}`);
  return entry;
}

function fileOf(path: string): Buffer {
  try {
    return readFileSync(path);
  } catch (error) {
    throw new NoCredentials(`the file ${path} cannot be read (${(error as NodeJS.ErrnoException).code})`);
  }
}
