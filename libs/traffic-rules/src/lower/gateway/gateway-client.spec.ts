import { resourcesOf } from '../../../test/mesh.js';
import { gatewayClients } from './gateway-client.js';

const istio = (name: string, namespace: string, selector: string) => `
apiVersion: networking.istio.io/v1
kind: Gateway
metadata: {name: ${name}, namespace: ${namespace}}
spec: {selector: ${selector}, servers: [{port: {number: 80, name: http, protocol: HTTP}, hosts: ["*"]}]}
---`;
const api = (name: string, more = '') => `
apiVersion: gateway.networking.k8s.io/v1
kind: Gateway
metadata: {name: ${name}, namespace: shop}
spec: {gatewayClassName: istio, listeners: [{name: http, port: 80, protocol: HTTP}] ${more}}
---`;
const service = (name: string, namespace: string, selector: string) => `
apiVersion: v1
kind: Service
metadata: {name: ${name}, namespace: ${namespace}}
spec: {selector: ${selector}, ports: [{port: 80}]}
---`;

const whereOf = (yaml: string) =>
  gatewayClients(resourcesOf(yaml)).map(({ name, workload: { namespace, labels } }) => ({
    name,
    namespace,
    labels,
  }));

describe('the workload behind a Gateway', () => {
  const usual = '{istio: ingressgateway}';

  it.each([
    [
      'is the one of a Service with all of its labels',
      istio('g', 'shop', '{app: edge}') + service('edge', 'infra', '{app: edge, tier: front}'),
      { name: 'shop/g', namespace: 'infra', labels: { app: 'edge', tier: 'front' } },
    ],
    [
      'is in its own namespace before others',
      istio('g', 'shop', '{app: edge}') +
        service('a', 'infra', '{app: edge}') +
        service('b', 'shop', '{app: edge, b: c}'),
      { name: 'shop/g', namespace: 'shop', labels: { app: 'edge', b: 'c' } },
    ],
    [
      'is Istio’s own where the files do not say more',
      istio('g', 'shop', usual),
      {
        name: 'shop/g',
        namespace: 'istio-system',
        labels: { istio: 'ingressgateway', app: 'istio-ingressgateway' },
      },
    ],
    [
      'is Istio’s own for an empty selector',
      istio('g', 'shop', '{}'),
      {
        name: 'shop/g',
        namespace: 'istio-system',
        labels: { istio: 'ingressgateway', app: 'istio-ingressgateway' },
      },
    ],
    [
      'is in the namespace of any other Gateway',
      istio('g', 'shop', '{app: edge}'),
      { name: 'shop/g', namespace: 'shop', labels: { app: 'edge' } },
    ],
    [
      'is made for a Gateway of the Gateway API',
      api('k'),
      {
        name: 'shop/k',
        namespace: 'shop',
        labels: {
          'gateway.networking.k8s.io/gateway-name': 'k',
          'service.istio.io/canonical-name': 'k-istio',
        },
      },
    ],
    [
      'is named by its address',
      api('k', ', addresses: [{type: Hostname, value: edge.infra}]') +
        service('edge', 'infra', '{app: edge}'),
      { name: 'shop/k', namespace: 'infra', labels: { app: 'edge' } },
    ],
  ])('%s', (_, yaml, expected) => {
    expect(whereOf(yaml)).toEqual([expected]);
  });
});
