import { compileTest, type ValueTest } from '../match/value-test.js';
import type { Cors } from '../model/action.js';

const compiled = new WeakMap<Cors, readonly ValueTest[]>();

/** Whether the policy allows requests from this `Origin`. A test that takes `*` takes every one (Envoy, cors_filter.cc isOriginAllowed). */
export function originAllowed(cors: Cors, origin: string): boolean {
  let tests = compiled.get(cors);
  if (tests === undefined) {
    tests = cors.allowOrigins.map(compileTest);
    compiled.set(cors, tests);
  }
  return tests.some((test) => test('*') || test(origin));
}
