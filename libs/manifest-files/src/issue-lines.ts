import type { ManifestIssue } from './file-issue.js';

const order = { error: 0, warning: 1, info: 2 } as const;

/** One line for each issue, errors first: where, what, and which field. */
export function issueLines(issues: readonly ManifestIssue[]): string[] {
  return issues
    .filter(({ severity }) => severity !== 'info')
    .toSorted((a, b) => order[a.severity] - order[b.severity])
    .map(issueLine);
}

/** `k8s/a.yaml:3:5: error: spec.http[0]: message [code]`, a form that editors and terminals make links of. */
export function issueLine({
  file,
  line,
  column,
  severity,
  path,
  resource,
  message,
  code,
}: Omit<ManifestIssue, 'code'> & { code: string }): string {
  const subject = [resource, path].filter((part) => part !== '').join(' ');
  return `${file}:${line}:${column}: ${severity}: ${subject === '' ? '' : `${subject}: `}${message} [${code}]`;
}
