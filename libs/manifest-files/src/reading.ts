import { readdir, stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { Readable } from 'node:stream';
import type { TextKind } from '@grayscale/traffic-rules';
import type { ManifestIssue } from './file-issue.js';
import type { Overrides } from './overrides.js';
import { readPipe, readText, readTextFile, systemIssue, type TextOrIssue } from './text-file.js';

/** The name that stands for standard input. */
export const standardInput = '-';

/** The text of one manifest file, with what the kustomizations around it change in its documents. */
export interface ManifestFile {
  path: string;
  text: string;
  /** `object`: what an API server has, as JSON, instead of a file; `path` is the object's name then. `mesh-config`: MeshConfig, whose documents need no kind. */
  kind?: TextKind;
  overrides: Overrides;
}

/** Whether two are the same file with the same changes, so that one of them is enough. */
export function sameManifest(a: ManifestFile, b: ManifestFile): boolean {
  return a.path === b.path && JSON.stringify(a.overrides) === JSON.stringify(b.overrides);
}

/** Sources that can be read only once: standard input and pipes. They keep their text over later reads. */
export type OnceRead = Map<string, Promise<TextOrIssue>>;

/** One pass over the files: what was found wrong, and every path whose change would change the result. */
export class Reading {
  readonly issues: ManifestIssue[] = [];
  /** Absolute paths of files and folders that were looked at, whether they exist or not. */
  readonly tracked = new Set<string>();

  constructor(
    private readonly onceRead: OnceRead,
    private readonly stdin: Readable,
  ) {}

  /** The text of a regular file; undefined, with an issue noted, when there is none. */
  async text(file: string): Promise<string | undefined> {
    this.track(file);
    return this.noted(await readTextFile(file));
  }

  /** The text of what the user named: a regular file, or standard input or a pipe, which are read once. */
  async givenText(file: string): Promise<string | undefined> {
    if (file === standardInput) return this.noted(await this.once(file, () => readText(this.stdin, file)));
    const stats = await stat(file).catch(() => undefined);
    if (!stats?.isFIFO()) return await this.text(file);
    return this.noted(await this.once(resolve(file), () => readPipe(file)));
  }

  private noted(result: TextOrIssue): string | undefined {
    if ('text' in result) return result.text;
    this.issues.push(result.issue);
    return undefined;
  }

  /** Whether a path is a folder; undefined, with an issue noted, when there is nothing or it cannot be told. */
  async isFolder(path: string): Promise<boolean | undefined> {
    this.track(path);
    try {
      return (await stat(path)).isDirectory();
    } catch (error) {
      this.issues.push(systemIssue(path, error));
      return undefined;
    }
  }

  /** Names in a folder, sorted; empty, with an issue noted, when it cannot be listed. */
  async names(folder: string): Promise<string[]> {
    this.track(folder);
    try {
      return (await readdir(folder)).sort();
    } catch (error) {
      this.issues.push(systemIssue(folder, error));
      return [];
    }
  }

  track(path: string): void {
    this.tracked.add(resolve(path));
  }

  private once(key: string, read: () => Promise<TextOrIssue>): Promise<TextOrIssue> {
    const known = this.onceRead.get(key) ?? read();
    this.onceRead.set(key, known);
    return known;
  }
}
