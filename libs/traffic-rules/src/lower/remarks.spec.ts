import { entry, resourcesOf, to, virtualService, workload } from '../../test/mesh.js';
import { analyze } from '../analyze/analyze.js';
import { compile } from '../compile/compile.js';

/** `severity code path` of what is said of these kinds. */
function remarks(yaml: string, codes: readonly string[]): string[] {
  const base = entry('t.ext') + entry('one.ext');
  return analyze(compile(resourcesOf(base + yaml), workload))
    .filter(({ code }) => codes.includes(code))
    .map(({ severity, code, path }) => `${severity} ${code} ${path}`);
}

const rule = (policy: string, more = '') => `
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: d, namespace: hello-page}
spec: {${more}host: one.ext, ${policy}}
---`;

describe('TLS that protects less than it seems to', () => {
  const codes = ['credential-not-read', 'certificate-not-verified', 'certificate-for-other-host'];
  const selector = 'workloadSelector: {matchLabels: {app: hello-page}}, exportTo: ["."], ';

  it.each([
    ['trafficPolicy: {tls: {mode: SIMPLE}}', '', []],
    [
      'trafficPolicy: {tls: {insecureSkipVerify: true, mode: SIMPLE}}',
      '',
      ['warning certificate-not-verified spec.trafficPolicy.tls.insecureSkipVerify'],
    ],
    [
      'trafficPolicy: {portLevelSettings: [{tls: {mode: SIMPLE, insecureSkipVerify: true}, port: {number: 8080}}]}',
      '',
      ['warning certificate-not-verified spec.trafficPolicy.portLevelSettings[0].tls.insecureSkipVerify'],
    ],
    [
      'subsets: [{name: a, trafficPolicy: {tls: {mode: MUTUAL, credentialName: own}}}]',
      '',
      ['warning credential-not-read spec.subsets[0].trafficPolicy.tls.credentialName'],
    ],
    ['trafficPolicy: {tls: {mode: MUTUAL, credentialName: own}}', selector, []],
    ['trafficPolicy: {tls: {mode: SIMPLE, credentialName: "configmap://ca"}}', '', []],
  ])('%s', (policy, more, expected) => {
    expect(remarks(rule(policy, more), codes)).toEqual(expected);
  });

  it.each([
    ['{mode: SIMPLE}', '', 1],
    ['{mode: SIMPLE}', 'rewrite: {authority: one.ext}', 0],
    ['{sni: one.ext, mode: SIMPLE}', '', 0],
    ['{subjectAltNames: [one.ext], mode: SIMPLE}', '', 0],
    ['{insecureSkipVerify: true, mode: SIMPLE}', '', 0],
    ['{mode: DISABLE}', '', 0],
  ])('a rule for another host to a destination with %s %s', (tls, more, count) => {
    const yaml = rule(`trafficPolicy: {tls: ${tls}}`) + virtualService(`[{${to('one.ext', more)}}]`);
    expect(remarks(yaml, ['certificate-for-other-host'])).toHaveLength(count);
  });
});

describe('ports', () => {
  const service = (ports: string, more = '') => `
apiVersion: v1
kind: Service
metadata: {name: s, namespace: shop}
spec: {ports: ${ports}${more}}
---`;

  it.each([
    ['[{name: http-web, port: 80}, {port: 81, name: tcp}]', []],
    ['[{name: web, port: 80}]', ['info port-protocol-detected spec.ports[0].name']],
    ['[{port: 80}]', ['info port-protocol-detected spec.ports[0].name']],
    ['[{name: web, port: 80, appProtocol: http}]', []],
    ['[{name: db, port: 3306}]', []],
  ])('that say what they speak, or not: %s', (ports, expected) => {
    expect(remarks(service(ports), ['port-protocol-detected'])).toEqual(expected);
  });

  it.each([
    ['tcp', 'NONE', '', 1],
    ['Tcp', 'NONE', '', 1],
    ['tcp', 'NONE', 'addresses: [240.0.0.9]', 0],
    ['tcp', 'DNS', '', 0],
    ['http', 'NONE', '', 0],
  ])('%s of an entry with the resolution %s %s', (protocol, resolution, more, count) => {
    const yaml = entry('bytes.ext', '[]', more).replace('HTTP', protocol).replace('STATIC', resolution);
    expect(remarks(yaml, ['addresses-missing'])).toEqual(
      Array(count).fill('warning addresses-missing spec.ports[0]'),
    );
  });

  it('of one host in two ServiceEntries', () => {
    const codes = ['protocol-conflict'];
    const other = entry('one.ext').replace('name: one.ext', 'name: other');
    const tcp = other.replace('protocol: HTTP', 'protocol: TCP');
    expect(remarks(other, codes)).toEqual([]);
    expect(remarks(tcp, codes)).toEqual(['warning protocol-conflict spec.ports[0].protocol']);
    const elsewhere = tcp.replace('namespace: hello-page', 'namespace: far');
    expect(remarks(elsewhere, codes)).toHaveLength(1);
    expect(remarks(elsewhere.replace('resolution:', 'exportTo: ["."]\n  resolution:'), codes)).toEqual([]);
  });
});

