import type { ReleaseState } from '@grayscale/release';

/** One plan of a folder, or one release of a cluster. */
export interface Listed {
  /** Its file; or the kind of the object that has it. */
  plan: string;
  release: string;
  phase: ReleaseState['phase'] | 'not started' | 'invalid';
  /** The canary's share that is wanted; absent before the first run. */
  percent?: number;
  /** The process of this machine that carries it out. */
  process?: number;
  /** Who carries it out. */
  driver?: string;
  because?: string;
}
