import type { Path } from '@grayscale/traffic-rules';

/** Where a kind writes its rules, and in each the destinations with their weights. */
export interface RuleLayout {
  rules: Path;
  destinations: 'route' | 'backendRefs';
}

const virtualService: RuleLayout = { rules: ['spec', 'http'], destinations: 'route' };
const gatewayApiRoute: RuleLayout = { rules: ['spec', 'rules'], destinations: 'backendRefs' };

export function ruleLayout({ group }: { group: string }): RuleLayout {
  return group === 'gateway.networking.k8s.io' ? gatewayApiRoute : virtualService;
}
