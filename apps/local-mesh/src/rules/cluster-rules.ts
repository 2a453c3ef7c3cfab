import {
  type ClusterOptions,
  clientOf,
  clusterFailure,
  openCluster,
  revisionOf,
  type WorkloadOptions,
} from '@grayscale/command-line';
import { type ManifestSet, type ManifestWatch, watchManifests } from '@grayscale/manifest-files';
import { withLocalEndpoints } from './local-endpoints.js';
import type { RuleListener, RuleSource } from './rule-source.js';

/** Rules that are in force in a cluster, and what of its Services listens on this machine. */
export interface ClusterRulesOptions {
  cluster: ClusterOptions;
  /** Files of EndpointSlices. */
  endpoints: readonly string[];
}

/**
 * Follows the rules of a cluster. While its API server is out of reach the last ones stay.
 * @throws CommandError where they cannot be read at first
 */
export async function openClusterRules(
  { cluster, endpoints }: ClusterRulesOptions,
  caller: WorkloadOptions,
  listener: RuleListener,
): Promise<RuleSource> {
  await using opened = new AsyncDisposableStack();
  const { client, access } = opened.use(await openCluster(cluster));
  const { watchLiveRules } = await import('@grayscale/cluster-client');
  const both = new Both(listener);
  const local = await watchLocal(endpoints, caller, (set) => both.takeLocal(set));
  opened.defer(() => local.close());
  const following = {
    onChange: (set: ManifestSet) => both.takeLive(set),
    onLost: (error: Error) => listener.onRemark(`${error.message}. The last rules stay in force.`),
    onResumed: () => listener.onRemark(`The cluster ${access.context} tells its rules again.`),
  };
  const revision = revisionOf(caller, access.namespace);
  const live = await watchLiveRules(client, following, { revision }).catch((error) =>
    Promise.reject(clusterFailure(error)),
  );
  opened.defer(() => live.close());
  const kept = opened.move();
  return {
    first: both.begin(live.first, local.first),
    client: clientOf(caller, access.namespace),
    isShared: true,
    named: (count) => `${count} object${count === 1 ? '' : 's'} of the cluster ${access.context}`,
    close: () => kept.disposeAsync(),
  };
}

/** Files of endpoints, and of MeshConfig where one is given. */
async function watchLocal(
  paths: readonly string[],
  { meshConfig }: WorkloadOptions,
  onChange: (set: ManifestSet) => void,
): Promise<ManifestWatch> {
  if (meshConfig !== undefined) return await watchManifests(paths, onChange, { meshConfig });
  if (paths.length > 0) return await watchManifests(paths, onChange);
  return { first: { files: [], issues: [], tracked: [] }, close: async () => {} };
}

/** What the cluster said last and what the files said last are one set. */
class Both {
  private live: ManifestSet | undefined;
  private local: ManifestSet | undefined;

  constructor(private readonly listener: RuleListener) {}

  begin(live: ManifestSet, local: ManifestSet): ManifestSet {
    this.live ??= live;
    this.local ??= local;
    return withLocalEndpoints(this.live, this.local);
  }

  takeLive(set: ManifestSet): void {
    this.live = set;
    this.tell();
  }

  takeLocal(set: ManifestSet): void {
    this.local = set;
    this.tell();
  }

  private tell(): void {
    if (this.live && this.local) this.listener.onChange(withLocalEndpoints(this.live, this.local));
  }
}
