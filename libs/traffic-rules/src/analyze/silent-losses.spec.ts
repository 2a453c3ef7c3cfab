import { resourcesOf } from '../../test/mesh.js';
import { type CompileOptions, compile } from '../compile/compile.js';
import { explain } from '../explain/explain.js';
import { explainConnection } from '../explain/explain-connection.js';
import { renderExplanation } from '../explain/render.js';
import { gatewayClients } from '../lower/gateway/gateway-client.js';
import { requestFromUrl } from '../request-from-url.js';
import type { Workload } from '../workload.js';
import { analyze } from './analyze.js';

const caller: Workload = { namespace: 'yard', labels: {} };

function tableOf(yaml: string, client: 'gateway' | 'sidecar' = 'sidecar', options: CompileOptions = {}) {
  const resources = resourcesOf(yaml);
  const [gateway] = client === 'gateway' ? gatewayClients(resources) : [];
  return compile(resources, gateway?.workload ?? caller, options);
}

const found = (yaml: string, code: string, client?: 'gateway', options?: CompileOptions) =>
  analyze(tableOf(yaml, client, options)).filter((issue) => issue.code === code);

const service = (name: string, selector = '{}', namespace = 'yard') => `
apiVersion: v1
kind: Service
metadata: {name: ${name}, namespace: ${namespace}}
spec: {selector: ${selector}, ports: [{port: 80, name: http}]}
---`;
const rule = (hosts: string, http: string, more = '') => `
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: r, namespace: yard}
spec: {${more}hosts: [${hosts}], http: [${http}]}
---`;
const to = (host: string, subset = '') =>
  `route: [{destination: {host: ${host}${subset === '' ? '' : `, subset: ${subset}`}}}]`;

describe('a Service and the pods of its namespace', () => {
  const deployment = (labels: string, namespace = 'yard') => `
apiVersion: apps/v1
kind: Deployment
metadata: {name: d, namespace: ${namespace}}
spec: {template: {metadata: {labels: ${labels}}}}
---`;

  it.each([
    ['one that it selects', deployment('{app: shed, tier: a}'), 0],
    ['others alone', deployment('{app: garage}'), 1],
    ['those of another namespace alone', deployment('{app: garage}', 'street'), 0],
    ['none', '', 0],
  ])('%s', (_what, pods, count) => {
    expect(found(service('shed', '{app: shed}') + pods, 'service-without-workload')).toHaveLength(count);
  });
});

describe('a subset that no DestinationRule in force has', () => {
  const policy = (namespace: string, host: string, more = '') => `
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: d, namespace: ${namespace}}
spec: {${more}host: ${host}, subsets: [{name: a, labels: {}}]}
---`;
  const far = 'shed.street.svc.cluster.local';

  it.each([
    [
      'one that is not exported',
      policy('street', far, 'exportTo: [.], '),
      /DestinationRule street\/d has it, but is not exported to yard: add it to its exportTo/,
    ],
    [
      'one in a third namespace',
      policy('lane', far),
      /DestinationRule lane\/d has it, but is in lane, and for this caller only those of yard, street, istio-system/,
    ],
    [
      'one for other workloads',
      policy('yard', far, 'workloadSelector: {matchLabels: {app: x}}, '),
      /selects other workloads than the caller/,
    ],
    [
      'one for the same name elsewhere',
      policy('lane', 'shed'),
      /DestinationRule lane\/d has it, but for shed.lane.svc.cluster.local: write host: shed.street/,
    ],
    ['none', '', /Write one of them, or a DestinationRule with this subset/],
  ])('%s', (_what, destinationRule, said) => {
    const yaml = service('shed', '{}', 'street') + destinationRule + rule('a.example', to(far, 'a'));
    expect(found(yaml, 'destination-unknown-subset').map(({ message }) => message)).toEqual([
      expect.stringMatching(said),
    ]);
  });
});

describe('origins of a corsPolicy', () => {
  it.each([
    ['https://a.example', 0],
    ['http://localhost:3000', 0],
    ['"*"', 0],
    ['"null"', 0],
    ['a.example', 1],
    ['https://a.example/', 1],
  ])('%s', (origin, count) => {
    const yaml =
      service('shed') + rule('shed', `{${to('shed')}, corsPolicy: {allowOrigins: [{exact: ${origin}}]}}`);
    expect(found(yaml, 'origin-never-matches')).toHaveLength(count);
  });
});

