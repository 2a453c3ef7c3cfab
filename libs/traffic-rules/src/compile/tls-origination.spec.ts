import { clusterOf, tableOf } from '../../test/mesh.js';

const service = (protocol: string, more = '') => `
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: safe, namespace: hello-page}
spec:
  hosts: [safe.ext]
  ports: [{number: 8443, name: p, protocol: ${protocol}}]
  resolution: STATIC
  endpoints: [{address: 10.0.0.1}]
  ${more}
---`;

const rule = (tls: string, more = '') => `
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: safe, namespace: hello-page}
spec: {host: safe.ext, trafficPolicy: {tls: ${tls}}${more}}
---`;

function tlsOf(yaml: string) {
  return clusterOf(tableOf(yaml), 'outbound|8443||safe.ext')?.tls;
}

const system = { kind: 'system' };
const requestHost = { kind: 'request-host' };

describe('TLS that is spoken in the application\u2019s place', () => {
  it.each([
    ['DISABLE', '{mode: DISABLE}'],
    ['the mesh\u2019s own, which a laptop has no certificates for', '{mode: ISTIO_MUTUAL}'],
    ['a mode that is not written', '{sni: x.ext}'],
    ['a Secret, which a sidecar gets by a workloadSelector only', '{mode: SIMPLE, credentialName: ca}'],
  ])('is none with %s', (_, tls) => {
    expect(tlsOf(service('HTTP') + rule(tls))).toBeUndefined();
  });

  it('asks for the Host, and wants it in the certificate', () => {
    expect(tlsOf(rule('{mode: SIMPLE}') + service('HTTP'))).toEqual({
      serverName: requestHost,
      alpn: ['http/1.1'],
      verification: { trust: system, forRequestHost: true, subjectAltNames: [] },
    });
  });

  it.each([
    ['the name that is written', 'sni: other.ext', { forRequestHost: false, subjectAltNames: [] }],
    [
      'names of the rule instead of the Host',
      'subjectAltNames: [a, b]',
      { forRequestHost: false, subjectAltNames: ['a', 'b'] },
    ],
    [
      'a file of CAs',
      'caCertificates: /etc/ca.pem, caCrl: /etc/crl.pem',
      { trust: { kind: 'file', path: '/etc/ca.pem' }, forRequestHost: true, revocationList: '/etc/crl.pem' },
    ],
    [
      'a ConfigMap, which every sidecar may read',
      'credentialName: "configmap://ca"',
      { trust: { kind: 'credential', name: 'configmap://ca' } },
    ],
  ])('checks the certificate by %s', (_, more, expected) => {
    expect(tlsOf(service('HTTP') + rule(`{${more}, mode: SIMPLE}`))?.verification).toMatchObject(expected);
  });

  it('takes a Secret by a rule that selects the workload', () => {
    const selected = rule(
      '{credentialName: ca, mode: MUTUAL}',
      ', workloadSelector: {matchLabels: {app: hello-page}}',
    );
    expect(tlsOf(service('HTTP') + selected)).toMatchObject({
      verification: { trust: { kind: 'credential', name: 'ca' } },
      clientCertificate: { kind: 'credential', name: 'ca' },
    });
  });

  it('takes any certificate with insecureSkipVerify', () => {
    const tls = tlsOf(service('HTTP') + rule('{insecureSkipVerify: true, mode: SIMPLE}'));
    expect(tls).toEqual({ serverName: requestHost, alpn: ['http/1.1'] });
  });

  it('shows a certificate of its own with MUTUAL', () => {
    const files = '{mode: MUTUAL, clientCertificate: /c.pem, privateKey: /k.pem, caCertificates: system}';
    expect(tlsOf(service('HTTP') + rule(files))).toMatchObject({
      verification: { trust: system },
      clientCertificate: { kind: 'files', certificate: '/c.pem', privateKey: '/k.pem' },
    });
  });

  it('wants a name of the ServiceEntry as well as the Host', () => {
    const named = service('HTTP', 'subjectAltNames: [backend]');
    expect(tlsOf(rule('{mode: SIMPLE}') + named)?.verification).toMatchObject({
      forRequestHost: true,
      subjectAltNames: ['backend'],
    });
  });

  it('knows no Host on a port of TCP', () => {
    expect(tlsOf(service('TCP') + rule('{mode: SIMPLE}'))).toEqual({
      alpn: [],
      verification: { trust: system, forRequestHost: false, subjectAltNames: [] },
    });
    expect(tlsOf(service('TCP') + rule('{mode: SIMPLE, sni: x.ext}'))?.serverName).toEqual({
      kind: 'fixed',
      name: 'x.ext',
    });
  });

  it('offers HTTP/2 where that is spoken', () => {
    expect(tlsOf(service('GRPC') + rule('{mode: SIMPLE}'))?.alpn).toEqual(['h2']);
  });
});
