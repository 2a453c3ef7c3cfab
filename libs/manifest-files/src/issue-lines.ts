import { exactPlaceText } from '@grayscale/traffic-rules';
import type { ManifestIssue } from './file-issue.js';

const order = { error: 0, warning: 1, info: 2 } as const;

/** One line for each issue, errors first: where, what, and which field. */
export function issueLines(issues: readonly ManifestIssue[]): string[] {
  return issues
    .filter(({ severity }) => severity !== 'info')
    .toSorted((a, b) => order[a.severity] - order[b.severity])
    .map(issueLine);
}

/** `k8s/a.yaml:3:5: error: spec.http[0]: message [code]`, or `VirtualService shop/front (cluster) spec.http[0]: error: message [code]`. */
export function issueLine(issue: Omit<ManifestIssue, 'code'> & { code: string }): string {
  const { severity, path, resource, message, code } = issue;
  // The place of an object in a cluster is its name and field already.
  const parts = issue.field === undefined ? [resource, path] : [];
  const subject = parts.filter((part) => part !== '').join(' ');
  return `${exactPlaceText(issue)}: ${severity}: ${subject === '' ? '' : `${subject}: `}${message} [${code}]`;
}
