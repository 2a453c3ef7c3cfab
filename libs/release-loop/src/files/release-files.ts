import {
  type FoundDocument,
  findDocument,
  type ManifestIssue,
  type ManifestSet,
  parseManifests,
  readManifests,
} from '@grayscale/manifest-files';
import type { ObjectName, Target } from '@grayscale/release';
import { type Resource, validate } from '@grayscale/traffic-rules';
import type { VirtualService } from './rule-views.js';

/** Manifests as they were at one moment. */
export class ReleaseFiles {
  private constructor(
    private readonly set: ManifestSet,
    readonly resources: readonly Resource[],
    /** What is wrong with them. */
    readonly errors: readonly ManifestIssue[],
  ) {}

  /** @param paths files, folders and kustomizations, as `-f` takes them */
  static async read(paths: readonly string[]): Promise<ReleaseFiles> {
    return ReleaseFiles.of(await readManifests(paths));
  }

  private static of(set: ManifestSet): ReleaseFiles {
    const { resources, issues } = parseManifests(set.files);
    const all = [...set.issues, ...issues, ...validate(resources)];
    return new ReleaseFiles(
      set,
      resources,
      all.filter(({ severity }) => severity === 'error'),
    );
  }

  /** The VirtualService of a target; undefined when none of the files has it, or it cannot be read. */
  virtualService({
    virtualService: { namespace, name },
  }: Pick<Target, 'virtualService'>): VirtualService | undefined {
    return this.resources
      .filter((resource) => resource.kind === 'VirtualService')
      .find(({ metadata }) => metadata.name === name && metadata.namespace === namespace);
  }

  /** Where it is written, to edit it. */
  document({ namespace, name }: ObjectName): FoundDocument {
    return findDocument(this.set, { group: 'networking.istio.io', kind: 'VirtualService', namespace, name });
  }

  /** The same files with another text in one of them. */
  with(path: string, text: string): ReleaseFiles {
    const files = this.set.files.map((file) => (file.path === path ? { ...file, text } : file));
    return ReleaseFiles.of({ ...this.set, files });
  }
}
