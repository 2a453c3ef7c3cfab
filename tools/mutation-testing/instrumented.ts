import {
  INSTRUMENTER_CONSTANTS,
  type InstrumenterContext,
  type MutantCoverage,
} from '@stryker-mutator/api/core';

/** What the changed sources look at: which mutant is active, and whose account the places that run go to. They keep the objects: none is replaced. */
export const coverage: MutantCoverage = { static: {}, perTest: {} };
export const instrumented: InstrumenterContext = { mutantCoverage: coverage };
Object.assign(globalThis, { [INSTRUMENTER_CONSTANTS.NAMESPACE]: instrumented });

/** Runs something under an account of that name, which is taken away again: the mutants whose places came by. */
export async function placesRunBy(account: string, work: () => Promise<unknown>): Promise<Set<string>> {
  instrumented.currentTestId = account;
  try {
    await work();
  } finally {
    delete instrumented.currentTestId;
  }
  const places = new Set(Object.keys(coverage.perTest[account] ?? {}));
  delete coverage.perTest[account];
  return places;
}
