import { findings } from '../../test/issues.js';

const service = (ports: string) => `
apiVersion: v1
kind: Service
metadata: {name: a, namespace: shop}
spec: {selector: {app: a}, ports: ${ports}}`;

describe('a Service', () => {
  it.each([
    ['one port without a name', '[{port: 80}]'],
    ['ports with names', '[{name: http, port: 80}, {name: grpc-2, port: 81}]'],
  ])('%s is fine', (_, ports) => {
    expect(findings(service(ports))).toEqual([]);
  });

  it.each([
    ['a second port without a name', '[{name: a, port: 80}, {port: 81}]', 'spec.ports[1]'],
    ['a name in capitals', '[{name: HTTP, port: 80}]', 'spec.ports[0].name'],
    ['a name twice', '[{name: a, port: 80}, {name: a, port: 81}]', 'spec.ports[1].name'],
  ])('%s is not', (_, ports, path) => {
    expect(findings(service(ports))).toContain(`error kubernetes-invalid ${path}`);
  });
});

it('an EndpointSlice belongs to a Service by its label', () => {
  const slice = (labels: string) => `
apiVersion: discovery.k8s.io/v1
kind: EndpointSlice
metadata: {name: a, namespace: shop, labels: ${labels}}
addressType: IPv4
ports: [{port: 80}]
endpoints: [{addresses: [10.0.0.1]}]`;
  expect(findings(slice('{kubernetes.io/service-name: a}'))).toEqual([]);
  expect(findings(slice('{}'))).toEqual(['warning kubernetes-invalid metadata.labels']);
});
