import { namedObject, type ObjectName, type TargetKind, targetKinds } from './named-object.js';
import type { Target } from './plan.js';

/** What names an object in a cluster or in files. */
export interface TargetObject extends ObjectName {
  group: string;
  kind: TargetKind;
}

/** The object that has a target's rule. */
export function targetObject(target: Target): TargetObject {
  const { field, name } = namedObject<ObjectName>(target);
  return { ...targetKinds[field], ...name };
}

/** Its name alone, with which lines about a release begin; empty for none. */
export function targetName(target: Target | undefined): string {
  return target === undefined ? '' : targetObject(target).name;
}

/** `HTTPRoute hello-page/hello-ext-svc`, as in issues. */
export function objectText({
  kind,
  namespace,
  name,
}: Pick<TargetObject, 'kind' | 'namespace' | 'name'>): string {
  return `${kind} ${namespace}/${name}`;
}
