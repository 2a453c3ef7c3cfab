import type { Cors } from '../decision.js';
import { compileStringMatch, type StringTest } from '../match/string-test.js';

const compiled = new WeakMap<Cors, readonly StringTest[]>();

/** Whether the policy allows requests from this `Origin`. */
export function originAllowed(cors: Cors, origin: string): boolean {
  let tests = compiled.get(cors);
  if (tests === undefined) {
    tests = cors.allowOrigins.map((match) =>
      match.kind === 'exact' && match.value === '*' ? () => true : compileStringMatch(match),
    );
    compiled.set(cors, tests);
  }
  return tests.some((test) => test(origin));
}