describe('a gateway', () => {
  const gateway = `
apiVersion: networking.istio.io/v1
kind: Gateway
metadata: {name: door, namespace: yard}
spec: {selector: {istio: door}, servers: [{port: {number: 80, name: http, protocol: HTTP}, hosts: ["*"]}]}
---`;
  const entry = (resolution: string) => `
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: e, namespace: yard}
spec: {hosts: [far.example], ${resolution}ports: [{number: 80, name: http, protocol: HTTP}]}
---`;
  const bound = rule('a.example', to('far.example'), 'gateways: [door], ');

  it('leads nowhere by an entry without a resolution', () => {
    expect(found(gateway + entry('') + bound, 'destination-no-endpoints', 'gateway')).toEqual([
      expect.objectContaining({
        severity: 'warning',
        message: expect.stringContaining('write resolution: DNS'),
      }),
    ]);
    expect(
      found(gateway + entry('resolution: DNS, ') + bound, 'destination-no-endpoints', 'gateway'),
    ).toEqual([]);
    expect(found(entry('') + rule('a.example', to('far.example')), 'destination-no-endpoints')).toEqual([]);
  });

  it('without rules says so', () => {
    const alone = gateway + service('shed') + rule('shed', to('shed'));
    expect(found(alone, 'gateway-without-rules', 'gateway')).toEqual([
      expect.objectContaining({
        message: expect.stringMatching(/Write its name among the gateways of a VirtualService\.$/),
      }),
    ]);
    const ofTheApi = `
apiVersion: gateway.networking.k8s.io/v1
kind: Gateway
metadata: {name: door, namespace: yard}
spec: {gatewayClassName: istio, listeners: [{name: http, port: 80, protocol: HTTP}]}
---${service('shed')}`;
    expect(found(ofTheApi, 'gateway-without-rules', 'gateway')).toEqual([
      expect.objectContaining({
        message: expect.stringMatching(/404\. Write it among the parentRefs of a route\.$/),
      }),
    ]);
    expect(found(gateway + entry('resolution: DNS, ') + bound, 'gateway-without-rules', 'gateway')).toEqual(
      [],
    );
    const text = renderExplanation(
      explain(tableOf(alone, 'gateway'), requestFromUrl({ url: 'http://a.example/' })),
    );
    expect(text).toContain('No rule in force is bound to Gateway yard/door');
  });
});

describe('explain', () => {
  it('names rules that lead to the host for requests to others', () => {
    const yaml = service('shed') + rule('a.example', to('shed'));
    const text = renderExplanation(explain(tableOf(yaml), requestFromUrl({ url: 'http://shed/' })));
    expect(text).toContain(
      'VirtualService yard/r routes to shed, but only requests for its own hosts (a.example) take its rules.',
    );
  });

  it('names rules of TCP that do not act, and services that are hidden', () => {
    const yaml = `${service('shed')}
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: r, namespace: yard}
spec: {hosts: [alias.example], tcp: [{${to('shed')}}]}
---
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: e, namespace: street}
spec: {hosts: ["*.far.example"], exportTo: [.], ports: [{number: 443, name: tls, protocol: TLS}]}`;
    const said = (host: string) =>
      renderExplanation(explainConnection(tableOf(yaml), { host, port: 443, sni: host }));
    expect(said('alias.example')).toContain('VirtualService yard/r has TCP or TLS rules for it');
    expect(said('a.far.example')).toContain('*.far.example is not exported to yard');
  });
});

it('backends and parents of routes are taken as registered where that is asked for', () => {
  const yaml = `
apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata: {name: h, namespace: yard}
spec:
  parentRefs: [{group: '', kind: Service, name: front, port: 8080}]
  rules:
    - backendRefs: [{name: shed, port: 9000, weight: 1}, {name: garage, namespace: street, port: 80, weight: 1}]
      filters: [{type: RequestMirror, requestMirror: {backendRef: {name: copy, port: 80}}}]`;
  for (const code of ['route-not-attached', 'backend-missing', 'no-services'] as const)
    expect(found(yaml, code, undefined, { assumeServices: true })).toEqual([]);
  expect(found(yaml, 'backend-missing')).toHaveLength(3);
  const { decision } = explain(
    tableOf(yaml, 'sidecar', { assumeServices: true }),
    requestFromUrl({ url: 'http://front:8080/' }),
  );
  expect(decision.kind).toBe('forward');
});
