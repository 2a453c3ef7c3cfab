import type { Plan, Target, TargetView } from '@grayscale/release';
import { otherWay, ruleViews, type VirtualService } from '@grayscale/release-loop';
import { parse, type Resource } from '@grayscale/traffic-rules';
import type { Arms } from './arms.js';
import { lastWriter } from './last-writer.js';
import type { VirtualServiceObject, VirtualServices } from './virtual-services.js';

/** What the engine makes of objects, remembered for as long as they are the same. */
const parsed = new WeakMap<VirtualServiceObject, { resources: Resource[]; errors: string[] }>();

/** A VirtualService as the engine reads it, and what it finds wrong. */
export function parsedObject(object: VirtualServiceObject): { resources: Resource[]; errors: string[] } {
  const known = parsed.get(object);
  if (known !== undefined) return known;
  const { namespace, name, managedFields: _, ...metadata } = object.metadata;
  const text = JSON.stringify({ ...object, metadata: { ...metadata, namespace, name } });
  const { resources, issues } = parse(
    text,
    `${objectText({ namespace: namespace ?? '', name })} (cluster)`,
    'object',
  );
  const errors = issues.filter(({ severity }) => severity === 'error').map(({ message }) => message);
  parsed.set(object, { resources, errors });
  return { resources, errors };
}

export function objectText({ namespace, name }: { namespace: string; name: string }): string {
  return `VirtualService ${namespace}/${name}`;
}

/** A target as it stands in the cluster. @throws ApiError, ApiUnreachableError */
export async function targetView(
  virtualServices: VirtualServices,
  arms: Arms,
  target: Target,
  plan: Plan,
): Promise<TargetView> {
  const object = await virtualServices.get(target.virtualService);
  const subject = objectText(target.virtualService);
  if (object === undefined)
    return { kind: 'read', rules: [], stable: {}, canary: {}, missing: `${subject} is not in the cluster` };
  const rules = rulesOf(object);
  if (rules === undefined)
    return {
      kind: 'unread',
      reason: `${subject}: ${parsedObject(object).errors.join('; ') || 'it has no rules'}`,
    };
  const { namespace } = target.virtualService;
  const others = [...virtualServices.in(namespace)].flatMap((other) => parsedObject(other).resources);
  const way = otherWay(others, target, plan);
  const writer = lastWriter(object);
  return {
    kind: 'read',
    rules,
    stable: await arms.view(rules, target.stable),
    canary: await arms.view(rules, target.canary),
    ...(way !== undefined && { otherWay: way }),
    ...(writer !== undefined && { writer }),
  };
}

/** All HTTP rules of an object; undefined where the engine cannot read it. */
export function rulesOf(object: VirtualServiceObject) {
  const resource = parsedObject(object).resources.find(
    (each): each is VirtualService => each.kind === 'VirtualService',
  );
  // The text that they were read from is nobody's file: its lines would say nothing.
  return resource && ruleViews(resource).map(({ place: _, ...rule }) => rule);
}
