import { explain, type RouteTable, renderExplanation, requestFromUrl } from '@grayscale/traffic-rules';
import { MalformedCases } from './case-reader.js';
import { differences } from './compare.js';
import type { CaseRequest, TestCase } from './test-case.js';
import type { WrittenRules } from './written-rules.js';

/** What became of one case. */
export interface CaseResult {
  testCase: TestCase;
  failures: CaseFailure[];
}

export interface CaseFailure {
  request: CaseRequest;
  /** What was wanted and what came, one line each. */
  differences: string[];
  /** Why it came so. */
  explanation: string;
}

/** Asks the engine for every request of a case. @throws MalformedCases when a request cannot be sent */
export function runCase(testCase: TestCase, table: RouteTable, written: WrittenRules): CaseResult {
  const failures = testCase.requests.flatMap((request) => runRequest(testCase, request, table, written));
  return { testCase, failures };
}

function runRequest(
  testCase: TestCase,
  request: CaseRequest,
  table: RouteTable,
  written: WrittenRules,
): CaseFailure[] {
  const explanation = explain(table, routeRequest(testCase, request));
  const found = differences(testCase.want, explanation, written.ruleOf(explanation.decision.because));
  if (testCase.wantMatch === (found.length === 0)) return [];
  const told = testCase.wantMatch ? found : ['it matches, and wantMatch is false'];
  return [{ request, differences: told, explanation: renderExplanation(explanation) }];
}

function routeRequest({ location }: TestCase, request: CaseRequest) {
  try {
    return requestFromUrl(request);
  } catch (error) {
    if (error instanceof RangeError) throw new MalformedCases(location, error.message);
    throw error;
  }
}
