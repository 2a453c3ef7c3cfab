/** The codes of all issues; docs/issues.md explains each of them, and a test holds the two together. */
export const issueCodes = ['yaml-syntax'] as const;

export type IssueCode = (typeof issueCodes)[number];
