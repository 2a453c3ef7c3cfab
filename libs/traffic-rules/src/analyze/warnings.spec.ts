import { workload } from '../../test/mesh.js';
import { compile } from '../compile/compile.js';
import type { Issue } from '../issue.js';
import { parse } from '../parse/parse.js';
import { validate } from '../validate/validate.js';
import type { Workload } from '../workload.js';
import { analyze } from './analyze.js';

/** What analyze says with that code, as `path: message`. */
function told(code: string, yaml: string, seenBy: Partial<Workload> = {}): string[] {
  const { resources, issues } = parse(yaml, 'rules.yaml');
  const known = [...issues, ...validate(resources)];
  const isError = ({ severity }: Issue) => severity === 'error';
  if (known.some(isError)) throw new Error(`the test's own rules are wrong: ${known.find(isError)?.message}`);
  return analyze(compile(resources, { ...workload, ...seenBy }), { known })
    .filter((issue) => issue.code === code)
    .map(({ path, message }) => `${path}: ${message}`);
}

const of = (apiVersion: string, kind: string, name: string, rest: string, namespace = 'hello-page') => `
apiVersion: ${apiVersion}
kind: ${kind}
metadata: {name: ${name}, namespace: ${namespace}}
${rest}
---`;
const istio = 'networking.istio.io/v1';

describe('a Service without workloads', () => {
  const service = of('v1', 'Service', 'a', 'spec: {selector: {app: a}, ports: [{port: 80, name: http}]}');
  const pod = (app: string, namespace = 'hello-page') =>
    of('v1', 'Pod', 'p', 'spec: {}', namespace).replace('namespace:', `labels: {app: ${app}}, namespace:`);
  const slice = (service: string, namespace = 'hello-page') =>
    of(
      'discovery.k8s.io/v1',
      'EndpointSlice',
      'a-1',
      'addressType: IPv4\nendpoints: [{addresses: [10.0.0.1]}]\nports: [{name: http, port: 8080}]',
      namespace,
    ).replace('namespace:', `labels: {kubernetes.io/service-name: ${service}}, namespace:`);

  it('is told what labels the pods of its namespace have', () => {
    expect(told('service-without-workload', service + pod('b'))).toEqual([
      'spec.selector: no pod of hello-page in these files, and no template of one, has the labels app=a (they have app=b): requests to the Service get 503. Write labels that its pods have.',
    ]);
  });

  it.each([
    ['a pod that it selects', pod('b') + pod('a'), 0],
    ['no pod of its namespace, which says nothing', pod('b', 'shop'), 0],
    ['an EndpointSlice of its own', pod('b') + slice('a'), 0],
    ['one of another Service', pod('b') + slice('b'), 1],
    ['one of another namespace', pod('b') + slice('a', 'shop'), 1],
  ])('but not where there is %s', (_, more, count) => {
    expect(told('service-without-workload', service + more)).toHaveLength(count);
  });
});

describe('a Sidecar that is not used', () => {
  const sidecar = (name: string, selector = '', namespace = 'hello-page') =>
    of(istio, 'Sidecar', name, `spec: {${selector} egress: [{hosts: ["*/*"]}]}`, namespace);
  const labels = (app: string) => `workloadSelector: {labels: {app: ${app}}},`;

  it.each([
    ['', 'every workload of the namespace'],
    [labels('x'), 'the same workloads'],
  ])('is told which one comes first: %j', (selector, whom) => {
    expect(told('sidecar-ignored', sidecar('b', selector) + sidecar('a', selector))).toEqual([
      `: Sidecar hello-page/a is for ${whom} and comes first (the older, then by name): this one is not used. Put both into one.`,
    ]);
  });

  it.each([
    ['other workloads', sidecar('a', labels('x')) + sidecar('b', labels('z'))],
    ['some and all workloads', sidecar('a', labels('x')) + sidecar('b')],
    ['another namespace', sidecar('a') + sidecar('b', '', 'shop')],
  ])('is not told of one for %s', (_, yaml) => {
    expect(told('sidecar-ignored', yaml)).toEqual([]);
  });

  it('since one of the root namespace with a selector is for that namespace alone', () => {
    expect(told('sidecar-ignored', sidecar('a', labels('x'), 'istio-system'))).toEqual([
      'spec.workloadSelector: a Sidecar of istio-system with a selector is for workloads of istio-system alone; leave the selector out for all namespaces, or move it to the namespace of the workloads.',
    ]);
  });
});

