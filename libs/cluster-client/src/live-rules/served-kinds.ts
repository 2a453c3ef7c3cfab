import { type RoutingKind, routingKinds } from '@grayscale/traffic-rules';
import type { ApiClient } from '../api-client.js';
import { ApiError } from '../errors.js';
import type { ResourceKind } from '../resources.js';

/** One version of an API group, as the API server describes it. */
interface ResourceList {
  resources: { name: string; kind: string; verbs: string[] }[];
}

/** The kinds that take part in routing and that this API server serves, each in the version to prefer. */
export async function servedKinds(client: ApiClient): Promise<ResourceKind[]> {
  const groups = [...new Set(routingKinds.map(({ group }) => group))];
  const served = await Promise.all(groups.map((group) => kindsOfGroup(client, group)));
  return served.flat();
}

async function kindsOfGroup(client: ApiClient, group: string): Promise<ResourceKind[]> {
  const wanted = routingKinds.filter((kind) => kind.group === group);
  const versions = group === '' ? ['v1'] : await versionsOf(client, group);
  const lists = new Map<string, ResourceList>();
  for (const version of versions) {
    const root = group === '' ? '/api' : `/apis/${group}`;
    const list = await ask<ResourceList>(client, `${root}/${version}`);
    if (list !== undefined) lists.set(version, list);
  }
  return wanted.flatMap((kind) => inPreferredVersion(kind, lists));
}

async function versionsOf(client: ApiClient, group: string): Promise<string[]> {
  const found = await ask<{ versions: { version: string }[] }>(client, `/apis/${group}`);
  return found?.versions.map(({ version }) => version) ?? [];
}

/** None where no version that can be read is served, or the kind cannot be listed. */
function inPreferredVersion(
  { group, kind, versions }: RoutingKind,
  lists: ReadonlyMap<string, ResourceList>,
): ResourceKind[] {
  for (const version of versions.length > 0 ? versions : lists.keys()) {
    // A subresource, as services/status, has the kind of its resource.
    const found = lists
      .get(version)
      ?.resources.find((one) => one.kind === kind && !one.name.includes('/') && one.verbs.includes('list'));
    if (found !== undefined) return [{ group, version, plural: found.name, kind }];
  }
  return [];
}

/** Undefined for what the server does not serve. */
async function ask<Answer>(client: ApiClient, path: string): Promise<Answer | undefined> {
  try {
    return await client.send<Answer>({ method: 'GET', path, subject: { verb: 'get', resource: path } });
  } catch (error) {
    if (error instanceof ApiError && error.status === 404) return undefined;
    throw error;
  }
}
