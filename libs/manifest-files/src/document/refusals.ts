import type { DocumentSource, YamlNode } from '@grayscale/traffic-rules';
import { type FileIssueCode, fileError, type ManifestIssue } from '../file-issue.js';

/** Collects why an edit is not made; all reasons come at once. */
export class Refusals {
  readonly issues: ManifestIssue[] = [];

  constructor(
    private readonly source: DocumentSource,
    /** `VirtualService hello-page/hello-ext-svc`. */
    private readonly resource: string,
  ) {}

  /**
   * @param path of the field that cannot be edited
   * @param node where it is written, or the reason why it cannot be edited
   */
  add(code: FileIssueCode, path: string, node: YamlNode | undefined, message: string): undefined {
    const place = node === undefined ? this.source.locate(path) : this.source.locateOffset(node.outerStart);
    const { line, column } = place;
    const issue = { ...fileError(code, { ...place, path }, message), resource: this.resource };
    if (!this.issues.some((known) => known.line === line && known.column === column && known.code === code))
      this.issues.push(issue);
    return undefined;
  }
}
