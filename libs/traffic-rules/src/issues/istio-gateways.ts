import type { IssueKind } from './issue-kind.js';

/** What Istio's validation refuses of a Gateway. */
export const istioGateways = {
  title: 'What Istio refuses: Gateways',
  text: 'As above, for the servers of a Gateway.',
  kinds: {
    'server-missing': {
      severity: 'error',
      refusedBy: 'istio',
      why: 'A Gateway has no server, or a server lacks its port or its hosts.',
      wrong: 'servers: []',
      right: 'servers: [{ port: { number: 80, name: http, protocol: HTTP }, hosts: [hello.com] }]',
    },
    'server-bind-invalid': {
      severity: 'error',
      refusedBy: 'istio',
      why: 'A server is bound to something that is not an address, or has a port beside the path of a socket.',
      wrong: 'bind: localhost',
      right: 'bind: 127.0.0.1',
    },
    'server-tls-invalid': {
      severity: 'error',
      or: 'warning',
      refusedBy: 'istio',
      why: 'The TLS settings of a server do not fit its protocol or its mode. It is a warning for what Istio ignores: `httpsRedirect` on a server that does not speak HTTP, certificates with `PASSTHROUGH`, or ciphers that it does not know.',
      wrong: 'protocol: HTTPS without tls',
      right: 'protocol: HTTPS, tls: { mode: SIMPLE, credentialName: hello-com }',
    },
  } satisfies Record<string, IssueKind>,
} as const;
