import { type Issue, type IssueCode, locationOf } from '@grayscale/traffic-rules';
import type { fileIssues } from './file-issues.js';

/** The code of an issue about a file, a kustomization or a cluster's answer; `docs/issues.md` explains each. */
export type FileIssueCode = keyof typeof fileIssues.kinds;

/** The engine's {@link Issue}, or one about a file. */
export type ManifestIssue = Omit<Issue, 'code'> & { code: IssueCode | FileIssueCode };

/** Where in a file; line 1, column 1 when it concerns the file as a whole. */
export interface Place {
  file: string;
  line?: number;
  column?: number;
  /** Of an object in a cluster. */
  field?: string;
  path?: string;
}

/** An error about a file. */
export function fileError(code: FileIssueCode, place: Place, message: string): ManifestIssue {
  return fileIssue('error', code, place, message);
}

/** A warning about a file. */
export function fileWarning(code: FileIssueCode, place: Place, message: string): ManifestIssue {
  return fileIssue('warning', code, place, message);
}

function fileIssue(
  severity: 'error' | 'warning',
  code: FileIssueCode,
  { file, line = 1, column = 1, field, path = '' }: Place,
  message: string,
): ManifestIssue {
  return {
    code,
    severity,
    ...locationOf({ file, line, column, ...(field !== undefined && { field }) }),
    path,
    resource: '',
    message,
  };
}
