import type { OriginatedTls } from '../model/service.js';
import type { ClientTls } from '../resources/destination-rule.js';

/** What `caCertificates` may say for the CAs of the system, which are the default as well. */
const systemTrust = 'system';

/**
 * TLS that a sidecar originates by a DestinationRule (Istio, cluster_tls.go constructUpstreamTLS); undefined: none.
 * `ISTIO_MUTUAL` needs the mesh's certificates and a sidecar on the other side: on a laptop it is plain text.
 * @param forWorkload whether the rule has a workloadSelector: without one a sidecar gets no Secret, and speaks plain text
 */
export function originatedTls(
  tls: ClientTls | undefined,
  { forWorkload }: { forWorkload: boolean },
): OriginatedTls | undefined {
  if (tls === undefined || tls.mode === 'DISABLE' || tls.mode === 'ISTIO_MUTUAL') return undefined;
  const { credentialName = '', sni = '' } = tls;
  if (credentialName !== '' && !credentialName.startsWith('configmap://') && !forWorkload) return undefined;
  const verification = verificationOf(tls);
  const clientCertificate = tls.mode === 'MUTUAL' ? clientCertificateOf(tls) : undefined;
  return {
    ...(sni !== '' && { serverName: sni }),
    ...(verification !== undefined && { verification }),
    ...(clientCertificate !== undefined && { clientCertificate }),
  };
}

function verificationOf(tls: ClientTls): OriginatedTls['verification'] {
  if (tls.insecureSkipVerify === true) return undefined;
  const { credentialName = '', caCertificates = '', caCrl = '', subjectAltNames = [] } = tls;
  if (credentialName !== '') return { trust: { kind: 'credential', name: credentialName }, subjectAltNames };
  const isSystem = caCertificates === '' || caCertificates === systemTrust;
  return {
    trust: isSystem ? { kind: 'system' } : { kind: 'file', path: caCertificates },
    subjectAltNames,
    ...(caCrl !== '' && { revocationList: caCrl }),
  };
}

function clientCertificateOf(tls: ClientTls): OriginatedTls['clientCertificate'] {
  const { credentialName = '', clientCertificate = '', privateKey = '' } = tls;
  if (credentialName !== '') return { kind: 'credential', name: credentialName };
  return { kind: 'files', certificate: clientCertificate, privateKey };
}
