import { formatPath } from '../fields/path.js';
import type { Issue, Severity } from '../issue.js';
import type { IssueCode } from '../issue-codes.js';
import type { Document } from '../model/place.js';
import { locationOf } from '../place.js';

/** Collects what is wrong with one resource. */
export class Report {
  readonly issues: Issue[] = [];

  constructor(private readonly resource: Document) {}

  error(code: IssueCode, path: string, message: string): void {
    this.add(code, 'error', path, message);
  }

  warning(code: IssueCode, path: string, message: string): void {
    this.add(code, 'warning', path, message);
  }

  info(code: IssueCode, path: string, message: string): void {
    this.add(code, 'info', path, message);
  }

  private add(code: IssueCode, severity: Severity, path: string, message: string): void {
    const { kind, metadata, source } = this.resource;
    const place = locationOf(path === '' ? source : source.locate(path));
    const resource = `${kind} ${metadata.namespace}/${metadata.name}`;
    this.issues.push({ code, severity, ...place, resource, path, message });
  }
}

/** The path of a field whose name is the user's own. */
export function member(path: string, key: string): string {
  const name = formatPath([key]);
  return name.startsWith('[') ? `${path}${name}` : `${path}.${name}`;
}
