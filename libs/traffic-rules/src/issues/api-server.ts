import type { IssueKind } from './issue-kind.js';

/** What the Kubernetes API server refuses before Istio sees it. */
export const apiServer = {
  title: 'What the API server refuses',
  text: "The Kubernetes API server checks a document against the schema of its kind (the CRD, here of Istio 1.32) before Istio sees it. These are errors of `check`, but for fields that another channel of the Gateway API has; Istio's own verdict, which is kinder, is apart from them. `-o json` tells the two apart (`refusedBy`).",
  kinds: {
    'api-server-refuses-type': {
      severity: 'error',
      refusedBy: 'api-server',
      why: 'The value does not have the type that the schema asks for. Istio itself would read a number in quotes, but the API server does not let it through.',
      wrong: 'weight: "90"',
      right: 'weight: 90',
    },
    'api-server-refuses-field': {
      severity: 'error',
      refusedBy: 'api-server',
      why: 'The schema does not have this field. Istio itself reads names in snake_case too, but kubectl refuses the document, and with other clients the field is lost.',
      wrong: 'sni_hosts: [hello.com]',
      right: 'sniHosts: [hello.com]',
    },
    'field-experimental': {
      severity: 'warning',
      why: 'Only the experimental channel of the Gateway API has the field. Where its CRDs are installed the document is accepted; with those of the standard channel kubectl refuses it, and with other clients the field is lost.',
      wrong: 'retry: { attempts: 3 }, with the CRDs of the standard channel',
      right: 'the CRDs of the experimental channel, or no retry',
    },
    'api-server-refuses-value': {
      severity: 'error',
      refusedBy: 'api-server',
      why: 'The value is outside what the schema or one of its rules allows, or a required field is missing.',
      wrong: 'warmupDurationSecs: 0s',
      right: 'warmupDurationSecs: 30s',
    },
    'api-server-refuses-conflict': {
      severity: 'error',
      refusedBy: 'api-server',
      why: 'Fields of which only one may be written are written together. Istio itself keeps the last of them.',
      wrong: 'uri: { exact: /a, prefix: /b }',
      right: 'uri: { exact: /a }',
    },
  } satisfies Record<string, IssueKind>,
} as const;
