import type { IssueKind } from './issue-kind.js';

/** Problems of the text and of the structure of a document. */
export const reading = {
  title: 'Reading the text',
  text: 'Found while a text is read. A document with an error of this group is left out; the other documents of the file are read.',
  kinds: {
    'yaml-syntax': {
      severity: 'error',
      refusedBy: 'kubectl',
      why: 'The text is not YAML. kubectl refuses the file, and nothing is known about the document.',
      wrong: 'hosts: [hello.com',
      right: 'hosts: [hello.com]',
    },
    'yaml-duplicate-key': {
      severity: 'error',
      refusedBy: 'kubectl',
      why: 'A field is written twice in one object. Tools silently keep either the first or the last.',
      wrong: 'weight: 90 / weight: 10 under one destination',
      right: 'one weight for each destination',
    },
    'yaml-too-deep': {
      severity: 'error',
      refusedBy: 'kubectl',
      why: 'The document is nested more than 100 levels deep. No resource is, so this is an accident or an attack.',
      wrong: '[[[[...]]]]',
      right: 'the resource itself',
    },
    'yaml-too-large': {
      severity: 'error',
      refusedBy: 'kubectl',
      why: 'Aliases of aliases multiply to more fields than the text has characters, plus 200,000. A few lines of `*a` within `*b` would fill the memory.',
      wrong: 'b: [*a, *a, ...], c: [*b, *b, ...]',
      right: 'the values written out',
    },
    'document-not-a-resource': {
      severity: 'error',
      refusedBy: 'kubectl',
      why: 'The document is not an object with `apiVersion` and `kind`, so the API server does not know what to do with it.',
      wrong: 'hosts: [hello.com]',
      right: 'apiVersion: networking.istio.io/v1, kind: VirtualService, ...',
    },
    'api-version-unknown': {
      severity: 'error',
      refusedBy: 'kubectl',
      why: "The kind is known, but not in this version. The API server serves v1, v1beta1 and v1alpha3 of Istio's kinds.",
      wrong: 'apiVersion: networking.istio.io/v2',
      right: 'apiVersion: networking.istio.io/v1',
    },
    'kind-ignored': {
      severity: 'info',
      why: 'The kind does not take part in routing, so the document is passed over.',
      wrong: 'kind: Deployment',
      right: '(nothing to do)',
    },
    'name-missing': {
      severity: 'warning',
      refusedBy: 'api-server',
      why: "`metadata.name` is missing. Istio's validation accepts that, the API server does not.",
      wrong: 'metadata: {}',
      right: 'metadata: { name: hello-ext-svc }',
    },
    'field-unknown': {
      severity: 'error',
      refusedBy: 'istio',
      why: 'There is no field of this name here, so what was meant is not done. The nearest name is suggested.',
      wrong: 'match: [{ url: { prefix: / } }]',
      right: 'match: [{ uri: { prefix: / } }]',
    },
    'field-wrong-type': {
      severity: 'error',
      refusedBy: 'istio',
      why: 'The value has another type than the field. YAML reads `on`, `y` and `no` as booleans and `1.10` as a number, and Istio refuses these where it expects a string.',
      wrong: 'exact: on',
      right: 'exact: "on"',
    },
    'field-unknown-value': {
      severity: 'error',
      refusedBy: 'istio',
      why: 'The field does not know this value. Istio refuses the document.',
      wrong: 'resolution: static',
      right: 'resolution: STATIC',
    },
    'field-conflict': {
      severity: 'error',
      refusedBy: 'istio',
      why: 'Fields that exclude each other are written together.',
      wrong: 'h2UpgradePolicy: UPGRADE, useClientProtocol: true',
      right: 'h2UpgradePolicy: UPGRADE',
    },
    'duration-syntax': {
      severity: 'error',
      refusedBy: 'istio',
      why: "The text is not a duration. Istio expects Go's form: numbers with units.",
      wrong: 'timeout: "5"',
      right: 'timeout: 5s',
    },
  } satisfies Record<string, IssueKind>,
} as const;
