/** The codes of all issues; docs/issues.md explains each of them, and a test holds the two together. */
export const issueCodes = [
  'yaml-syntax',
  'yaml-duplicate-key',
  'yaml-too-deep',
  'yaml-too-large',
  'document-not-a-resource',
  'api-version-unknown',
  'kind-ignored',
  'name-missing',
  'field-unknown',
  'field-wrong-type',
  'field-unknown-value',
  'field-conflict',
  'duration-syntax',
] as const;

export type IssueCode = (typeof issueCodes)[number];
