import fc from 'fast-check';
import { requirement } from '../../test/requirements.js';
import { implies } from '../match/algebra.js';
import type { Requirement } from '../model/requirement.js';
import type { Rule } from '../model/rule.js';
import { EarlierRules } from './earlier-rules.js';

describe('earlier rules', () => {
  it('finds one that covers exactly where comparing with each would', () => {
    const rules = fc.array(fc.array(requirement, { maxLength: 2 }), { minLength: 2, maxLength: 8 });
    fc.assert(
      fc.property(rules, (all) => {
        const earlier = new EarlierRules();
        const before: Array<readonly Requirement[]> = [];
        for (const requirements of all) {
          const compared = { rule: {} as Rule, requirements };
          const found = earlier.covering(compared, 1e9);
          expect(found !== undefined).toBe(before.some((others) => implies(requirements, others)));
          if (found !== undefined) expect(implies(requirements, found.requirements)).toBe(true);
          earlier.add(compared);
          before.push(requirements);
        }
      }),
      { numRuns: 1500 },
    );
  });
});
