import type { TlsOrigination, UpstreamProtocol } from '../cluster.js';
import {
  carriesHttp,
  type OriginatedTls,
  type RegistryPort,
  type RegistryService,
} from '../model/service.js';

/** What is asked for in TLS (RFC 7301). */
const alpnOf: Readonly<Record<UpstreamProtocol, string>> = {
  http1: 'http/1.1',
  http2: 'h2',
  'as-client': 'http/1.1',
};

/**
 * TLS towards the endpoints of one cluster. Only requests of HTTP have a Host to ask for; a connection of TCP asks for
 * nothing that the rule does not name (Istio, cluster_tls.go setAutoSniAndAutoSanValidation; recorded: `tcp-originate-*`).
 */
export function tlsOrigination(
  { serverName, verification, clientCertificate }: OriginatedTls,
  { protocol, encrypted }: RegistryPort,
  { subjectAltNames }: Pick<RegistryService, 'subjectAltNames'>,
  upstream: UpstreamProtocol,
): TlsOrigination {
  // A rule may send plain HTTP to a port of HTTPS, whose cluster speaks HTTP then.
  const speaksHttp = carriesHttp(protocol) || encrypted === true;
  const names = verification?.subjectAltNames ?? [];
  return {
    ...(serverName !== undefined && { serverName: { kind: 'fixed', name: serverName } as const }),
    ...(serverName === undefined && speaksHttp && { serverName: { kind: 'request-host' } as const }),
    alpn: speaksHttp || upstream === 'http2' ? [alpnOf[upstream]] : [],
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
