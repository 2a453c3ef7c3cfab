import { findings } from '../../test/issues.js';

function verdict(kind: string, spec: string): string[] {
  const text = `apiVersion: networking.istio.io/v1\nkind: ${kind}\nmetadata: {name: a, namespace: shop}\nspec: ${spec}\n`;
  return findings(text);
}

describe('a Sidecar', () => {
  it.each([
    ['{egress: [{hosts: ["./*", "shop2/*", "*/api.example.com"]}]}'],
    ['{outboundTrafficPolicy: {mode: ALLOW_ANY}}'],
    ['{ingress: [{port: {number: 80, protocol: HTTP, name: http}, defaultEndpoint: "127.0.0.1:80"}]}'],
    ['{egress: [{port: {number: 80, protocol: HTTP}, hosts: ["~/*"]}, {hosts: ["*/*", "~bank/*"]}]}'],
    ['{egress: [{port: {protocol: TCP}, bind: "unix:///a", captureMode: NONE, hosts: ["./*"]}]}'],
    [
      '{egress: [{port: {protocol: TCP}, bind: "unix:///a", captureMode: NONE, hosts: ["./*"]}, {port: {protocol: TCP}, bind: "unix:///b", captureMode: NONE, hosts: ["./*"]}]}',
    ],
  ])('is accepted with %s', (spec) => {
    expect(verdict('Sidecar', spec)).toEqual([]);
  });

  it.each([
    ['{}', 'error sidecar-empty spec'],
    [
      '{egress: [{port: {protocol: TCP}, bind: "unix:///a", captureMode: NONE, hosts: ["./*"]}, {port: {protocol: TCP}, bind: "unix:///a", captureMode: NONE, hosts: ["./*"]}]}',
      'error egress-listener-invalid spec.egress[1].port',
    ],
    ['{egress: [{hosts: []}]}', 'error egress-host-invalid spec.egress[0]'],
    ['{egress: [{hosts: ["web"]}]}', 'error egress-host-invalid spec.egress[0].hosts[0]'],
    ['{egress: [{hosts: ["shop/web"]}]}', 'error egress-host-invalid spec.egress[0].hosts[0]'],
    ['{egress: [{hosts: ["sh_op/*"]}]}', 'error egress-host-invalid spec.egress[0].hosts[0]'],
    ['{egress: [{hosts: ["./a..b"]}]}', 'error egress-host-invalid spec.egress[0].hosts[0]'],
    ['{egress: [{hosts: ["./*", "./a.b"]}]}', 'warning egress-host-repeated spec.egress[0].hosts[1]'],
    ['{egress: [{hosts: ["*/*", "bank/*"]}]}', 'warning egress-host-repeated spec.egress[0].hosts'],
    [
      '{egress: [{hosts: ["./*"]}, {port: {number: 80, protocol: HTTP}, hosts: ["./*"]}]}',
      'error egress-listener-invalid spec.egress[0]',
    ],
    [
      '{egress: [{port: {number: 80, protocol: HTTP}, hosts: ["./*"]}, {port: {number: 80, protocol: HTTP}, hosts: ["./*"]}]}',
      'error egress-listener-invalid spec.egress[1].port',
    ],
    [
      '{egress: [{port: {number: 80, protocol: HTTP}, bind: localhost, hosts: ["./*"]}]}',
      'error egress-listener-invalid spec.egress[0].bind',
    ],
    [
      '{egress: [{port: {number: 80, protocol: SMTP}, hosts: ["./*"]}]}',
      'error protocol-unknown spec.egress[0].port.protocol',
    ],
    [
      '{outboundTrafficPolicy: {mode: ALLOW_ANY_DYNAMIC_DNS}}',
      'error egress-listener-invalid spec.outboundTrafficPolicy.mode',
    ],
    [
      '{workloadSelector: {labels: {app: "*"}}, egress: [{hosts: ["./*"]}]}',
      'error selector-invalid spec.workloadSelector.labels.app',
    ],
    ['{workloadSelector: {}, egress: [{hosts: ["./*"]}]}', 'warning selector-invalid spec.workloadSelector'],
    ['{egress: [{hosts: ["./*"], host: a}]}', 'error field-unknown spec.egress[0].host'],
  ])('is refused or warned of with %s', (spec, expected) => {
    expect(verdict('Sidecar', spec)).toContain(expected);
  });
});

describe('a WorkloadEntry', () => {
  it.each([
    ['{address: 10.0.0.1, ports: {http: 80}, labels: {app: a}}', []],
    ['{address: vm.example.com}', []],
    ['{}', ['error endpoint-invalid spec']],
    ['{network: net}', ['warning endpoint-invalid spec']],
    ['{address: "a b"}', ['error endpoint-invalid spec.address']],
    ['{address: "unix:///a", ports: {http: 80}}', ['error endpoint-invalid spec.ports']],
    [
      '{address: 10.0.0.1, ports: {"h_ttp": 0}}',
      ['error port-name-invalid spec.ports.h_ttp', 'error port-invalid spec.ports.h_ttp'],
    ],
    ['{address: 10.0.0.1, labels: {"a b": c}}', ['error label-invalid spec.labels["a b"]']],
  ])('%s', (spec, expected) => {
    expect(verdict('WorkloadEntry', spec)).toEqual(expected);
  });
});
