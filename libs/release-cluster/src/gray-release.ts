import { createHash } from 'node:crypto';
import type { KubernetesObject, ObjectMetadata } from '@grayscale/cluster-client';
import {
  type Plan,
  planFromObject,
  type ReleaseState,
  type ReleaseStatus,
  releaseStatus,
} from '@grayscale/release';
import { unpacked } from './record/packed-content.js';
import type { RecordContent } from './record/record-content.js';

/** A plan as an object of a cluster. */
export interface GrayRelease extends KubernetesObject {
  metadata: ObjectMetadata & { namespace: string };
  spec: { targets?: unknown; [field: string]: unknown };
  status?: GrayReleaseStatus;
}

export interface GrayReleaseStatus extends Partial<ReleaseStatus> {
  /** Of the targets of the last run: an object that has ended runs again by itself only for other ones. */
  targetsHash?: string;
  /** Packed; {@link recordOf} reads it. */
  record?: string;
}

/** `NAMESPACE/NAME`. */
export function keyOf({ metadata: { namespace, name } }: GrayRelease): string {
  return `${namespace}/${name}`;
}

/** Undefined where there is something wrong with it. */
export function planOf(object: GrayRelease): Plan | undefined {
  return planFromObject(object).plan;
}

/** Its memory; undefined before the first run. */
export function recordOf({ status }: GrayRelease): RecordContent | undefined {
  return unpacked(status?.record);
}

/** What its record keeps of its last run; undefined before the first one. */
export function stateOf(object: GrayRelease): ReleaseState | undefined {
  return (recordOf(object)?.state ?? undefined) as ReleaseState | undefined;
}

/** Whether a run is under way. */
export function isUnderWay(object: GrayRelease): boolean {
  const phase = stateOf(object)?.phase;
  return phase !== undefined && phase !== 'completed' && phase !== 'aborted' && phase !== 'undone';
}

/** Identifies the targets of a GrayRelease: a release under way is held by them, whatever else its author changes. */
export function targetsHash({ spec }: GrayRelease): string {
  return createHash('sha256').update(JSON.stringify(spec.targets)).digest('hex').slice(0, 16);
}

/** What an object shows of its release beside the record. @param now in milliseconds since the epoch */
export function grayReleaseStatus(
  object: KubernetesObject,
  content: RecordContent,
  now = Date.now(),
): GrayReleaseStatus {
  const release = object as GrayRelease;
  const { record: _, ...previous } = release.status ?? {};
  const plan = planOf(release);
  const state = content.state as unknown as ReleaseState | null;
  if (plan === undefined || state === null) return previous;
  const { generation } = release.metadata;
  const status = releaseStatus(plan, state, {
    now,
    previous,
    ...(generation !== undefined && { generation }),
  });
  const hash = status.run === previous.run ? previous.targetsHash : undefined;
  return { ...status, targetsHash: hash ?? targetsHash(release) };
}