describe('at a gateway', () => {
  const gateway = (name: string, ...servers: string[]) =>
    of(istio, 'Gateway', name, `spec: {selector: {istio: door}, servers: [${servers.join(', ')}]}`);
  const http = (number: number, hosts: string) =>
    `{port: {number: ${number}, name: http-${number}, protocol: HTTP}, hosts: ${hosts}}`;
  const tcp = (number: number) =>
    `{port: {number: ${number}, name: tcp-${number}, protocol: TCP}, hosts: ["*"]}`;
  const seenBy: Partial<Workload> = { labels: { istio: 'door' }, proxy: 'gateway' };
  const rules = (name: string, text: string, more = 'gateways: [door]') =>
    of(istio, 'VirtualService', name, `spec: {hosts: [a.ext], ${more}, ${text}}`);
  const to = 'route: [{destination: {host: one.ext}}]';

  it.each([
    ['this Gateway', gateway('door', http(80, '["*"]'), tcp(80)), 'spec.servers[0] of this Gateway'],
    [
      'another one',
      gateway('a-door', http(80, '["*"]')) + gateway('door', tcp(80)),
      'Gateway hello-page/a-door (rules.yaml:2)',
    ],
  ])('a server that another one of %s keeps from working is told which', (_, yaml, earlier) => {
    const [message] = told('server-lost', yaml, seenBy);
    expect(message).toMatch(/^spec\.servers\[\d\]: Istio leaves this server out: /);
    expect(message).toContain(`${earlier} comes first on port 80 and takes HTTP in plain text; behind it`);
  });

  it.each([
    ['rule-shadowed', `http: [{${to}}]`, 'spec.http[0]'],
    ['match-shadowed', `http: [{match: [{uri: {prefix: /x}}], ${to}}]`, 'spec.http[0].match[0]'],
  ])('a rule behind the same of another VirtualService is told of it: %s', (code, text, path) => {
    const yaml = gateway('door', http(80, '["*"]')) + rules('a', text) + rules('b', text);
    expect(told(code, yaml, seenBy)).toEqual([
      expect.stringMatching(
        new RegExp(
          `^${path.replace(/[[\].]/g, '\\$&')}: no request of the gateway comes to this: spec\\.http\\[0\\]\\S* of VirtualService hello-page/a .*takes all of them\\.`,
        ),
      ),
    ]);
  });

  it.each([
    [
      'tls: [{match: [{sniHosts: [a.ext]}], route: [{destination: {host: one.ext}}]}]',
      [http(80, '["*"]')],
      'no server of Gateway hello-page/door passes TLS through for these hosts',
    ],
    [
      'tcp: [{route: [{destination: {host: one.ext}}]}]',
      [http(80, '["*"]')],
      'no server of Gateway hello-page/door takes TCP connections for these hosts',
    ],
    [
      'tcp: [{match: [{port: 91}], route: [{destination: {host: one.ext}}]}]',
      [tcp(90)],
      'no server of Gateway hello-page/door has port 91 for these hosts (they have 90)',
    ],
  ])('rules that no server is for are told so: %s', (text, servers, expected) => {
    const found = told('rule-without-server', gateway('door', ...servers) + rules('a', text), seenBy);
    expect(found).toEqual([expect.stringContaining(expected)]);
  });

  it('a host that a narrower one hides is told of it, where requests are left over', () => {
    const hosts = (name: string, host: string, text: string) =>
      rules(name, text).replace('hosts: [a.ext]', `hosts: [${host}]`);
    const one = `http: [{match: [{uri: {prefix: /one}}], ${to}}]`;
    const yaml = gateway('door', http(80, '["*"]')) + hosts('wide', '"*.ext"', `http: [{${to}}]`);
    expect(told('requests-left-over', yaml + hosts('narrow', 'a.ext', one), seenBy)).toEqual([
      expect.stringMatching(
        /^spec\.hosts\[0\]: requests for a\.ext that no rule for it takes get 404: VirtualService hello-page\/wide \(.*\) has rules for \*\.ext, which this narrower host hides whole\./,
      ),
    ]);
    const all = `http: [{${to}}]`;
    expect(told('requests-left-over', yaml + hosts('narrow', 'a.ext', all), seenBy)).toEqual([]);
    expect(told('requests-left-over', yaml + hosts('narrow', 'a.org', one), seenBy)).toEqual([]);
    const listed = gateway('door', http(80, '["*.ext", a.ext]')) + hosts('wide', '"*.ext"', one);
    expect(told('requests-left-over', listed, seenBy)).toEqual([]);
  });

  it('a host of the mesh alone is no host that the Gateway has to take', () => {
    const service = of('v1', 'Service', 'api', 'spec: {ports: [{port: 80, name: http}]}');
    const forBoth = (gateways: string) =>
      service +
      gateway('door', http(80, '[a.ext]')) +
      rules('a', `http: [{${to}}]`, `gateways: [${gateways}]`).replace('[a.ext]', '[a.ext, api]');
    expect(told('host-not-served', forBoth('door, mesh'), seenBy)).toEqual([]);
    expect(told('host-not-served', forBoth('door'), seenBy)).toEqual([
      expect.stringMatching(/^spec\.hosts\[1\]: .*, or mesh to the gateways of the rules if calls within/),
    ]);
  });
});

