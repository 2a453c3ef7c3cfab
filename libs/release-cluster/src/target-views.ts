import { objectText, type Plan, type Target, type TargetView, targetObject } from '@grayscale/release';
import { otherWay, type RuleOwner, ruleOwner, ruleViews } from '@grayscale/release-loop';
import { parse, type Resource } from '@grayscale/traffic-rules';
import type { Arms } from './arms.js';
import { lastWriter } from './last-writer.js';
import { nameOf, type RuleObject, type RuleObjects } from './rule-objects.js';

/** What the engine makes of objects, remembered for as long as they are the same. */
const parsed = new WeakMap<RuleObject, { resources: Resource[]; errors: string[] }>();

/** An object as the engine reads it, and what it finds wrong. */
export function parsedObject(object: RuleObject): { resources: Resource[]; errors: string[] } {
  const known = parsed.get(object);
  if (known !== undefined) return known;
  const { namespace, name, managedFields: _, ...metadata } = object.metadata;
  const text = JSON.stringify({ ...object, metadata: { ...metadata, namespace, name } });
  const { resources, issues } = parse(text, `${objectText(nameOf(object))} (cluster)`, 'object');
  const errors = issues.filter(({ severity }) => severity === 'error').map(({ message }) => message);
  parsed.set(object, { resources, errors });
  return { resources, errors };
}

/** A target as it stands in the cluster. @throws ApiError, ApiUnreachableError */
export async function targetView(
  ruleObjects: RuleObjects,
  arms: Arms,
  target: Target,
  plan: Plan,
): Promise<TargetView> {
  const named = targetObject(target);
  const object = await ruleObjects.get(named);
  const subject = objectText(named);
  if (object === undefined)
    return { kind: 'read', rules: [], stable: {}, canary: {}, missing: `${subject} is not in the cluster` };
  const owner = ownerOf(object);
  if (owner === undefined)
    return {
      kind: 'unread',
      reason: `${subject}: ${parsedObject(object).errors.join('; ') || 'it has no rules'}`,
    };
  // The text that they were read from is nobody's file: its lines would say nothing.
  const rules = ruleViews(owner).map(({ place: _, ...rule }) => rule);
  const others = [...ruleObjects.in(named.namespace)].flatMap((other) => parsedObject(other).resources);
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

/** The object as the engine has it; undefined where it cannot read it. */
export function ownerOf(object: RuleObject): RuleOwner | undefined {
  return ruleOwner(parsedObject(object).resources, nameOf(object));
}