describe('what rules name and is not there', () => {
  const gateway = `
apiVersion: networking.istio.io/v1
kind: Gateway
metadata: {name: front, namespace: istio-system}
spec: {selector: {istio: ingressgateway}, servers: [{port: {number: 80, name: http, protocol: HTTP}, hosts: ["*"]}]}
---`;
  const bound = (gateways: string) =>
    virtualService(`[{${to('one.ext')}}]`, { more: `gateways: ${gateways}` });

  it.each([
    ['[front]', gateway, ['warning gateway-unknown spec.gateways[0]']],
    ['[mesh, istio-system/front]', gateway, []],
    ['[mesh, istio-system/back]', gateway, ['warning gateway-unknown spec.gateways[1]']],
    ['[front]', '', []],
  ])('gateways %s', (gateways, more, expected) => {
    expect(remarks(bound(gateways) + more, ['gateway-unknown'])).toEqual(expected);
  });

  it('destinations of rules for tcp and tls', () => {
    const yaml = `
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: bytes, namespace: hello-page}
spec:
  hosts: [t.ext]
  tcp:
  - match: [{port: 1}, {port: 2}]
    route: [{destination: {host: none.ext}}]
  tls:
  - match: [{sniHosts: [t.ext]}]
    route: [{destination: {subset: v9, host: one.ext}, weight: 50}, {destination: {port: {number: 9}, host: one.ext}, weight: 50}]
---`;
    const codes = ['destination-unknown-host', 'destination-unknown-subset', 'destination-unknown-port'];
    expect(remarks(yaml, codes).sort()).toEqual([
      'warning destination-unknown-host spec.tcp[0].route[0].destination.host',
      'warning destination-unknown-port spec.tls[0].route[1].destination',
      'warning destination-unknown-subset spec.tls[0].route[0].destination.subset',
    ]);
  });
});

describe('a destination that is a Service of type ExternalName', () => {
  const alias = (externalName: string, port: number) => `
apiVersion: v1
kind: Service
metadata: {name: alias, namespace: hello-page}
spec: {type: ExternalName, externalName: ${externalName}, ports: [{name: http, port: ${port}}]}
---`;
  const codes = ['destination-port-missing', 'destination-unknown-host', 'destination-unknown-port'];
  const field = 'spec.http[0].route[0].destination';

  it.each([
    ['on its own port', alias('one.ext', 8080), 8080, []],
    ['on another one', alias('one.ext', 80), 8080, [`warning destination-port-missing ${field}`]],
    ['for a stranger', alias('none.ext', 8080), 8080, [`warning destination-unknown-host ${field}.host`]],
    [
      'for a port that the other lacks',
      alias('one.ext', 8080),
      99,
      [`warning destination-unknown-port ${field}`],
    ],
  ])('%s', (_, service, port, expected) => {
    const rules = virtualService(`[{route: [{destination: {host: alias, port: {number: ${port}}}}]}]`);
    expect(remarks(service + rules, codes)).toEqual(expected);
  });
});

describe('a claim matched on at a gateway', () => {
  const labels = '{istio: ingress, tier: edge}';
  const pod = `
apiVersion: v1
kind: Pod
metadata: {labels: ${labels}, name: ingress-1, namespace: edge}
---`;
  const deployment = `
apiVersion: apps/v1
kind: Deployment
metadata: {name: ingress, namespace: edge}
spec: {template: {metadata: {labels: ${labels}}}}
---`;
  const gateway = `
apiVersion: networking.istio.io/v1
kind: Gateway
metadata: {name: front, namespace: hello-page}
spec: {selector: {istio: ingress}, servers: [{port: {number: 80, name: http, protocol: HTTP}, hosts: ["*"]}]}
---`;
  const authentication = (namespace: string, spec: string) => `
apiVersion: security.istio.io/v1
kind: RequestAuthentication
metadata: {name: tokens, namespace: ${namespace}}
spec: ${spec}
---`;
  const claim = (field: string, name: string, gateways = '[front]') =>
    virtualService(`[{match: [{${field}: {"${name}": {exact: a}}}], ${to('one.ext')}}]`, {
      more: `gateways: ${gateways}`,
    });
  const path = (field: string, name: string) =>
    `warning jwt-claim-without-authentication spec.http[0].match[0].${field}["${name}"]`;
  const codes = ['jwt-claim-without-authentication'];
  const sub = '@request.auth.claims.sub';
  const warned = [path('headers', sub)];

  it.each([
    ['a pod without', pod, warned],
    ['what makes pods, without', deployment, warned],
    ['no workload in the files', '', []],
    ['a pod of another gateway', pod.replace('ingress,', 'egress,'), []],
    ['one for the whole namespace', pod + authentication('edge', '{}'), []],
    ['one in the root namespace', deployment + authentication('istio-system', '{}'), []],
    ['one in another namespace', pod + authentication('hello-page', '{}'), warned],
    ['one with its labels', pod + authentication('edge', '{selector: {matchLabels: {tier: edge}}}'), []],
    ['one with others', pod + authentication('edge', '{selector: {matchLabels: {tier: back}}}'), warned],
  ])('%s', (_, yaml, expected) => {
    expect(remarks(gateway + yaml + claim('headers', sub), codes)).toEqual(expected);
  });

  it.each([
    ['headers', '@request.auth.claims[realm][roles]', 1],
    ['withoutHeaders', '@Request.Auth.Claims.groups', 1],
    ['headers', 'x-claims', 0],
  ])('%s %s', (field, name, count) => {
    const expected = count === 0 ? [] : [path(field, name)];
    expect(remarks(gateway + pod + claim(field, name), codes)).toEqual(expected);
    expect(remarks(gateway + pod + claim(field, name, '[mesh, hello-page/front]'), codes)).toEqual(expected);
    expect(remarks(gateway + pod + claim(field, name, '[other]'), codes)).toEqual([]);
  });

  it('in a delegate of rules for the gateway', () => {
    const delegate = `
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: leaf, namespace: far}
spec: {http: [{match: [{headers: {"${sub}": {exact: a}}}], ${to('one.ext')}}]}
---`;
    const root = virtualService('[{delegate: {namespace: far, name: leaf}}]', { more: 'gateways: [front]' });
    expect(remarks(gateway + pod + root + delegate, codes)).toEqual(warned);
  });
});
