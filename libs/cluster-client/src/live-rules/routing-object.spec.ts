import type { KubernetesObject, ResourceKind } from '../resources.js';
import { routingObject, scopeOf } from './routing-object.js';

const pod: ResourceKind = { group: '', version: 'v1', plural: 'pods', kind: 'Pod' };
const rule: ResourceKind = {
  group: 'networking.istio.io',
  version: 'v1',
  plural: 'virtualservices',
  kind: 'VirtualService',
};

const metadata = {
  name: 'cart-1',
  namespace: 'shop',
  uid: 'u',
  resourceVersion: '7',
  generation: 3,
  creationTimestamp: '2026-01-02T03:04:05Z',
  labels: { app: 'cart' },
  annotations: { 'kubectl.kubernetes.io/last-applied-configuration': '{}', kept: 'yes' },
  managedFields: [{ manager: 'kubectl' }],
};

it('of a pod, what routing asks for and nothing of its environment', () => {
  const object: KubernetesObject = {
    metadata,
    spec: {
      nodeName: 'n1',
      volumes: [{ name: 'v', secret: { secretName: 's3cr3t' } }],
      containers: [
        {
          name: 'cart',
          image: 'cart:1',
          env: [{ name: 'KEY', value: 's3cr3t' }],
          args: ['--token=s3cr3t'],
          ports: [{ name: 'http', containerPort: 8080 }],
        },
      ],
    },
    status: {
      phase: 'Running',
      podIP: '10.1.0.9',
      conditions: [{ type: 'Ready', status: 'True', lastProbeTime: null, lastTransitionTime: 'now' }],
    },
  };
  expect(routingObject(pod, object)).toEqual({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name: 'cart-1',
      namespace: 'shop',
      creationTimestamp: '2026-01-02T03:04:05Z',
      labels: { app: 'cart' },
      annotations: { kept: 'yes' },
    },
    spec: {
      nodeName: 'n1',
      containers: [{ name: 'cart', ports: [{ name: 'http', containerPort: 8080 }] }],
    },
    status: { phase: 'Running', podIP: '10.1.0.9', conditions: [{ type: 'Ready', status: 'True' }] },
  });
});

it('of any other object its fields, without status and who wrote them', () => {
  const { namespace: _, annotations: __, ...rest } = metadata;
  const object = { metadata: rest, spec: { hosts: ['a'] }, status: { observedGeneration: 3 } };
  expect(routingObject(rule, object)).toEqual({
    apiVersion: 'networking.istio.io/v1',
    kind: 'VirtualService',
    metadata: { name: 'cart-1', creationTimestamp: '2026-01-02T03:04:05Z', labels: { app: 'cart' } },
    spec: { hosts: ['a'] },
  });
});

it('a kind is asked for everywhere, but for the one ConfigMap that counts', () => {
  expect(scopeOf(rule, 'istio')).toEqual({});
  const configMap = { group: '', version: 'v1', plural: 'configmaps', kind: 'ConfigMap' };
  expect(scopeOf(configMap, 'istio-1-27')).toEqual({
    namespace: 'istio-system',
    selector: { fieldSelector: 'metadata.name=istio-1-27' },
  });
  expect(scopeOf({ ...configMap, group: 'shop.example' }, 'istio')).toEqual({});
});
