import { isDeepStrictEqual } from 'node:util';
import {
  type FoundDocument,
  findDocument,
  type ManifestIssue,
  type ManifestSet,
  parseManifests,
  readManifests,
} from '@grayscale/manifest-files';
import { type Target, targetObject } from '@grayscale/release';
import { type Resource, validate } from '@grayscale/traffic-rules';
import { type RuleOwner, ruleOwner } from '../rules/rule-views.js';

/** Manifests as they were at one moment. */
export class ReleaseFiles {
  private found: ManifestIssue[] | undefined;

  private constructor(
    private readonly set: ManifestSet,
    readonly resources: readonly Resource[],
    private readonly parsing: readonly ManifestIssue[],
  ) {}

  /**
   * @param paths files, folders and kustomizations, as `-f` takes them
   * @param earlier is given back if nothing has changed since: most looks find the files as they were
   */
  static async read(paths: readonly string[], earlier?: ReleaseFiles): Promise<ReleaseFiles> {
    const set = await readManifests(paths);
    const isSame =
      earlier !== undefined &&
      isDeepStrictEqual([set.files, set.issues], [earlier.set.files, earlier.set.issues]);
    return isSame ? earlier : ReleaseFiles.of(set);
  }

  private static of(set: ManifestSet): ReleaseFiles {
    const { resources, issues } = parseManifests(set.files);
    return new ReleaseFiles(set, resources, [...set.issues, ...issues]);
  }

  /** What is wrong with them. */
  get errors(): readonly ManifestIssue[] {
    this.found ??= [...this.parsing, ...validate(this.resources)].filter(
      ({ severity }) => severity === 'error',
    );
    return this.found;
  }

  /** The object of a target; undefined when none of the files has it, or it cannot be read. */
  owner(target: Target): RuleOwner | undefined {
    return ruleOwner(this.resources, targetObject(target));
  }

  /** Where it is written, to edit it. */
  document(target: Target): FoundDocument {
    return findDocument(this.set, targetObject(target));
  }

  /** The same files with another text in one of them. */
  with(path: string, text: string): ReleaseFiles {
    const files = this.set.files.map((file) => (file.path === path ? { ...file, text } : file));
    return ReleaseFiles.of({ ...this.set, files });
  }
}
