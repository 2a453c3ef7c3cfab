import type { IssueKind } from './issue-kind.js';

/** What Istio's validation refuses of a Sidecar. */
export const istioSidecars = {
  title: 'What Istio refuses: Sidecars',
  text: 'As above, for what a Sidecar says of outgoing requests.',
  kinds: {
    'sidecar-empty': {
      severity: 'error',
      refusedBy: 'istio',
      why: 'A Sidecar says nothing at all.',
      wrong: 'spec: {}',
      right: 'spec: { egress: [{ hosts: ["./*"] }] }',
    },
    'egress-listener-invalid': {
      severity: 'error',
      refusedBy: 'istio',
      why: 'An egress listener, or the policy beside it, is not one that Istio can make: the listener without a port is not the last one, a port or socket is there twice, or it is bound to something that is not an address.',
      wrong:
        'egress: [{ hosts: ["./*"] }, { port: { number: 8080, protocol: HTTP, name: http }, hosts: ["*/*"] }]',
      right: 'the listener with the port first',
    },
    'egress-host-invalid': {
      severity: 'error',
      refusedBy: 'istio',
      why: 'A host of an egress listener is not `namespace/host`. Short names are not completed here.',
      wrong: 'hosts: ["shop/web"]',
      right: 'hosts: ["shop/web.shop.svc.cluster.local"]',
    },
    'egress-host-repeated': {
      severity: 'warning',
      refusedBy: 'istio',
      why: 'Istio accepts a host that another one of the listener takes in, and warns of it.',
      wrong: 'hosts: ["*/*", "shop/*"]',
      right: 'hosts: ["*/*"]',
    },
  } satisfies Record<string, IssueKind>,
} as const;
