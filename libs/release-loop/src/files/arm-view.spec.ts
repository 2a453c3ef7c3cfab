import { parse } from '@grayscale/traffic-rules';
import { armView } from './arm-view.js';

const arm = { host: 'cart.shop-2.svc.cluster.local' };

const service = (selector = 'v2') => `apiVersion: v1
kind: Service
metadata: { name: cart, namespace: shop-2 }
spec: { selector: { version: ${selector} }, ports: [{ name: http, port: 80 }] }
`;

const slice = ({
  addresses = '[10.0.0.1]',
  port = 8080,
  ready = true,
  of = 'cart',
  namespace = 'shop-2',
} = {}) => `apiVersion: discovery.k8s.io/v1
kind: EndpointSlice
metadata: { name: a, namespace: ${namespace}, labels: { kubernetes.io/service-name: ${of} } }
addressType: IPv4
ports: [{ name: http, port: ${port} }]
endpoints: [{ addresses: ${addresses}, conditions: { ready: ${ready} } }]
`;

const entry = (address = 'a.example', host = 'cart.example') => `apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: { name: cart, namespace: shop }
spec:
  hosts: [${host}]
  ports: [{ number: 80, name: http, protocol: HTTP }]
  resolution: DNS
  endpoints: [{ address: ${address} }]
`;

const subsets = (version = '"2"') => `apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: { name: cart, namespace: shop-2 }
spec: { host: cart, subsets: [{ name: two, labels: { version: ${version} } }, { name: one, labels: { version: "1" } }] }
`;

const seen = (documents: string[], of: Parameters<typeof armView>[1] = arm) =>
  armView(
    documents.flatMap((text, index) => parse(text, `${index}.yaml`).resources),
    of,
  );

it('nothing is known of an arm that no file has', () => {
  expect(seen([])).toEqual({});
  expect(seen([service(), slice()], { host: 'other.shop-2.svc.cluster.local' })).toEqual({});
  expect(seen([slice({ of: 'other' }), slice({ namespace: 'shop-1' })])).toEqual({});
});

it.each([
  { what: 'another selector', from: [service(), slice()], to: [service('v3'), slice()] },
  { what: 'another address', from: [slice()], to: [slice({ addresses: '[10.0.0.2]' })] },
  { what: 'another port', from: [slice()], to: [slice({ port: 8081 })] },
  {
    what: 'another address of a ServiceEntry',
    from: [entry()],
    to: [entry('b.example')],
    of: { host: 'cart.example' },
  },
  {
    what: 'other labels of the subset',
    from: [service(), subsets()],
    to: [service(), subsets('"3"')],
    of: { ...arm, subset: 'two' },
  },
])('$what is another version', ({ from, to, of = arm }) => {
  expect(seen(from, of).identity).toMatch(/^[0-9a-f]+$/);
  expect(seen(to, of).identity).not.toBe(seen(from, of).identity);
});

it.each([
  { what: 'the order of the files', from: [service(), slice()], to: [slice(), service()] },
  {
    what: 'the order of the addresses',
    from: [slice({ addresses: '[10.0.0.1, 10.0.0.2]' })],
    to: [slice({ addresses: '[10.0.0.2, 10.0.0.1]' })],
  },
  { what: 'readiness', from: [slice()], to: [slice({ ready: false })] },
  {
    what: 'labels of another subset',
    from: [service(), subsets()],
    to: [service(), subsets('"3"')],
    of: { ...arm, subset: 'one' },
  },
])('$what says nothing of the version', ({ from, to, of = arm }) => {
  expect(seen(to, of).identity).toBe(seen(from, of).identity);
});

it('counts the endpoints that are ready where a slice lists them', () => {
  expect(seen([service()]).readyEndpoints).toBeUndefined();
  expect(seen([slice(), slice({ addresses: '[10.0.0.9]' })]).readyEndpoints).toBe(2);
  expect(seen([slice({ ready: false })]).readyEndpoints).toBe(0);
});
