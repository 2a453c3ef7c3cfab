import type { ClusterConnection } from '@grayscale/command-line';
import { isOver } from '@grayscale/release';
import { ClusterRelease, type FoundRelease, listReleases, processIdentity } from '@grayscale/release-cluster';
import type { Listed } from './listed.js';

/** The releases of a namespace, or of the cluster. */
export async function listCluster(
  cluster: ClusterConnection,
  namespace: string | undefined,
): Promise<Listed[]> {
  const found = await listReleases(cluster.client, namespace);
  return await Promise.all(found.map((release) => listedAs(cluster, release)));
}

async function listedAs(cluster: ClusterConnection, release: FoundRelease): Promise<Listed> {
  const { namespace, name, kind, state, problem } = release;
  const driver = await driverOf(cluster, release);
  const because = problem ?? state?.because?.message;
  return {
    plan: kind,
    release: `${namespace}/${name}`,
    phase: problem === undefined ? (state?.phase ?? 'not started') : 'invalid',
    ...(state && { percent: state.percent }),
    ...(driver?.pid !== undefined && { process: driver.pid }),
    ...(driver && { driver: driver.text }),
    ...(because !== undefined && { because }),
  };
}

/** Nobody drives what is over. */
async function driverOf({ client }: ClusterConnection, { home, plan, state }: FoundRelease) {
  if (plan === undefined || state === undefined || isOver(state.phase)) return undefined;
  return await new ClusterRelease({ client, plan, home, identity: await processIdentity() }).driver();
}
