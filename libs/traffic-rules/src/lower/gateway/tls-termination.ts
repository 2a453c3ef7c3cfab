import type {
  AuthoritySource,
  CertificateSource,
  ClientCertificates,
  TlsTermination,
  TlsVersion,
} from '../../model/gateway.js';
import type { ServerTls } from '../../resources/gateway.js';

const versions: Readonly<Record<string, TlsVersion>> = {
  TLSV1_0: 'TLSv1',
  TLSV1_1: 'TLSv1.1',
  TLSV1_2: 'TLSv1.2',
  TLSV1_3: 'TLSv1.3',
};

/** Behind the name of a Secret for a server's own certificate, that of its authorities. */
export const authoritiesSuffix = '-cacert';

/**
 * How a server of a Gateway ends TLS (Istio, pilot/pkg/networking/core/listener.go BuildListenerTLSContext).
 * @param namespace the one of the gateway's workload, where Secrets are looked for
 * @returns undefined where TLS does not end
 */
export function terminationOf(tls: ServerTls | undefined, namespace: string): TlsTermination | undefined {
  if (tls === undefined || tls.mode.endsWith('PASSTHROUGH')) return undefined;
  const clients = clientCertificates(tls, namespace);
  if (tls.mode === 'ISTIO_MUTUAL') return { certificates: 'mesh', clients, cipherSuites: [] };
  const minVersion = versions[tls.minProtocolVersion ?? ''];
  const maxVersion = versions[tls.maxProtocolVersion ?? ''];
  return {
    certificates: certificatesOf(tls, namespace),
    clients,
    ...(minVersion !== undefined && { minVersion }),
    ...(maxVersion !== undefined && { maxVersion }),
    cipherSuites: tls.cipherSuites,
  };
}

function certificatesOf(tls: ServerTls, namespace: string): CertificateSource[] {
  const names = credentialsOf(tls);
  if (names.length > 0) return names.map((name) => ({ kind: 'secret', ...namespacedName(name, namespace) }));
  const files = tls.tlsCertificates.length > 0 ? tls.tlsCertificates : [tls];
  return files.flatMap(({ serverCertificate, privateKey }): CertificateSource[] =>
    serverCertificate === undefined || privateKey === undefined
      ? []
      : [{ kind: 'files', certificate: serverCertificate, key: privateKey }],
  );
}

/** Of several names the list counts (Istio, authentication.go ApplyCredentialSDSToServerCommonTLSContext). */
function credentialsOf({ credentialName, credentialNames }: ServerTls): readonly string[] {
  if (credentialNames.length > 0) return credentialNames;
  return credentialName === undefined ? [] : [credentialName];
}

/**
 * What holds where depends on where the certificates come from: fingerprints are asked for beside Secrets, a file of revoked
 * certificates beside files and in the mesh (Istio, authentication.go ApplyToCommonTLSContext and
 * ApplyCredentialSDSToServerCommonTLSContext).
 */
function clientCertificates(tls: ServerTls, namespace: string): ClientCertificates | undefined {
  const { mode, caCrl, subjectAltNames, verifyCertificateHash, verifyCertificateSpki } = tls;
  if (!mode.endsWith('MUTUAL')) return undefined;
  const isOfSecret = mode !== 'ISTIO_MUTUAL' && credentialsOf(tls).length > 0;
  return {
    required: mode !== 'OPTIONAL_MUTUAL',
    authorities: mode === 'ISTIO_MUTUAL' ? { kind: 'mesh' } : authoritiesOf(tls, namespace),
    unverified: tls.insecureSkipVerify,
    subjectAltNames,
    fingerprints: isOfSecret
      ? { certificate: verifyCertificateHash, publicKey: verifyCertificateSpki }
      : { certificate: [], publicKey: [] },
    ...(!isOfSecret && caCrl !== undefined && { revocationList: caCrl }),
  };
}

/** Those of a list of certificates are its first one's; `caCertCredentialName` does without the suffix only where it has it written. */
function authoritiesOf(tls: ServerTls, namespace: string): AuthoritySource | undefined {
  const { caCertificates, caCertCredentialName } = tls;
  const [credential] = credentialsOf(tls);
  if (credential === undefined)
    return caCertificates === undefined ? undefined : { kind: 'file', path: caCertificates };
  const name = caCertCredentialName || `${credential}${authoritiesSuffix}`;
  const configMap = /^configmap:\/\/([^/]+)\/([^/]+)/.exec(name);
  if (configMap === null) return { kind: 'secret', ...namespacedName(name, namespace) };
  const [, itsNamespace = '', itsName = ''] = configMap;
  return { kind: 'configMap', namespace: itsNamespace, name: itsName };
}

/** `name`, `kubernetes://name`, `kubernetes://namespace/name`, or `sds://name` where the gateway has no such source of its own (Istio, credentials/resource.go ParseResourceName). */
function namespacedName(written: string, own: string): { namespace: string; name: string } {
  const parts = written.replace(/^(?:sds|kubernetes|kubernetes-gateway):\/\//, '').split('/');
  const [first = '', second] = parts;
  return second === undefined ? { namespace: own, name: first } : { namespace: first, name: second };
}
