import type { TlsOrigination } from '../cluster.js';
import {
  carriesHttp,
  type OriginatedTls,
  type RegistryPort,
  type RegistryService,
} from '../model/service.js';

/**
 * TLS towards the endpoints of one cluster. Only requests of HTTP have a Host to ask for; a connection of TCP asks for
 * nothing that the rule does not name (Istio, cluster_tls.go setAutoSniAndAutoSanValidation; recorded: `tcp-originate-*`).
 */
export function tlsOrigination(
  { serverName, verification, clientCertificate }: OriginatedTls,
  { protocol, encrypted }: RegistryPort,
  { subjectAltNames }: Pick<RegistryService, 'subjectAltNames'>,
  http2: boolean,
): TlsOrigination {
  // A rule may send plain HTTP to a port of HTTPS, whose cluster speaks HTTP then.
  const speaksHttp = carriesHttp(protocol) || encrypted === true;
  const names = verification?.subjectAltNames ?? [];
  return {
    ...(serverName !== undefined && { serverName: { kind: 'fixed', name: serverName } as const }),
    ...(serverName === undefined && speaksHttp && { serverName: { kind: 'request-host' } as const }),
    alpn: http2 ? ['h2'] : speaksHttp ? ['http/1.1'] : [],
    ...(verification !== undefined && {
      verification: {
        ...verification,
        forRequestHost: serverName === undefined && speaksHttp && names.length === 0,
        subjectAltNames: names.length > 0 ? names : subjectAltNames,
      },
    }),
    ...(clientCertificate !== undefined && { clientCertificate }),
  };
}
