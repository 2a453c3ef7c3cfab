import type { IssueKind } from './issue-kind.js';

/** What Istio accepts and Envoy refuses. */
export const envoy = {
  title: 'What Envoy refuses',
  text: 'Istio accepts these, and Envoy refuses the whole route table of the port because of them: every host of the port keeps its old rules, or has none after a restart. `check` warns of them; `explain`, `test` and the local mesh do not use such rules. See [decision 2](decisions/0002-report-what-envoy-refuses-as-its-own-class.md).',
  kinds: {
    'envoy-refuses-redirect-code': {
      severity: 'warning',
      refusedBy: 'envoy',
      why: 'The redirect code is not 301, 302, 303, 307 or 308.',
      wrong: 'redirectCode: 304',
      right: 'redirectCode: 302',
    },
    'envoy-refuses-header-command': {
      severity: 'warning',
      refusedBy: 'envoy',
      why: 'The value of a header contains a `%COMMAND%` that Envoy does not know.',
      wrong: 'set: { x-user: "%USER%" }',
      right: 'set: { x-user: "%REQ(user)%" }',
    },
    'envoy-refuses-status': {
      severity: 'warning',
      refusedBy: 'envoy',
      why: 'The status is 600.',
      wrong: 'abort: { httpStatus: 600 }',
      right: 'abort: { httpStatus: 503 }',
    },
    'envoy-refuses-weights': {
      severity: 'warning',
      refusedBy: 'envoy',
      why: 'The weights of a split sum to more than 4294967295.',
      wrong: 'weight: 2147483647, three times',
      right: 'weight: 1, three times',
    },
    'envoy-refuses-character': {
      severity: 'warning',
      refusedBy: 'envoy',
      why: 'A path, an authority, the name of a header or a cookie attribute contains a line break or NUL.',
      wrong: 'rewrite: { uri: "/a\\r\\nx: 1" }',
      right: 'rewrite: { uri: /a }',
    },
    'envoy-refuses-length': {
      severity: 'warning',
      refusedBy: 'envoy',
      why: 'The name of a query parameter or of a hash header is empty, or a text is longer than Envoy allows (16384 bytes in a header, 1024 in the name of a query parameter).',
      wrong: 'queryParams: { "": { exact: a } }',
      right: 'queryParams: { user: { exact: a } }',
    },
  } satisfies Record<string, IssueKind>,
} as const;
