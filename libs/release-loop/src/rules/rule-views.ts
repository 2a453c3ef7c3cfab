import type { RuleView, TargetKind, TargetObject } from '@grayscale/release';
import { locationOf, type Resource } from '@grayscale/traffic-rules';
import { routeViews } from './route-views.js';
import { virtualServiceViews } from './virtual-service-views.js';

/** An object whose rules a release can move. */
export type RuleOwner = Extract<Resource, { kind: TargetKind }>;

/** Whether a resource is of a kind whose rules a release can move. */
export function isRuleOwner(resource: Resource): resource is RuleOwner {
  return Object.hasOwn(fields, resource.kind);
}

/** The object of a target; undefined when none of the resources is it. */
export function ruleOwner(
  resources: Iterable<Resource>,
  { kind, namespace, name }: Pick<TargetObject, 'kind' | 'namespace' | 'name'>,
): RuleOwner | undefined {
  for (const resource of resources) {
    const { metadata } = resource;
    const isNamed = metadata.name === name && metadata.namespace === namespace;
    if (resource.kind === kind && isNamed && isRuleOwner(resource)) return resource;
  }
  return undefined;
}

const fields: Record<TargetKind, string> = {
  VirtualService: 'spec.http',
  HTTPRoute: 'spec.rules',
  GRPCRoute: 'spec.rules',
};

/** All HTTP rules of a VirtualService, or all of a route, as a release sees them. */
export function ruleViews(owner: RuleOwner): RuleView[] {
  const views = owner.kind === 'VirtualService' ? virtualServiceViews(owner) : routeViews(owner);
  return views.map((view) => ({
    ...view,
    place: locationOf(owner.source.locate(`${fields[owner.kind]}[${view.index}]`)),
  }));
}
