import { compileTest, type ValueTest } from '../match/value-test.js';
import type { Test } from '../model/requirement.js';

/** What a rule says about cross-origin requests. */
export interface Cors {
  /** Ask with `originAllowed(cors, origin)`. */
  allowOrigins: readonly Test[];
  allowMethods: string;
  allowHeaders: string;
  exposeHeaders: string;
  /** Seconds; absent when not set. */
  maxAge?: number;
  allowCredentials: boolean;
  forwardUnmatchedPreflights: boolean;
}

const compiled = new WeakMap<Cors, readonly ValueTest[]>();

/** Whether the policy allows requests from this `Origin`. */
export function originAllowed(cors: Cors, origin: string): boolean {
  let tests = compiled.get(cors);
  if (tests === undefined) {
    tests = cors.allowOrigins.map(compileTest);
    compiled.set(cors, tests);
  }
  return tests.some((test) => test(origin));
}
