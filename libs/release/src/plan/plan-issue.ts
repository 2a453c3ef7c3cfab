import type { Issue, IssueCode } from '@grayscale/traffic-rules';
import type { planIssues } from './plan-issues.js';

/** The code of an issue about a plan; `docs/plan-issues.md` explains each. */
export type PlanIssueCode = keyof typeof planIssues.kinds;

/**
 * The engine's {@link Issue}, or one about a plan. Of a plan that was given as an object, the place is what the caller says, or line 1 and column 1.
 */
export type PlanIssue = Omit<Issue, 'code'> & { code: IssueCode | PlanIssueCode };
