import type { Location } from '@grayscale/traffic-rules';

/** One entry of `testCases`: requests, and what is to become of all of them. */
export interface TestCase {
  description: string;
  location: Location;
  /** False: what `want` says must not come true. */
  wantMatch: boolean;
  /** Every combination of authority, method and uri. */
  requests: CaseRequest[];
  want: Wanted;
}

export interface CaseRequest {
  url: string;
  method: string;
  /** `name: value`. */
  headers: string[];
}

/** What is compared; what is left out is not. */
export interface Wanted {
  route?: WantedDestination[];
  /** Parts of the rule, as a VirtualService spells them. */
  rule: Partial<Record<RulePart, unknown>>;
  /** Our own: the status that the mesh answers itself. */
  status?: number;
  /** Our own: `namespace/name` or `name` of the VirtualService that decides. */
  virtualService?: string;
  /** Our own: the name of the rule that decides. */
  ruleName?: string;
}

export interface WantedDestination {
  host: string;
  port?: number;
  subset?: string;
  weight?: number;
}

export const ruleParts = ['redirect', 'rewrite', 'fault', 'headers', 'delegate'] as const;

export type RulePart = (typeof ruleParts)[number];
