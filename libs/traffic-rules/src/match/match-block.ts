import type { Requirement } from '../model/requirement.js';
import { type Condition, conditionOf, exactKeyOf, isMetByAll } from './algebra.js';
import type { RequestView } from './request-view.js';

/** What a rule asks of each request, compiled; what is settled by where requests arrive is left out. */
export interface MatchBlock {
  /** All of them have to hold. */
  conditions: readonly Condition[];
  /** Values that a request must have for the block to match, for an index. */
  exactKeys: ReadonlyArray<readonly [key: string, value: string]>;
}

/** A block that every request matches. */
export const matchAll: MatchBlock = { conditions: [], exactKeys: [] };

export function holds(block: MatchBlock, view: RequestView): boolean {
  for (const condition of block.conditions) if (!condition.holds(view)) return false;
  return true;
}

/** The conditions on requests; those on where they arrive are settled when the table is made. */
export function compileMatchBlock(requirements: readonly Requirement[]): MatchBlock {
  if (requirements.length === 0) return matchAll;
  return {
    conditions: requirements.flatMap((requirement) =>
      isMetByAll(requirement) ? [] : (conditionOf(requirement) ?? []),
    ),
    exactKeys: requirements.flatMap((requirement) => {
      const key = exactKeyOf(requirement);
      return key === undefined ? [] : [key];
    }),
  };
}
