import { resourcesOf } from '../../../test/mesh.js';
import { istioGateways } from '../of-kind.js';
import { terminationOf } from './tls-termination.js';

/** How the only server of a Gateway ends TLS at a gateway in the namespace infra. */
function terminationWith(tls: string) {
  const [gateway] = istioGateways(
    resourcesOf(`
apiVersion: networking.istio.io/v1
kind: Gateway
metadata: {name: gw, namespace: shop}
spec: {servers: [{port: {number: 443, name: s, protocol: HTTPS}, hosts: ["*"], tls: {${tls}}}]}
`),
  );
  return terminationOf(gateway?.spec.servers[0]?.tls, 'infra');
}

const secret = (name: string, namespace = 'infra') => ({ kind: 'secret', namespace, name });
const anybody = { subjectAltNames: [], fingerprints: { certificate: [], publicKey: [] }, unverified: false };

describe('the certificates of a server', () => {
  it.each([
    ['mode: SIMPLE, credentialName: a', [secret('a')]],
    ['mode: SIMPLE, credentialName: "kubernetes://a"', [secret('a')]],
    ['mode: SIMPLE, credentialName: "kubernetes://infra/a"', [secret('a')]],
    ['mode: SIMPLE, credentialName: "sds://a"', [secret('a')]],
    ['mode: SIMPLE, credentialNames: [a, b]', [secret('a'), secret('b')]],
    [
      'mode: SIMPLE, serverCertificate: /c, privateKey: /k',
      [{ kind: 'files', certificate: '/c', key: '/k' }],
    ],
    [
      'mode: SIMPLE, tlsCertificates: [{serverCertificate: /c, privateKey: /k}, {serverCertificate: /d, privateKey: /l}]',
      [
        { kind: 'files', certificate: '/c', key: '/k' },
        { kind: 'files', certificate: '/d', key: '/l' },
      ],
    ],
    ['mode: ISTIO_MUTUAL', 'mesh'],
  ])('%s', (tls, certificates) => {
    expect(terminationWith(tls)?.certificates).toEqual(certificates);
  });

  it.each(['mode: PASSTHROUGH', 'mode: AUTO_PASSTHROUGH'])('are none where TLS is passed on: %s', (tls) => {
    expect(terminationWith(tls)).toBeUndefined();
  });
});

describe('what is asked of clients', () => {
  const files = 'serverCertificate: /c, privateKey: /k, caCertificates: /ca';

  it.each([
    ['mode: SIMPLE, credentialName: a', undefined],
    ['mode: MUTUAL, credentialName: a', { ...anybody, required: true, authorities: secret('a-cacert') }],
    [
      'mode: MUTUAL, credentialNames: [a, b]',
      { ...anybody, required: true, authorities: secret('a-cacert') },
    ],
    [
      'mode: OPTIONAL_MUTUAL, credentialName: a, caCertCredentialName: b-cacert',
      { ...anybody, required: false, authorities: secret('b-cacert') },
    ],
    [
      'mode: MUTUAL, credentialName: a, caCertCredentialName: "configmap://shop/b"',
      { ...anybody, required: true, authorities: { kind: 'configMap', namespace: 'shop', name: 'b' } },
    ],
    [
      `mode: MUTUAL, ${files}, caCrl: /crl, subjectAltNames: [x], verifyCertificateHash: [h], verifyCertificateSpki: [s]`,
      {
        ...anybody,
        required: true,
        authorities: { kind: 'file', path: '/ca' },
        subjectAltNames: ['x'],
        revocationList: '/crl',
      },
    ],
    [
      'mode: MUTUAL, credentialName: a, subjectAltNames: [x], verifyCertificateHash: [h], verifyCertificateSpki: [s], insecureSkipVerify: true',
      {
        required: true,
        authorities: secret('a-cacert'),
        subjectAltNames: ['x'],
        fingerprints: { certificate: ['h'], publicKey: ['s'] },
        unverified: true,
      },
    ],
    [
      'mode: ISTIO_MUTUAL, subjectAltNames: [x], caCrl: /crl',
      {
        ...anybody,
        required: true,
        authorities: { kind: 'mesh' },
        subjectAltNames: ['x'],
        revocationList: '/crl',
      },
    ],
  ])('%s', (tls, clients) => {
    expect(terminationWith(tls)?.clients).toEqual(clients);
  });
});

it('versions and ciphers hold for all but the mesh’s own TLS', () => {
  const settings = 'minProtocolVersion: TLSV1_2, maxProtocolVersion: TLSV1_3, cipherSuites: [AES128-SHA]';
  expect(terminationWith(`mode: SIMPLE, credentialName: a, ${settings}`)).toMatchObject({
    minVersion: 'TLSv1.2',
    maxVersion: 'TLSv1.3',
    cipherSuites: ['AES128-SHA'],
  });
  expect(terminationWith(`mode: ISTIO_MUTUAL, ${settings}`)).toEqual({
    certificates: 'mesh',
    clients: expect.anything(),
    cipherSuites: [],
  });
});
