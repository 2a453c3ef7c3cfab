import type { Location } from './issue.js';

/** Where a resource was written, so that later findings about it can name file and line. */
export interface Source extends Location {
  /**
   * The place of a field of this document.
   * @param path as in {@link Issue.path}; of a path that is not in the text, its nearest parent that is.
   */
  locate(path: string): Location;
}
