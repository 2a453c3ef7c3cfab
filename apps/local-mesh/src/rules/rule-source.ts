import type { ManifestSet } from '@grayscale/manifest-files';
import type { Client } from '@grayscale/traffic-rules';

/** Rules that are read once, and told again whenever they change. */
export interface RuleSource {
  readonly first: ManifestSet;
  /** The workload that the mesh stands beside, or the gateway that it stands for. */
  readonly client: Client;
  /** Whether changes come at any time and of others, so that only what is new of them is said. */
  readonly isShared: boolean;
  /** As `2 files`. @param count how many files or objects there are */
  named(count: number): string;
  /** Ends it; nothing is told after that. */
  close(): Promise<void>;
}

export interface RuleListener {
  onChange(set: ManifestSet): void;
  /** Something to say to a person that is not about the rules themselves. */
  onRemark(line: string): void;
}
