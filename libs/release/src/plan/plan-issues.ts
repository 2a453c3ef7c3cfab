import type { IssueSection } from '@grayscale/traffic-rules';

/** What can be wrong with a plan, beside what can be wrong with any YAML: docs/plan-issues.md. */
export const planIssues = {
  title: 'Plans',
  text: 'Problems with the plan of a release (`kind: GrayRelease`).',
  kinds: {
    'arms-same': {
      severity: 'error',
      refusedBy: 'grayscale',
      why: 'Stable and canary of a target are the same destination, so there is nothing to compare or to move.',
      wrong: 'stable: hello.hello-1, canary: hello.hello-1',
      right: 'stable: hello.hello-1, canary: hello.hello-2',
    },
    'bucket-bound-unknown': {
      severity: 'error',
      refusedBy: 'grayscale',
      why: 'The time is not one of the bounds of the buckets in which Istio counts durations, so nobody knows how many requests took longer.',
      wrong: 'over: 400ms',
      right: 'over: 500ms',
    },
    'field-missing': {
      severity: 'error',
      refusedBy: 'grayscale',
      why: 'A field that is needed is not there, or a list is empty.',
      wrong: 'targets: [{ virtualService: hello-ext-svc }]',
      right: 'targets: [{ virtualService: hello-ext-svc, stable: hello.hello-1, canary: hello.hello-2 }]',
    },
    'guard-repeated': {
      severity: 'error',
      refusedBy: 'grayscale',
      why: 'Two guards have one name, and evidence is kept by name.',
      wrong: 'guards: [{ name: failures }, { name: failures, max: 1% }]',
      right: 'guards: [{ name: failures, max: 1% }]',
    },
    'guards-missing': {
      severity: 'warning',
      why: 'No guard looks at requests, so nothing takes a bad canary back.',
      wrong: 'guards: []',
      right: 'guards: [{ name: failures, ratio: 1.5, max: 1% }]',
    },
    'percent-too-fine': {
      severity: 'error',
      refusedBy: 'grayscale',
      why: 'A percentage has more than four decimals, or more than the digits of `sticky` can tell apart.',
      wrong: 'percent: 0.12345',
      right: 'percent: 0.1234',
    },
    'plan-missing': {
      severity: 'error',
      refusedBy: 'grayscale',
      why: 'The text holds no `GrayRelease`.',
      wrong: 'kind: VirtualService',
      right: 'kind: GrayRelease',
    },
    'plan-repeated': {
      severity: 'error',
      refusedBy: 'grayscale',
      why: 'The text holds more than one `GrayRelease`, and a journal belongs to one.',
      wrong: 'two plans in one file',
      right: 'a file for each',
    },
    'steps-not-rising': {
      severity: 'error',
      refusedBy: 'grayscale',
      why: 'The percentage of a step is not above the one before.',
      wrong: 'steps: [{ percent: 50 }, { percent: 10 }]',
      right: 'steps: [{ percent: 10 }, { percent: 50 }]',
    },
    'target-repeated': {
      severity: 'error',
      refusedBy: 'grayscale',
      why: 'Two targets are the same rule, which can have one split only.',
      wrong: 'two targets with virtualService: hello-ext-svc',
      right: 'one of the two, or each with its own rule',
    },
    'value-out-of-range': {
      severity: 'error',
      refusedBy: 'grayscale',
      why: 'A number is out of range.',
      wrong: 'percent: 150',
      right: 'percent: 100',
    },
  },
} as const satisfies IssueSection;
