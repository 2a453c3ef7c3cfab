import type { IssueKind } from './issue-kind.js';

/** What Istio's validation refuses of a Sidecar. */
export const istioSidecars = {
  title: 'What Istio refuses: Sidecars',
  text: 'As above, for the outgoing requests of a Sidecar.',
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
      why: 'An egress listener, or the policy beside it, is not valid: the listener without a port is not the last one, a port or socket is written twice, or `bind` is not an address.',
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
      why: 'Another host of the listener covers this one already. Istio accepts it with a warning.',
      wrong: 'hosts: ["*/*", "shop/*"]',
      right: 'hosts: ["*/*"]',
    },
  } satisfies Record<string, IssueKind>,
} as const;
