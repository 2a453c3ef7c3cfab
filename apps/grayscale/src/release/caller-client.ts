import type { Caller, TargetObject } from '@grayscale/release';
import { objectText } from '@grayscale/release';
import { type Client, canonicalName, type GatewayClient, type Workload } from '@grayscale/traffic-rules';
import { boundTo, gatewayOf, mesh } from '../weight/client-for.js';
import type { Split } from '../weight/split.js';

/** A split of a plan's target, and the gateways that there are. */
export interface CalledSplit {
  object: TargetObject;
  split: Split | undefined;
  gateways: readonly GatewayClient[];
}

/**
 * Whose requests a split decides when this caller makes it: those of the gateway that it serves, else its own.
 * @param caller undefined: whoever makes it
 * @returns in words why the caller makes no such split, for a split that is bound to gateways of others
 */
export function callerClient(caller: Caller | undefined, called: CalledSplit): Client | { problem: string } {
  const { object, split, gateways } = called;
  const only = gatewayOf(split);
  if (caller === undefined) return only ?? workloadOf(caller, object.namespace);
  const bound = boundTo(split);
  const own = gateways.filter(({ name }) => bound.includes(name));
  const served = own.find(({ workload }) => isCaller(workload, caller));
  if (served !== undefined) return { gateway: served.name };
  if (bound.includes(mesh)) return workloadOf(caller, object.namespace);
  const [first] = own;
  return first === undefined && only !== undefined ? only : { problem: notItsSplit(caller, object, first) };
}

/** A gateway whose labels do not tell its name may be the caller. */
function isCaller(workload: Workload, caller: Caller): boolean {
  const name = canonicalName(workload) ?? caller.workload;
  return workload.namespace === caller.namespace && name === caller.workload;
}

function notItsSplit(
  { namespace, workload }: Caller,
  object: TargetObject,
  gateway: GatewayClient | undefined,
): string {
  const subject = `The caller ${namespace}/${workload} does not make this split: ${objectText(object)} is bound to`;
  if (gateway === undefined) return `${subject} gateways alone.`;
  const name = canonicalName(gateway.workload) ?? workload;
  const where = gateway.workload.namespace;
  return `${subject} the gateway ${gateway.name}, which the workload ${name} in ${where} serves. Write callers: [{ workload: ${name}, namespace: ${where} }].`;
}

/** The label by which Istio's own examples name a workload; the plan knows only the name. */
function workloadOf(caller: Caller | undefined, namespace: string): Workload {
  return {
    namespace: caller?.namespace ?? namespace,
    labels: caller === undefined ? {} : { app: caller.workload },
    outboundTrafficPolicy: 'ALLOW_ANY',
  };
}
