import type { IssueKind } from './issue-kind.js';

/** What both accept, and we refuse. */
export const wire = {
  title: 'What corrupts the bytes on the wire',
  text: 'Istio and Envoy accept these, and recordings of a real sidecar show what comes of them. `check` itself refuses them.',
  kinds: {
    'header-breaks-framing': {
      severity: 'error',
      refusedBy: 'grayscale',
      why: 'A rule writes `content-length` or `transfer-encoding`. The receiver waits for a body that does not come, or takes the rest of a body for another request.',
      wrong: 'request: { set: { content-length: "5" } }',
      right: 'no such operation; the proxy writes the header itself',
    },
    'cookie-unsafe': {
      severity: 'error',
      refusedBy: 'grayscale',
      why: 'The name or path of a hash cookie contains a line break, `;` or the like. What follows becomes a response header or a cookie attribute of its own.',
      wrong: 'httpCookie: { name: "a\\r\\nx-injected: 1", ttl: 60s }',
      right: 'httpCookie: { name: user, ttl: 60s }',
    },
  } satisfies Record<string, IssueKind>,
} as const;
