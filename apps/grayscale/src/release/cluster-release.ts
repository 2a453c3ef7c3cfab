import { type ClusterConnection, CommandError, exitCodes, UsageError } from '@grayscale/command-line';
import type { ObjectName, Plan } from '@grayscale/release';
import {
  ClusterRelease,
  ConfigMapRecord,
  type FoundRelease,
  findRelease,
  processIdentity,
  type RecordObject,
} from '@grayscale/release-cluster';
import { PlanText } from '@grayscale/release-loop';
import { type PlanFile, readPlanFile } from './plan-file.js';
import type { NamedRelease, ReleaseOptions, ReleaseUse } from './release-use.js';

/** A release of a cluster, by its name or by the file of its plan. @throws CommandError */
export async function clusterRelease(
  { client, access }: ClusterConnection,
  named: string,
  options: ReleaseOptions,
  use: ReleaseUse,
): Promise<NamedRelease> {
  const planFile = isFile(named) ? await readPlanFile(named) : undefined;
  const object = planFile?.plan ?? { namespace: options.namespace ?? access.namespace, name: named };
  if (options.namespace !== undefined && options.namespace !== object.namespace)
    throw new UsageError(`${named} is a plan of the namespace ${object.namespace}; leave -n out.`);
  const found = await findRelease(client, object);
  const { home, plan } = placed(object, found, planFile, use);
  const { patience, signal } = use;
  const release = new ClusterRelease({
    client,
    plan,
    home: home ?? new ConfigMapRecord(client, object.namespace, object.name),
    identity: await processIdentity(),
    ...(planFile && use.for === 'start' && { planText: new PlanText(planFile.path, planFile.text) }),
    ...(patience !== undefined && { patience }),
    ...(signal && { signal }),
  });
  const { namespace, name } = object;
  return {
    name: planFile?.path ?? `${namespace}/${name}`,
    log: `${planFile?.path ?? `${namespace}.${name}`}.log`,
    release,
  };
}

/** A name has neither a slash nor an ending. */
function isFile(named: string): boolean {
  return /[\\/]|\.(ya?ml|json)$/.test(named);
}

function placed(
  { namespace, name }: ObjectName,
  found: FoundRelease | undefined,
  planFile: PlanFile | undefined,
  use: ReleaseUse,
): { home?: RecordObject; plan: Plan } {
  const subject = `${namespace}/${name}`;
  if (found?.problem !== undefined) throw new CommandError(exitCodes.invalidInput, `${found.problem}.`);
  if (found?.kind === 'GrayRelease' && planFile !== undefined && use.for === 'start')
    throw new UsageError(
      `the cluster has a GrayRelease ${subject} already; apply ${planFile.path} with kubectl, and write its name: grayscale rollout ${name} --cluster.`,
    );
  const plan =
    use.for === 'start' ? (planFile?.plan ?? found?.written ?? found?.plan) : (found?.plan ?? planFile?.plan);
  if (plan !== undefined) return { plan, ...(found && { home: found.home }) };
  throw new UsageError(
    `there is no release ${name} in the namespace ${namespace}: neither a GrayRelease nor the record of a run. Start one with grayscale rollout PLAN --cluster.`,
  );
}
