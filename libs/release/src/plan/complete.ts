import { completeGuards } from './guards.js';
import { type NamedObject, type ObjectName, targetFields, targetKinds } from './named-object.js';
import type { Arm, Caller, Plan, Sticky, Target, UserSelector } from './plan.js';
import type { At } from './reader.js';
import type { WrittenArm, WrittenSpec, WrittenTarget } from './shape.js';
import { completeSteps } from './steps.js';
import { targetObject } from './target-object.js';

const minute = 60_000;

/** Adds the defaults, and checks what no field shows alone. */
export function completePlan(name: string, namespace: string, spec: WrittenSpec, at: At): Plan {
  const sticky = completeSticky(spec, at.within('sticky'));
  const { risk, noData } = spec;
  return {
    name,
    namespace,
    targets: completeTargets(spec.targets ?? [], namespace, at.within('targets')),
    callers: (spec.callers ?? []).map((caller): Caller => ({ namespace, workload: '', ...caller })),
    users: (spec.users ?? []).map(completeUser),
    ...(sticky === undefined ? {} : { sticky }),
    steps: completeSteps(spec, sticky, at.within('steps')),
    guards: completeGuards(spec.guards, at.within('guards')),
    risk: { falseAbort: risk?.falseAbort ?? 0.01, falseAdvance: risk?.falseAdvance ?? 0.05 },
    noData: {
      ...(noData?.after === undefined ? {} : { after: noData.after }),
      holdFor: noData?.holdFor ?? 24 * 60 * minute,
      afterwards: noData?.then ?? 'pause',
    },
    settle: spec.settle ?? 10_000,
    inForceWithin: spec.inForceWithin ?? 10 * minute,
    onDrift: spec.onDrift ?? 'stop',
    ...(spec.from === undefined ? {} : { from: spec.from }),
    abort: spec.abort?.to === undefined ? {} : { to: spec.abort.to },
    suspend: spec.suspend ?? false,
  };
}

function completeUser({
  header = '',
  exact = [],
}: {
  header?: string;
  exact?: string | string[];
}): UserSelector {
  return { header, exact: typeof exact === 'string' ? [exact] : exact };
}

function completeSticky({ sticky }: WrittenSpec, at: At): Sticky | undefined {
  if (sticky === undefined) return undefined;
  const { header, digits, cookie } = sticky;
  if (header !== undefined && cookie !== undefined)
    return at.error('field-conflict', 'sticky takes a header or a cookie; remove one of the two.');
  if (cookie !== undefined && digits !== undefined)
    return at.within('digits').error('field-conflict', 'digits applies to a header only; remove it.');
  if (cookie !== undefined) return { cookie };
  if (header === undefined) return at.error('field-missing', 'write a header, or a cookie.');
  return { header, digits: digits ?? 4 };
}

function completeTargets(written: readonly WrittenTarget[], namespace: string, at: At): Target[] {
  const seen = new Set<string>();
  return written.flatMap((target, index) => {
    const here = at.within(index);
    const complete = completeTarget(target, namespace, here);
    if (complete === undefined) return [];
    const key = JSON.stringify([targetObject(complete), complete.rule ?? null]);
    if (seen.has(key)) here.error('target-repeated', 'this rule is a target already; remove one of the two.');
    seen.add(key);
    return [complete];
  });
}

function completeTarget(written: WrittenTarget, namespace: string, at: At): Target | undefined {
  const field = targetFields.find((each) => written[each] !== undefined);
  if (field === undefined || written.stable === undefined || written.canary === undefined) return undefined;
  const stable = armOf(written.stable);
  const canary = armOf(written.canary);
  if (JSON.stringify(stable) === JSON.stringify(canary))
    at.within('canary').error(
      'arms-same',
      `stable and canary are both ${stable.host}; name two different destinations.`,
    );
  for (const [name, arm] of Object.entries({ stable, canary }))
    if (arm.subset !== undefined && field !== 'virtualService')
      at.within(name)
        .within('subset')
        .error(
          'field-conflict',
          `the backends of ${targetKinds[field].kind}s have no subsets; name a Service for each version, and remove subset.`,
        );
  const { rule } = written;
  const named = {
    [field]: objectNameOf(written[field] ?? '', namespace),
  } as unknown as NamedObject<ObjectName>;
  return {
    ...named,
    ...(rule === undefined ? {} : { rule }),
    stable,
    canary,
  };
}

function objectNameOf(written: string, namespace: string): ObjectName {
  const [first = '', second] = written.split('/');
  return second === undefined ? { namespace, name: first } : { namespace: first, name: second };
}

/** With its fields in one order, so that equal arms are equal texts. */
function armOf(written: WrittenArm): Arm {
  if (typeof written === 'string') return { host: written };
  const { host = '', subset, port } = written;
  return { host, ...(subset === undefined ? {} : { subset }), ...(port === undefined ? {} : { port }) };
}
