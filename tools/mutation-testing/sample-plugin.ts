// Plugins of Stryker. It has no option to test a part of the mutants, but a checker may turn one away before any test runs. The reporter says
// at once what no test noticed, so that a run that is broken off was not for nothing.
import { type Checker, type CheckResult, CheckStatus } from '@stryker-mutator/api/check';
import type { Mutant, MutantResult, StrykerOptions } from '@stryker-mutator/api/core';
import { commonTokens, declareClassPlugin, PluginKind, tokens } from '@stryker-mutator/api/plugin';
import type { Reporter } from '@stryker-mutator/api/report';
import { countedFromZero, describeMutant } from './mutant-result.ts';
import { rank } from './sample.ts';
import { isSurvivor } from './score.ts';
import { WarmTestRunner } from './test-runner.ts';

/** What the options say beyond Stryker's own: mutants below this fraction, by this seed, are tested. */
export interface SampleOptions {
  sample: { seed: number; fraction: number };
}

class SampleChecker implements Checker {
  static inject = tokens(commonTokens.options);
  private readonly sample: SampleOptions['sample'];

  constructor(options: StrykerOptions) {
    this.sample = (options as StrykerOptions & SampleOptions).sample;
  }

  async init(): Promise<void> {}

  async check(mutants: Mutant[]): Promise<Record<string, CheckResult>> {
    return Object.fromEntries(mutants.map((mutant) => [mutant.id, this.resultOf(mutant)]));
  }

  async group(mutants: Mutant[]): Promise<string[][]> {
    return [mutants.map(({ id }) => id)];
  }

  private resultOf(mutant: Mutant): CheckResult {
    return rank(this.sample.seed, mutant) < this.sample.fraction
      ? { status: CheckStatus.Passed }
      : { status: CheckStatus.CompileError, reason: 'not in the sample' };
  }
}

class SampleReporter implements Reporter {
  static inject = tokens(commonTokens.options);
  private readonly sample: SampleOptions['sample'];
  private tested = 0;
  private unnoticed = 0;

  constructor(options: StrykerOptions) {
    this.sample = (options as StrykerOptions & SampleOptions).sample;
  }

  onMutantTested(reported: Readonly<MutantResult>): void {
    const result = countedFromZero(reported);
    if (rank(this.sample.seed, result) >= this.sample.fraction) return;
    this.tested++;
    if (isSurvivor(result)) this.unnoticed++;
    if (this.tested % 10 === 0) console.log(`${this.tested} tested, ${this.unnoticed} of them not noticed`);
    if (isSurvivor(result) || result.status === 'Timeout')
      console.log(`${this.tested}. ${describeMutant(result)}`);
  }
}

export const strykerPlugins = [
  declareClassPlugin(PluginKind.Checker, 'sample', SampleChecker),
  declareClassPlugin(PluginKind.Reporter, 'sample', SampleReporter),
  declareClassPlugin(PluginKind.TestRunner, 'warm', WarmTestRunner),
];
export const strykerValidationSchema = {
  properties: {
    sample: {
      type: 'object',
      properties: { seed: { type: 'integer' }, fraction: { type: 'number' } },
    },
    specs: { type: 'object', properties: { globs: { type: 'array', items: { type: 'string' } } } },
  },
};
