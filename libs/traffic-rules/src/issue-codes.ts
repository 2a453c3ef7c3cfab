import { type IssueCode, issueCatalogue } from './issues/catalogue.js';

export type { IssueCode };

/** The codes of all issues, in the order of docs/issues.md. */
export const issueCodes = Object.keys(issueCatalogue) as readonly IssueCode[];
