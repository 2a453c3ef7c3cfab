import {
  type ManifestFile,
  type ManifestIssue,
  type ManifestSet,
  objectFile,
} from '@grayscale/manifest-files';
import type { ApiClient } from '../api-client.js';
import { type ResourceKind, Resources } from '../resources.js';
import { notReadable, type Refusal, refusalOf, refuseNecessary, withoutIstio } from './kind-notes.js';
import { meshConfigMapOf, type Revision } from './mesh-config-map.js';
import { routingObject, scopeOf } from './routing-object.js';
import { servedKinds } from './served-kinds.js';

/**
 * Reads the rules of a cluster as they are now: every object that takes part in routing, of all namespaces, in place of files. Secrets are
 * never read.
 * @param revision whose settings of the mesh are read
 * @returns also warnings of kinds that this user may not list, or that are not served
 * @throws ApiError where the user may not list what no answer can do without; ApiUnreachableError; ClusterConfigError
 */
export async function readLiveRules(client: ApiClient, revision: Revision = {}): Promise<ManifestSet> {
  const { context } = client.access;
  const meshConfigMap = await meshConfigMapOf(client, revision);
  const served = await servedKinds(client);
  const read = await Promise.all(served.map((kind) => readKind(client, kind, meshConfigMap)));
  const refusals = read.flatMap((one) => ('error' in one ? one : []));
  refuseNecessary(refusals);
  const files = read.flatMap((one) => ('error' in one ? [] : one));
  return manifestSet(files, [...withoutIstio(served, context), ...notReadable(refusals, context)]);
}

/** What was read, in an order that does not depend on which answer came first. */
export function manifestSet(files: readonly ManifestFile[], issues: readonly ManifestIssue[]): ManifestSet {
  return {
    files: files.toSorted((a, b) => (a.path < b.path ? -1 : Number(a.path > b.path))),
    issues: [...issues],
    tracked: [],
  };
}

async function readKind(
  client: ApiClient,
  kind: ResourceKind,
  meshConfigMap: string,
): Promise<ManifestFile[] | Refusal> {
  const { namespace, selector } = scopeOf(kind, meshConfigMap);
  try {
    const { items } = await new Resources(client, kind).list(namespace, selector);
    return items.map((item) => objectFile(routingObject(kind, item)));
  } catch (error) {
    return refusalOf(kind, error);
  }
}
