import { globSync } from 'node:fs';
import { dirname, relative, resolve, sep } from 'node:path';
import { pathToFileURL } from 'node:url';
import { jestExpect } from '@jest/expect';
import type { StrykerOptions } from '@stryker-mutator/api/core';
import { commonTokens, tokens } from '@stryker-mutator/api/plugin';
import {
  type DryRunResult,
  DryRunStatus,
  determineHitLimitReached,
  type MutantRunOptions,
  type MutantRunResult,
  MutantRunStatus,
  type TestResult,
  type TestRunner,
  type TestRunnerCapabilities,
  TestStatus,
} from '@stryker-mutator/api/test-runner';
import * as circus from 'jest-circus';
import { coverage, instrumented } from './instrumented.ts';
import { SpecFile, type TestOutcome } from './spec-file.ts';

/** What the options say beyond Stryker's own. */
export interface TestRunnerOptions {
  specs: { globs: string[] };
}

/**
 * Runs the tests in one process that keeps everything loaded, with the parts of Jest that need no sandbox. With Jest itself, each mutant
 * costs the loading of all that its tests import, many times what the tests take.
 */
export class WarmTestRunner implements TestRunner {
  static inject = tokens(commonTokens.options);
  private readonly globs: string[];
  private loaded: Promise<SpecFile[]> | undefined;

  constructor(options: StrykerOptions) {
    this.globs = (options as StrykerOptions & TestRunnerOptions).specs.globs;
  }

  /** Only what runs while sources are loaded would need that, and is not tested. */
  capabilities(): TestRunnerCapabilities {
    return { reloadEnvironment: true };
  }

  async dryRun(): Promise<DryRunResult> {
    const results: TestResult[] = [];
    for (const file of await this.files()) {
      const outcomes = await file.run(new Set(file.ids));
      results.push(...outcomes.map((outcome) => resultOf(file, outcome)));
      file.shareCoverage();
    }
    return { status: DryRunStatus.Complete, tests: results, mutantCoverage: coverage };
  }

  async mutantRun({
    activeMutant,
    testFilter = [],
    hitLimit,
    sandboxFileName,
  }: MutantRunOptions): Promise<MutantRunResult> {
    const wanted = new Set(testFilter);
    const files = (await this.files()).filter(({ ids }) => ids.some((id) => wanted.has(id)));
    Object.assign(instrumented, { activeMutant: activeMutant.id, hitCount: 0, hitLimit });
    try {
      return await firstFailure(nearestFirst(files, sandboxFileName), wanted);
    } finally {
      deactivate();
    }
  }

  private files(): Promise<SpecFile[]> {
    this.loaded ??= loadAll(
      globSync(this.globs)
        .filter((path) => !otherSuites.test(path))
        .sort(),
    );
    return this.loaded;
  }
}

/** Not of `npm test`: see jest.config.js. */
const otherSuites = /\.(?:long|soak|e2e|cluster)\.spec\.ts$/;

/** Everything is loaded twice: first the sources, which belong to no file of tests, then what a file of tests itself runs on loading. */
async function loadAll(paths: string[]): Promise<SpecFile[]> {
  const { describe, it, test, beforeAll, beforeEach, afterAll, afterEach } = circus;
  Object.assign(globalThis, {
    describe,
    it,
    test,
    beforeAll,
    beforeEach,
    afterAll,
    afterEach,
    expect: jestExpect,
  });
  failTestsOnUnhandledErrors();
  for (const path of paths) await import(pathToFileURL(path).href);
  const files: SpecFile[] = [];
  for (const path of paths) files.push(await SpecFile.load(resolve(path), 'again'));
  return files;
}

/** As Jest does. */
function failTestsOnUnhandledErrors(): void {
  for (const event of ['uncaughtException', 'unhandledRejection'])
    process.on(event, (error) => circus.getState().currentlyRunningTest?.errors.push(error));
}

async function firstFailure(files: SpecFile[], wanted: ReadonlySet<string>): Promise<MutantRunResult> {
  let nrOfTests = 0;
  for (const file of files) {
    const outcomes = await runMutated(file, wanted);
    nrOfTests += outcomes.length;
    const failed = outcomes.find(({ failure }) => failure !== undefined);
    if (failed !== undefined) return await confirmed(file, failed, nrOfTests);
  }
  return { status: MutantRunStatus.Survived, nrOfTests };
}

/** A file that cannot even be loaded with the mutant fails by its first test. */
async function runMutated(file: SpecFile, wanted: ReadonlySet<string>): Promise<TestOutcome[]> {
  try {
    return await (await file.mutated()).run(wanted);
  } catch (error) {
    return [{ id: file.ids[0] ?? file.path, milliseconds: 0, failure: String(error) }];
  }
}

/**
 * A failure is the mutant's only if the test passes without it. Otherwise the machine was too slow for the test, or an earlier mutant
 * has left something behind: what is thrown makes Stryker try the mutant again in a new process.
 */
async function confirmed(
  file: SpecFile,
  { id, failure = '' }: TestOutcome,
  nrOfTests: number,
): Promise<MutantRunResult> {
  const endless = determineHitLimitReached(instrumented.hitCount, instrumented.hitLimit);
  deactivate();
  const [without] = await file.run(new Set([id]));
  if (without?.failure !== undefined) throw new Error(`${id} fails without a mutant: ${without.failure}`);
  const waited = /^Exceeded timeout/.test(failure) || endless !== undefined;
  return waited
    ? { status: MutantRunStatus.Timeout, reason: endless?.reason ?? `${id}: ${failure}` }
    : { status: MutantRunStatus.Killed, killedBy: [id], failureMessage: failure, nrOfTests };
}

function deactivate(): void {
  for (const name of ['activeMutant', 'hitCount', 'hitLimit'] as const) delete instrumented[name];
}

/** The tests beside a source notice its mutants soonest. */
function nearestFirst(files: SpecFile[], source: string): SpecFile[] {
  const distance = ({ path }: SpecFile) => relative(dirname(source), path).split(sep).length;
  return files.toSorted((a, b) => distance(a) - distance(b));
}

function resultOf({ path }: SpecFile, { id, milliseconds, failure }: TestOutcome): TestResult {
  const result = { id, name: id, fileName: path, timeSpentMs: milliseconds };
  return failure === undefined
    ? { ...result, status: TestStatus.Success }
    : { ...result, status: TestStatus.Failed, failureMessage: failure };
}
