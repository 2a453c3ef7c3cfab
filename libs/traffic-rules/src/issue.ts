import type { IssueCode } from './issue-codes.js';
import type { Severity } from './issues/issue-kind.js';

export type { Severity };

/** A place in a user's file, or in an object of a cluster. Lines and columns count from 1. */
export interface Location {
  /** A path; of an object its name, as `VirtualService hello-page/hello-ext-svc (cluster)`. */
  file: string;
  line: number;
  column: number;
  /** Of an object alone, whose lines (those of its JSON) nobody sees: the field, as `spec.http[0]`; empty for the object as a whole. */
  field?: string;
}

/** One problem in a user's files: a value, never thrown, so that all of them can be shown at once. */
export interface Issue extends Location {
  /** Stable name of the kind of problem; every code stands in docs/issues.md. */
  code: IssueCode;
  severity: Severity;
  /** The resource, as `VirtualService hello-page/hello-ext-svc`; empty when the document could not be read that far. */
  resource: string;
  /** The field, as `spec.http[0].route[1].weight`; empty for the document as a whole. */
  path: string;
  /** What is wrong and what to write instead, in one sentence or two. */
  message: string;
}

/** As much of an issue as tells whether something was said already. */
export type KnownIssue = Pick<Issue, 'file' | 'resource' | 'path'> & { code: string };
