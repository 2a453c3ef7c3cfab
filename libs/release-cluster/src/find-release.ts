import { type ApiClient, ApiError, type KubernetesObject, kinds, Resources } from '@grayscale/cluster-client';
import type { ObjectName, OfferedPlan, Plan, ReleaseState } from '@grayscale/release';
import type { RecordContent } from './record/record-content.js';
import {
  ConfigMapRecord,
  GrayReleaseRecord,
  grayReleaseKind,
  type RecordObject,
  recordLabel,
} from './record/record-object.js';

/** A release that a cluster has. */
export interface FoundRelease extends ObjectName {
  home: RecordObject;
  kind: 'GrayRelease' | 'ConfigMap';
  /** What is wrong with the plan, where it cannot be followed. */
  problem?: string;
  /** The plan that it follows, or, before its first run, the object's. */
  plan?: Plan;
  /** As the object has it now; a run that is under way takes over of it what it can. */
  written?: Plan;
  /** Absent before the first run. */
  state?: ReleaseState;
}

/**
 * The release of that name: a GrayRelease, or one whose memory is in a ConfigMap. Where GrayReleases may not be read, there are none for this user.
 * @throws ApiError, ApiUnreachableError
 */
export async function findRelease(
  client: ApiClient,
  { namespace, name }: ObjectName,
): Promise<FoundRelease | undefined> {
  const configMap = new ConfigMapRecord(client, namespace, name);
  const grayRelease = new GrayReleaseRecord(client, namespace, name);
  const object = await grayRelease.read().catch((error) => {
    if (error instanceof ApiError && error.status === 403) return undefined;
    throw error;
  });
  if (object !== undefined) return found('GrayRelease', grayRelease, object);
  const record = await configMap.read();
  return record && found('ConfigMap', configMap, record);
}

/** All releases of a namespace, or of the cluster, by name. @throws ApiError, ApiUnreachableError */
export async function listReleases(client: ApiClient, namespace?: string): Promise<FoundRelease[]> {
  const grayReleases = await new Resources(client, grayReleaseKind).list(namespace).catch((error) => {
    // A cluster that does not know the kind has none; without the right to look it cannot be told from one that does.
    if (error instanceof ApiError && (error.status === 404 || error.status === 403)) return { items: [] };
    throw error;
  });
  const records = await new Resources(client, kinds.configMap).list(namespace, {
    labelSelector: recordLabel,
  });
  const releases = [
    ...grayReleases.items.map((object) => {
      const { namespace: of = '', name } = object.metadata;
      return found('GrayRelease', new GrayReleaseRecord(client, of, name), object);
    }),
    ...records.items.map((object) => {
      const { namespace: of = '', labels = {} } = object.metadata;
      return found('ConfigMap', new ConfigMapRecord(client, of, labels[recordLabel] ?? ''), object);
    }),
  ];
  return releases.sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));
}

function found(kind: FoundRelease['kind'], home: RecordObject, object: KubernetesObject): FoundRelease {
  const { namespace, release: name } = home;
  const content = contentOrProblem(home, object);
  if (typeof content === 'string') return { namespace, name, kind, home, problem: content };
  const written = home.planIn?.(object);
  const plan = (content.plan ?? undefined) as Plan | undefined;
  const state = (content.state ?? undefined) as ReleaseState | undefined;
  return { namespace, name, kind, home, ...planOf(plan, written), ...(state && { state }) };
}

/** A run that is under way goes on with the plan that it has, whatever the object says since. */
function planOf(
  followed: Plan | undefined,
  written: OfferedPlan | undefined,
): Pick<FoundRelease, 'plan' | 'written' | 'problem'> {
  const now = written?.kind === 'plan' ? { written: written.plan } : {};
  if (followed !== undefined) return { plan: followed, ...now };
  if (written?.kind === 'invalid') return { problem: written.message };
  return written === undefined ? {} : { plan: written.plan, ...now };
}

function contentOrProblem(home: RecordObject, object: KubernetesObject): RecordContent | string {
  try {
    return home.contentOf(object);
  } catch (error) {
    return (error as Error).message;
  }
}

function keyOf({ namespace, name }: ObjectName): string {
  return `${namespace}/${name}`;
}
