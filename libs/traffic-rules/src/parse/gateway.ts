import type { GatewaySpec, Server, ServerPort, ServerTls } from '../resources/gateway.js';
import { checked, ignoredByIstio, list, map, message, messageOf } from './decode.js';
import { boolean, choice, string, text, uint32, writtenPort } from './scalar.js';

const protocolVersion = choice(['TLS_AUTO', 'TLSV1_0', 'TLSV1_1', 'TLSV1_2', 'TLSV1_3']);

const tls = messageOf<ServerTls>(
  {
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
  },
  {
    httpsRedirect: false,
    mode: 'PASSTHROUGH',
    insecureSkipVerify: false,
    credentialNames: [],
    tlsCertificates: [],
    cipherSuites: [],
    subjectAltNames: [],
    verifyCertificateSpki: [],
    verifyCertificateHash: [],
  },
);

const port = messageOf<ServerPort>(
  { number: uint32('80'), protocol: text, name: text, targetPort: writtenPort('8080') },
  { number: 0, protocol: '', name: '' },
);

const server = messageOf<Server>(
  { name: text, port, bind: text, hosts: list(string), tls, defaultEndpoint: ignoredByIstio(text) },
  { hosts: [] },
);

export const gatewaySpec = messageOf<GatewaySpec>(
  { selector: map(string), servers: list(server) },
  { selector: {}, servers: [] },
);
