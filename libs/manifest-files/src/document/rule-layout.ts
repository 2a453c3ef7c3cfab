import type { Path } from '@grayscale/traffic-rules';

/** Where a kind writes its rules, and in each the destinations with their weights. */
export interface RuleLayout {
  rules: Path;
  destinations: 'route' | 'backendRefs';
}

const virtualService: RuleLayout = { rules: ['spec', 'http'], destinations: 'route' };
const gatewayApiRoute: RuleLayout = { rules: ['spec', 'rules'], destinations: 'backendRefs' };

/** The rules of an object as written; empty where there are none. */
export function rulesIn(
  object: Record<string, unknown>,
  { rules }: Pick<RuleLayout, 'rules'>,
): readonly Record<string, unknown>[] {
  let found: unknown = object;
  for (const step of rules) found = (found as Record<string, unknown> | null | undefined)?.[step];
  return Array.isArray(found) ? found : [];
}

/** Of an API group. */
export function ruleLayout({ group }: { group: string }): RuleLayout {
  return group === 'gateway.networking.k8s.io' ? gatewayApiRoute : virtualService;
}
