import type { Location } from '../issue.js';

/** Where a resource was written, so that later findings about it can name file and line. */
export interface Source extends Location {
  /**
   * The place of a field of this document.
   * @param path as in {@link Issue.path}; of a path that is not in the text, its nearest parent that is.
   */
  locate(path: string): Location;
}

export interface Metadata {
  name: string;
  /** `default` where the document names none. */
  namespace: string;
  labels: Readonly<Record<string, string>>;
  annotations: Readonly<Record<string, string>>;
  /** Milliseconds since the epoch; documents without it count as equally old. */
  creationTimestamp?: number;
}

export interface ResourceBase {
  metadata: Metadata;
  source: Source;
}
