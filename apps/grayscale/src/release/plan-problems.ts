import { checkManifests, type ManifestSet, parseManifests } from '@grayscale/manifest-files';
import {
  type Caller,
  objectText,
  type Plan,
  type ReleaseState,
  type TargetObject,
  targetObject,
} from '@grayscale/release';
import { gatewayClients, placeText } from '@grayscale/traffic-rules';
import { affected } from '../weight/affected.js';
import { describeClient, noFollowers } from '../weight/client-for.js';
import { type Split, splitsIn } from '../weight/split.js';
import { callerClient } from './caller-client.js';

/** What would keep a plan from having an effect, although its steps can be written: one sentence each. */
export function planProblems(plan: Plan, state: ReleaseState, set: ManifestSet): string[] {
  const callers = plan.callers.length > 0 ? plan.callers : [undefined];
  return [...new Set(callers.flatMap((caller) => problemsFor(plan, state, set, caller)))];
}

function problemsFor(
  plan: Plan,
  state: ReleaseState,
  set: ManifestSet,
  caller: Caller | undefined,
): string[] {
  const gateways = gatewayClients(parseManifests(set.files).resources);
  return plan.targets.flatMap((target, index) => {
    const object = targetObject(target);
    const split = splitOf(set, object, state, index);
    const client = callerClient(caller, { object, split, gateways });
    if ('problem' in client) return [client.problem];
    const { table, issues, workload } = checkManifests(set, client);
    if (table === undefined || workload === undefined) return [noFollowers(client, issues)];
    const concerned =
      split === undefined ? [] : affected(split, { table, who: describeClient(client, workload) });
    const missed = concerned.filter(({ isMissed }) => isMissed).map(({ sentence }) => sentence);
    const subject = objectText(object);
    const dead = issues.filter(
      ({ code, severity, resource }) =>
        code === 'destination-no-endpoints' && severity === 'warning' && resource === subject,
    );
    return [...missed, ...dead.map((issue) => `${placeText(issue)}: ${issue.message}`)];
  });
}

function splitOf(
  set: ManifestSet,
  { kind, namespace, name }: TargetObject,
  state: ReleaseState,
  index: number,
): Split | undefined {
  const hosts = [state.targets[index]?.stable.host, state.targets[index]?.canary.host];
  return splitsIn(set).find(({ document: { identity }, destinations }) => {
    const isObject = identity.kind === kind && identity.namespace === namespace && identity.name === name;
    return (
      isObject &&
      hosts.every((host) =>
        destinations.some((each) => each.host === host || host?.startsWith(`${each.host}.`)),
      )
    );
  });
}
