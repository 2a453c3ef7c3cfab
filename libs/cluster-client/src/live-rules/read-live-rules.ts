import {
  type ManifestFile,
  type ManifestIssue,
  type ManifestSet,
  objectFile,
} from '@grayscale/manifest-files';
import type { ApiClient } from '../api-client.js';
import { ApiError } from '../errors.js';
import { type ResourceKind, Resources } from '../resources.js';
import { isDispensable, notReadable, withoutIstio } from './kind-notes.js';
import { routingObject, scopeOf } from './routing-object.js';
import { servedKinds } from './served-kinds.js';

/**
 * Reads the rules of a cluster as they are now: every object that takes part in routing, of all namespaces, in place of files. Secrets are
 * never read.
 * @returns also warnings of kinds that this user may not list, or that are not served
 * @throws ApiError where the user may not list what no answer can do without; ApiUnreachableError; ClusterConfigError
 */
export async function readLiveRules(client: ApiClient): Promise<ManifestSet> {
  const { context } = client.access;
  const served = await servedKinds(client);
  const read = await Promise.all(served.map((kind) => readKind(client, kind)));
  return manifestSet(
    read.flatMap(({ files }) => files),
    [...withoutIstio(served, context), ...read.flatMap(({ issues }) => issues)],
  );
}

/** What was read, in an order that does not depend on which answer came first. */
export function manifestSet(files: readonly ManifestFile[], issues: readonly ManifestIssue[]): ManifestSet {
  return {
    files: sortedBy(files, ({ path }) => path),
    issues: sortedBy(issues, ({ message }) => message),
    tracked: [],
  };
}

function sortedBy<Item>(items: readonly Item[], text: (item: Item) => string): Item[] {
  return items.toSorted((a, b) => (text(a) < text(b) ? -1 : Number(text(a) > text(b))));
}

async function readKind(
  client: ApiClient,
  kind: ResourceKind,
): Promise<{ files: ManifestFile[]; issues: ManifestIssue[] }> {
  const { namespace, selector } = scopeOf(kind);
  try {
    const { items } = await new Resources(client, kind).list(namespace, selector);
    return { files: items.map((item) => objectFile(routingObject(kind, item))), issues: [] };
  } catch (error) {
    if (!(error instanceof ApiError && error.status === 403 && isDispensable(kind))) throw error;
    return { files: [], issues: [notReadable(kind, error, client.access.context)] };
  }
}
