import { clusterOf, tableOf } from '../../test/mesh.js';
import { analyze } from '../analyze/analyze.js';

const service = (selector: string, port = '{name: http, port: 80, targetPort: 8080}') => `
apiVersion: v1
kind: Service
metadata: {name: web, namespace: shop}
spec: {selector: ${selector}, ports: [${port}]}
---`;

const pod = (name: string, address: string, labels: string, more = '') => `
apiVersion: v1
kind: Pod
metadata: {labels: ${labels}, name: ${name}, namespace: shop}
spec: {containers: [{name: c, image: i, ports: [{name: front, containerPort: 3000}]}]}
status: {podIP: ${address}, phase: Running${more}}
---`;

const slice = (endpoints: string, more = '') => `
apiVersion: discovery.k8s.io/v1
kind: EndpointSlice
metadata: {name: web-a, namespace: shop, labels: {kubernetes.io/service-name: web${more}}}
addressType: IPv4
ports: [{name: http, port: 8080}]
endpoints: ${endpoints}
---`;

const subsets = `
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: web, namespace: shop}
spec: {subsets: [{labels: {version: v1}, name: one}, {name: two, labels: {version: v2}}], host: web}
---`;

function endpoints(yaml: string, subset = ''): string[] {
  const cluster = clusterOf(tableOf(yaml), `outbound|80|${subset}|web.shop.svc.cluster.local`);
  return (cluster?.endpoints ?? []).map(
    ({ address, port, healthy }) => `${address}:${port}${healthy ? '' : '!'}`,
  );
}

describe('the labels of an endpoint', () => {
  const named = (name: string) => `[{addresses: [10.0.0.1], targetRef: {kind: Pod, name: ${name}}}]`;

  it('are those of the pod that its targetRef names', () => {
    const yaml = service('{app: web}') + subsets + pod('web-x', '10.0.0.1', '{version: v1, app: web}');
    expect(endpoints(yaml + slice(named('web-x')), 'one')).toEqual(['10.0.0.1:8080']);
    expect(endpoints(yaml + slice(named('web-x')), 'two')).toEqual([]);
    expect(endpoints(yaml + slice('[{addresses: [10.0.0.1]}]'), 'one')).toEqual([]);
  });

  it.each([
    ['apps/v1', 'Deployment', 'spec', 'web-v2-7d9f8c6b5-x2x4z'],
    ['apps/v1', 'StatefulSet', 'spec', 'web-v2-0'],
    ['apps/v1', 'DaemonSet', 'spec', 'web-v2-x2x4z'],
    ['apps/v1', 'ReplicaSet', 'spec', 'web-v2-x2x4z'],
    ['v1', 'ReplicationController', 'spec', 'web-v2-x2x4z'],
    ['batch/v1', 'Job', 'spec', 'web-v2-x2x4z'],
    ['argoproj.io/v1alpha1', 'Rollout', 'spec', 'web-v2-7d9f8c6b5-x2x4z'],
  ])('are those of the template that made the pod: %s %s', (apiVersion, kind, field, name) => {
    const maker = `
apiVersion: ${apiVersion}
kind: ${kind}
metadata: {name: web-v2, namespace: shop}
${field}: {template: {spec: {containers: []}, metadata: {labels: {version: v2}}}}
---`;
    const yaml = service('{app: web}') + subsets + maker;
    expect(endpoints(yaml + slice(named(name)), 'two')).toEqual(['10.0.0.1:8080']);
    expect(endpoints(yaml + slice(named('web-v20-0')), 'two')).toEqual([]);
  });

  it('are those of the slice, where nobody names a pod', () => {
    const yaml = service('{app: web}') + subsets;
    expect(endpoints(yaml + slice('[{addresses: [10.0.0.1]}]', ', version: v1'), 'one')).toEqual([
      '10.0.0.1:8080',
    ]);
  });
});

describe('without EndpointSlices a Service has', () => {
  it('the pods that it selects, by its target ports', () => {
    const ready = ', conditions: [{type: Ready, status: "False"}]';
    const pods =
      pod('a', '10.0.0.1', '{app: web, version: v1}') +
      pod('b', '10.0.0.2', '{app: web, version: v2}', ready) +
      pod('c', '10.0.0.3', '{app: other}');
    expect(endpoints(service('{app: web}') + pods)).toEqual(['10.0.0.1:8080', '10.0.0.2:8080!']);
    expect(endpoints(service('{app: web}', '{port: 80, name: http, targetPort: front}') + pods)).toEqual([
      '10.0.0.1:3000',
      '10.0.0.2:3000!',
    ]);
    expect(endpoints(service('{app: web}', '{name: http, port: 80}') + pods)[0]).toBe('10.0.0.1:80');
    expect(endpoints(service('{}') + pods)).toEqual([]);
  });

  it('the WorkloadEntries that it selects, which come beside slices too', () => {
    const vm = `
apiVersion: networking.istio.io/v1
kind: WorkloadEntry
metadata: {name: vm, namespace: shop, labels: {version: v2}}
spec: {labels: {version: v1, app: web}, address: 10.0.0.9}
---`;
    expect(endpoints(service('{app: web}') + vm + subsets, 'two')).toEqual(['10.0.0.9:8080']);
    expect(endpoints(vm + service('{app: web}') + slice('[{addresses: [10.0.0.1]}]'))).toEqual([
      '10.0.0.1:8080',
      '10.0.0.9:8080',
    ]);
    const ownPort = vm.replace('address:', 'ports: {http: 7000}, address:');
    expect(endpoints(service('{app: web}') + ownPort)).toEqual(['10.0.0.9:7000']);
  });
});

describe('a subset that nothing belongs to', () => {
  const codes = (yaml: string) =>
    analyze(tableOf(yaml))
      .filter(({ code, resource }) => code === 'subset-without-workload' && resource.endsWith('shop/web'))
      .map(({ path }) => path);
  const deployment = `
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: shop}
spec: {template: {metadata: {labels: {app: web, version: v1}}}}
---`;

  it('is reported where pods, templates or endpoints say what there is', () => {
    expect(codes(service('{app: web}') + subsets + deployment)).toEqual(['spec.subsets[1].labels']);
    expect(codes(service('{app: web}') + subsets + pod('a', '10.0.0.1', '{version: v2, app: web}'))).toEqual([
      'spec.subsets[0].labels',
    ]);
  });

  it('is not, where the files do not say', () => {
    expect(codes(service('{app: web}') + subsets)).toEqual([]);
    expect(codes(service('{app: other}') + subsets + deployment)).toEqual([]);
    const byPlace = subsets.replace('version: v2', 'topology.kubernetes.io/zone: z1');
    expect(codes(service('{app: web}') + byPlace + deployment)).toEqual([]);
  });

  it('is, by all workloads of the namespace, for a Service without a selector', () => {
    expect(codes(service('{}') + subsets + deployment)).toEqual(['spec.subsets[1].labels']);
  });
});
