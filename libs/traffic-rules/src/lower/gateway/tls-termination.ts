import type {
  CertificateSource,
  ClientCertificates,
  TlsTermination,
  TlsVersion,
} from '../../model/gateway.js';
import type { ServerTls } from '../../resources/gateway.js';
import type { GatewayListenerSpec } from '../../resources/gateway-api.js';

const versions: Readonly<Record<string, TlsVersion>> = {
  TLSV1_0: 'TLSv1',
  TLSV1_1: 'TLSv1.1',
  TLSV1_2: 'TLSv1.2',
  TLSV1_3: 'TLSv1.3',
};

/**
 * Secrets are looked for in the namespace of the gateway's workload (Istio, pilot/pkg/credentials/model/resource.go ParseResourceName).
 * @returns undefined where TLS does not end
 */
export function terminationOf(tls: ServerTls | undefined, namespace: string): TlsTermination | undefined {
  if (tls === undefined || tls.mode.endsWith('PASSTHROUGH')) return undefined;
  const minVersion = versions[tls.minProtocolVersion ?? ''];
  const maxVersion = versions[tls.maxProtocolVersion ?? ''];
  return {
    certificates: tls.mode === 'ISTIO_MUTUAL' ? 'mesh' : certificatesOf(tls, namespace),
    clients: clientCertificates(tls, namespace),
    ...(minVersion !== undefined && { minVersion }),
    ...(maxVersion !== undefined && { maxVersion }),
    cipherSuites: tls.cipherSuites,
  };
}

/** Of a listener of the Gateway API. @param own the Gateway's namespace */
export function terminationOfListener(
  { tls, protocol }: GatewayListenerSpec,
  own: string,
): TlsTermination | undefined {
  if (tls?.mode === 'Passthrough' || (protocol !== 'HTTPS' && protocol !== 'TLS')) return undefined;
  const certificates = (tls?.certificateRefs ?? []).map(
    ({ name, namespace = own }): CertificateSource => ({ kind: 'secret', namespace, name }),
  );
  return { certificates, clients: undefined, cipherSuites: [] };
}

function certificatesOf(tls: ServerTls, namespace: string): CertificateSource[] {
  const names = tls.credentialName === undefined ? tls.credentialNames : [tls.credentialName];
  if (names.length > 0) return names.map((name) => ({ kind: 'secret', namespace, name: secretName(name) }));
  const files = tls.tlsCertificates.length > 0 ? tls.tlsCertificates : [tls];
  return files.flatMap(({ serverCertificate, privateKey }): CertificateSource[] =>
    serverCertificate === undefined || privateKey === undefined
      ? []
      : [{ kind: 'files', certificate: serverCertificate, key: privateKey }],
  );
}

function clientCertificates(tls: ServerTls, namespace: string): ClientCertificates | undefined {
  const { mode, caCertificates, caCertCredentialName, credentialName } = tls;
  if (mode !== 'MUTUAL' && mode !== 'OPTIONAL_MUTUAL') return undefined;
  const secret = caCertCredentialName ?? credentialName;
  const conditions = (['subjectAltNames', 'verifyCertificateSpki', 'verifyCertificateHash'] as const).filter(
    (field) => tls[field].length > 0,
  );
  return {
    required: mode === 'MUTUAL',
    conditions: tls.caCrl === undefined ? conditions : [...conditions, 'caCrl'],
    authorities:
      secret !== undefined
        ? { kind: 'secret', namespace, name: secretName(secret) }
        : caCertificates === undefined
          ? undefined
          : { kind: 'file', path: caCertificates },
  };
}

/** `kubernetes://name` is the long spelling. */
function secretName(written: string): string {
  return written.replace(/^kubernetes:\/\//, '');
}
