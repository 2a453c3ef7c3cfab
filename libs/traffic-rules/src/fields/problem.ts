import type { Severity } from '../issue.js';
import type { IssueCode } from '../issue-codes.js';

/** What is wrong with one field, before its place in the file is looked up. */
export interface Problem {
  code: IssueCode;
  severity: Severity;
  path: string;
  message: string;
}
