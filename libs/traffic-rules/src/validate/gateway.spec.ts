import { findings } from '../../test/issues.js';

const gateway = (servers: string, name = 'gw') => `
apiVersion: networking.istio.io/v1
kind: Gateway
metadata: {name: ${name}, namespace: istio-system}
spec: {selector: {istio: ingressgateway}, servers: ${servers}}`;
const http = 'port: {number: 80, name: http, protocol: HTTP}';
const https = 'port: {number: 443, name: https, protocol: HTTPS}';

describe('a Gateway', () => {
  it.each([
    ['plain HTTP', `[{${http}, hosts: ["*"]}]`],
    ['a host of a namespace', `[{${http}, hosts: ["./a.com", "shop/b.com", "*/c.com"]}]`],
    ['an address as host', `[{${http}, hosts: ["10.0.0.1"]}]`],
    ['a redirect to HTTPS', `[{${http}, hosts: ["a.com"], tls: {httpsRedirect: true}}]`],
    ['a secret', `[{${https}, hosts: ["a.com"], tls: {mode: SIMPLE, credentialName: a}}]`],
    ['files', `[{${https}, hosts: ["a.com"], tls: {mode: SIMPLE, serverCertificate: /a, privateKey: /b}}]`],
    ['passthrough', `[{${https}, hosts: ["a.com"], tls: {mode: PASSTHROUGH}}]`],
    ['a socket', '[{port: {number: 0, name: http, protocol: HTTP}, bind: "unix:///a", hosts: ["*"]}]'],
  ])('%s is fine', (_, servers) => {
    expect(findings(gateway(servers))).toEqual([]);
  });

  it('of the Gateway API is not Istio’s', () => {
    const text = `
apiVersion: gateway.networking.k8s.io/v1
kind: Gateway
metadata: {name: gw, namespace: shop}
spec: {gatewayClassName: istio, listeners: [{name: http, port: 80, protocol: HTTP}]}`;
    expect(findings(text)).toEqual([]);
  });

  it.each([
    ['no server', '[]', 'error server-missing spec.servers'],
    ['no host', `[{${http}}]`, 'error server-missing spec.servers[0]'],
    ['no port', '[{hosts: ["a.com"]}]', 'error server-missing spec.servers[0]'],
    ['a short host', `[{${http}, hosts: [a]}]`, 'error host-invalid spec.servers[0].hosts[0]'],
    ['half a wildcard', `[{${http}, hosts: ["*a.com"]}]`, 'error host-invalid spec.servers[0].hosts[0]'],
    [
      'a namespace of nobody',
      `[{${http}, hosts: ["~/a.com"]}]`,
      'error namespace-invalid spec.servers[0].hosts[0]',
    ],
    [
      'an unknown protocol',
      '[{port: {number: 80, name: http, protocol: HTTTP}, hosts: ["*"]}]',
      'error protocol-unknown spec.servers[0].port.protocol',
    ],
    [
      'a port without name',
      '[{port: {number: 80, protocol: HTTP}, hosts: ["*"]}]',
      'error port-name-invalid spec.servers[0].port.name',
    ],
    [
      'a target port',
      '[{port: {number: 80, name: http, protocol: HTTP, targetPort: 8080}, hosts: ["*"]}]',
      'error port-invalid spec.servers[0].port.targetPort',
    ],
    ['HTTPS without TLS', `[{${https}, hosts: ["a.com"]}]`, 'error server-tls-invalid spec.servers[0]'],
    [
      'TLS without certificate',
      `[{${https}, hosts: ["a.com"], tls: {mode: SIMPLE}}]`,
      'error server-tls-invalid spec.servers[0].tls',
    ],
    [
      'TLS in plain text',
      `[{${http}, hosts: ["a.com"], tls: {mode: SIMPLE, credentialName: a}}]`,
      'error server-tls-invalid spec.servers[0].tls',
    ],
    [
      'the mesh and an own certificate',
      `[{${https}, hosts: ["a.com"], tls: {mode: ISTIO_MUTUAL, credentialName: a}}]`,
      'error server-tls-invalid spec.servers[0].tls.credentialName',
    ],
    [
      'a cipher that nobody knows',
      `[{${https}, hosts: ["a.com"], tls: {mode: SIMPLE, credentialName: a, cipherSuites: [X]}}]`,
      'warning server-tls-invalid spec.servers[0].tls.cipherSuites[0]',
    ],
    [
      'certificates that are not used',
      `[{${https}, hosts: ["a.com"], tls: {mode: PASSTHROUGH, credentialName: a}}]`,
      'warning server-tls-invalid spec.servers[0].tls',
    ],
    [
      'a redirect of HTTPS',
      `[{${https}, hosts: ["a.com"], tls: {mode: SIMPLE, credentialName: a, httpsRedirect: true}}]`,
      'warning server-tls-invalid spec.servers[0].tls.httpsRedirect',
    ],
    [
      'a name to bind to',
      `[{${http}, bind: localhost, hosts: ["*"]}]`,
      'error server-bind-invalid spec.servers[0].bind',
    ],
    [
      'one name twice',
      `[{${http}, hosts: [a.com]}, {${http}, hosts: [b.com]}]`,
      'error port-duplicate spec.servers[1].port.name',
    ],
  ])('%s is reported', (_, servers, expected) => {
    expect(findings(gateway(servers))).toContain(expected);
  });

  it('is named without dots', () => {
    expect(findings(gateway(`[{${http}, hosts: ["*"]}]`, 'a.b'))).toEqual([
      'error gateway-name-invalid metadata.name',
    ]);
  });
});