describe('hosts of the mesh', () => {
  const service = of('v1', 'Service', 'api', 'spec: {ports: [{port: 80, name: http}]}', 'shop');
  const entry = (host: string) =>
    of(
      istio,
      'ServiceEntry',
      'e',
      `spec: {hosts: ["${host}"], ports: [{number: 80, name: http, protocol: HTTP}], resolution: ${host.startsWith('*') ? 'NONE' : 'DNS'}}`,
    );
  const rules = (hosts: string) =>
    of(
      istio,
      'VirtualService',
      'r',
      `spec: {hosts: [${hosts}], http: [{route: [{destination: {host: api.shop.svc.cluster.local}}]}]}`,
    );

  it('are no two that quarrel where both are names of one service', () => {
    const two = rules('api, api.hello-page.svc.cluster.local');
    const own = of('v1', 'Service', 'api', 'spec: {ports: [{port: 80, name: http}]}');
    expect(told('host-taken', own + service + two)).toEqual([]);
  });

  it('are told that a name with a dot is taken as it is', () => {
    expect(told('host-not-registered', service + rules('api.shop'))).toEqual([
      expect.stringMatching(/Write the service's name in full, api\.shop\.svc\.cluster\.local: with a dot/),
    ]);
  });

  it('are told that a wildcard applies only to registered names', () => {
    const wide = rules('"*.ext"');
    const told80 = (...more: string[]) => told('host-not-registered', [service, wide, ...more].join(''));
    expect(told80(entry('one.ext'))).toEqual([
      expect.stringMatching(
        /^spec\.hosts\[0\]: since one\.ext under \*\.ext is registered, the rules apply only to/,
      ),
    ]);
    expect(told80()).toEqual([]);
    expect(told80(entry('*.ext'))).toEqual([]);
    expect(told80(entry('one.ext'), entry('*.ext').replace('name: e,', 'name: wide,'))).toEqual([]);
  });
});

describe('port 443 of an entry that says HTTP', () => {
  const entry = (port: string, more = 'resolution: DNS') =>
    of(istio, 'ServiceEntry', 'e', `spec: {hosts: [far.ext], ports: [${port}], ${more}}`);
  const originate = of(
    istio,
    'DestinationRule',
    'd',
    'spec: {host: far.ext, trafficPolicy: {tls: {mode: SIMPLE, sni: far.ext}}}',
  );
  const http = '{number: 443, name: http-tls, protocol: HTTP}';

  it('is told that clients speak TLS there', () => {
    expect(told('tls-port-read-as-http', entry(http))).toEqual([
      expect.stringMatching(/^spec\.ports\[0\]\.protocol: clients that call https:\/\/far\.ext send TLS/),
    ]);
  });

  it.each([
    ['HTTPS', entry('{number: 443, name: https, protocol: HTTPS}')],
    ['TLS that the sidecar makes', entry(http) + originate],
    ['another target', entry('{number: 443, name: http, protocol: HTTP, targetPort: 8080}')],
    ['another port', entry('{number: 80, name: http, protocol: HTTP}')],
    ['within the mesh', entry(http, 'resolution: DNS, location: MESH_INTERNAL')],
  ])('is not with %s', (_, yaml) => {
    expect(told('tls-port-read-as-http', yaml)).toEqual([]);
  });
});

describe('a destination without a port', () => {
  const service = (name: string, ...ports: number[]) =>
    of(
      'v1',
      'Service',
      name,
      `spec: {ports: [${ports.map((port) => `{port: ${port}, name: http-${port}}`).join(', ')}]}`,
    );
  const services = service('front', 80, 8081) + service('back', 80);
  const rule = (match: string) =>
    of(
      istio,
      'VirtualService',
      'r',
      `spec: {hosts: [front], http: [{${match}route: [{destination: {host: back}}]}]}`,
    );

  it.each([
    ['a rule for every port', '', 1],
    ['a rule for the port that it has', 'match: [{port: 80}], ', 0],
    ['a rule for another port', 'match: [{port: 8081}], ', 1],
    ['matches of both', 'match: [{port: 80}, {port: 8081}], ', 1],
  ])('is told of for ports on which requests come to it: %s', (_, match, count) => {
    expect(told('destination-port-missing', services + rule(match))).toHaveLength(count);
  });
});

it('a DestinationRule for a service that a Sidecar hides is not called useless', () => {
  const yaml =
    of('v1', 'Service', 'far', 'spec: {ports: [{port: 80, name: http}]}', 'shop') +
    of(
      istio,
      'DestinationRule',
      'far',
      'spec: {host: far, trafficPolicy: {loadBalancer: {simple: RANDOM}}}',
      'shop',
    ) +
    of(istio, 'Sidecar', 'default', 'spec: {egress: [{hosts: ["./*"]}]}');
  expect(told('destination-rule-unused', yaml)).toEqual([]);
  expect(told('destination-rule-unused', yaml.replace('host: far,', 'host: gone,'))).toHaveLength(1);
});
