import { type ManifestIssue } from './file-issue.js';

/** Where Istio refuses a field, the API server's refusal of the same field (or of a field that it lacks) says nothing more. */
export function withoutRepeats(issues: readonly ManifestIssue[]): ManifestIssue[] {
  const refused = new Set(
    issues
      .filter((issue) => issue.severity === 'error' && !isApiServers(issue))
      .map((issue) => placeOf(issue, issue.path)),
  );
  const isRepeated = (issue: ManifestIssue) =>
    [issue.path, parentOf(issue.path)].some((path) => path !== 'spec' && refused.has(placeOf(issue, path)));
  return issues.filter((issue) => !isApiServers(issue) || !isRepeated(issue));
}

function isApiServers({ code }: ManifestIssue): boolean {
  return code.startsWith('api-server-refuses-');
}

function placeOf({ file, resource }: ManifestIssue, path: string): string {
  return `${file} ${resource} ${path}`;
}

/** `spec.http[0].route` of `spec.http[0].route[1]`. */
function parentOf(path: string): string {
  return path.slice(0, Math.max(path.lastIndexOf('.'), path.lastIndexOf('['), 0));
}
