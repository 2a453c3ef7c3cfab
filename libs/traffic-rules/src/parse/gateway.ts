import type { GatewaySpec, Server, ServerTls } from '../resources/gateway.js';
import { checked, ignoredByIstio, list, map, mapped, message } from './decode.js';
import type { Decoder } from './decoder.js';
import { boolean, choice, string, text, uint32 } from './scalar.js';

const protocolVersion = choice(['TLS_AUTO', 'TLSV1_0', 'TLSV1_1', 'TLSV1_2', 'TLSV1_3']);

const tls: Decoder<ServerTls> = mapped(
  message({
    httpsRedirect: boolean,
    mode: choice(['PASSTHROUGH', 'SIMPLE', 'MUTUAL', 'AUTO_PASSTHROUGH', 'ISTIO_MUTUAL', 'OPTIONAL_MUTUAL']),
    serverCertificate: text,
    privateKey: text,
    caCertificates: text,
    caCrl: text,
    credentialName: text,
    credentialNames: list(string),
    tlsCertificates: list(message({ serverCertificate: text, privateKey: text, caCertificates: text })),
    minProtocolVersion: protocolVersion,
    cipherSuites: list(string),
    alpnProtocols: checked(list(string)),
    caCertCredentialName: text,
    subjectAltNames: list(string),
    insecureSkipVerify: boolean,
    verifyCertificateSpki: list(string),
    verifyCertificateHash: list(string),
    maxProtocolVersion: protocolVersion,
    ecdhCurves: checked(list(string)),
  }),
  (decoded) => ({
    ...decoded,
    httpsRedirect: decoded.httpsRedirect ?? false,
    mode: decoded.mode ?? 'PASSTHROUGH',
    insecureSkipVerify: decoded.insecureSkipVerify ?? false,
    credentialNames: decoded.credentialNames ?? [],
    tlsCertificates: decoded.tlsCertificates ?? [],
    cipherSuites: decoded.cipherSuites ?? [],
    subjectAltNames: decoded.subjectAltNames ?? [],
    verifyCertificateSpki: decoded.verifyCertificateSpki ?? [],
    verifyCertificateHash: decoded.verifyCertificateHash ?? [],
  }),
);

const port = mapped(
  message({ number: uint32('80'), protocol: text, name: text, targetPort: uint32('8080') }),
  ({ targetPort, ...decoded }) => ({
    number: decoded.number ?? 0,
    protocol: decoded.protocol ?? '',
    name: decoded.name ?? '',
    ...(targetPort ? { targetPort } : {}),
  }),
);

const server: Decoder<Server> = mapped(
  message({ name: text, port, bind: text, hosts: list(string), tls, defaultEndpoint: ignoredByIstio(text) }),
  (decoded) => ({ ...decoded, hosts: decoded.hosts ?? [] }),
);

export const gatewaySpec: Decoder<GatewaySpec> = mapped(
  message({ selector: map(string), servers: list(server) }),
  (decoded) => ({ selector: decoded.selector ?? {}, servers: decoded.servers ?? [] }),
);
