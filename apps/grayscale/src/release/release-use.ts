import type { ClusterOptions } from '@grayscale/command-line';
import type { KeptRelease } from '@grayscale/release-loop';

/** Where a release is: its rules in files and its memory beside the plan, or both in a cluster. */
export interface ReleaseOptions extends ClusterOptions {
  filename?: string[];
  /** Of a NAME in a cluster; the context's without it. */
  namespace?: string;
}

/** A release that a command is about. */
export interface NamedRelease {
  /** As it is called in messages: the plan's file, or its name in the cluster. */
  name: string;
  /** Where it is carried out in the background, what that process prints goes here. */
  log: string;
  release: KeptRelease;
}

/** How a release is meant to be used. */
export interface ReleaseUse {
  /** `start`: by the plan as it is written now. `steer`: by the one that it follows. `look`: nothing is written, so the rules need not be known. */
  for: 'start' | 'steer' | 'look';
  commit?: boolean;
  exec?: string;
  /** How long an API server that does not answer is waited for, in milliseconds; without end unless given. */
  patience?: number;
  /** Ends that waiting. */
  signal?: AbortSignal;
}
