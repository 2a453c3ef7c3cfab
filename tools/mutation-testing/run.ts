// npm run test:mutation -- [PROJECT...] [--size 400] [--seed 1] [--concurrency 1] [--mutate GLOB...] [--tests GLOB...]: changes one place of
// the sources at a time and runs the tests that come by there. Prints the share of changes that a test noticed, and the changes that none did.
// See docs/mutation-testing.md.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import type { Mutant, MutantResult, PartialStrykerOptions } from '@stryker-mutator/api/core';
import { Stryker } from '@stryker-mutator/core';
import { countedFromZero } from './mutant-result.ts';
import { mutantsOf } from './mutants.ts';
import { type MutatedProject, projects } from './projects.ts';
import { rank } from './sample.ts';
import { scoreOf } from './score.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    size: { type: 'string', default: '400' },
    seed: { type: 'string', default: '1' },
    concurrency: { type: 'string', default: '1' },
    mutate: { type: 'string', multiple: true },
    tests: { type: 'string', multiple: true },
  },
});
const [size, seed, concurrency] = [values.size, values.seed, values.concurrency].map(Number) as [
  number,
  number,
  number,
];

/** A project, what it is asked of, and each of its mutants. */
interface Area {
  name: string;
  tests: string[];
  mutants: readonly Mutant[];
}

async function areaOf(name: string): Promise<Area> {
  const project = projects[name];
  if (project === undefined) throw new Error(`${name} is not one of ${Object.keys(projects).join(', ')}`);
  const { tests, mutate } = narrowed(project);
  return { name, tests, mutants: await mutantsOf(mutate) };
}

/** As many mutants as asked for are below this fraction, of all areas together: each has its share of them. */
function fractionOf(areas: Area[]): number {
  const ranks = areas.flatMap(({ mutants }) => mutants.map((mutant) => rank(seed, mutant)));
  return ranks.sort((a, b) => a - b)[size] ?? 1;
}

function rangeOf({ fileName, location: { start, end } }: Mutant): string {
  return `${fileName}:${start.line + 1}:${start.column}-${end.line + 1}:${end.column}`;
}

/** A project's files and tests, or a part of them that the command line names while one writes tests. */
function narrowed({ mutate, tests }: MutatedProject): MutatedProject {
  const exclusions = mutate.filter((glob) => glob.startsWith('!'));
  return {
    mutate: values.mutate === undefined ? mutate : [...values.mutate, ...exclusions],
    tests: values.tests ?? tests,
  };
}

const resultsOf = (name: string) => `artifacts/mutation-testing/${name}.json`;

function optionsFor(name: string, tests: string[], mutate: string[], fraction: number) {
  return {
    mutate,
    testRunner: 'warm',
    // TypeScript 7 has no API in JavaScript, and Stryker would read a tsconfig.json by it: it lets one alone that is not there.
    tsconfigFile: 'no-tsconfig.json',
    testRunnerNodeArgs: [
      `--import=${join(import.meta.dirname, 'source-hooks.ts')}`,
      '--conditions=@grayscale/source',
      '--no-warnings',
    ],
    plugins: [join(import.meta.dirname, 'sample-plugin.ts')],
    checkers: ['sample'],
    sample: { seed, fraction },
    specs: { globs: tests },
    coverageAnalysis: 'perTest',
    ignoreStatic: true,
    incremental: true,
    incrementalFile: resultsOf(name),
    // Beside the tree, so that no lint and no test finds a second copy of everything.
    tempDirName: join(tmpdir(), 'grayscale-mutation-testing'),
    ignorePatterns: ['artifacts', 'bench', '.nx', 'apps/hello-page', 'apps/hello-1', 'apps/hello-2'],
    concurrency,
    // An endless loop is noticed by how often it comes by the place, a test that waits by its own limit. This is for what hangs otherwise.
    timeoutMS: 300_000,
    timeoutFactor: 4,
    dryRunTimeoutMinutes: 60,
    reporters: ['sample'],
  } as PartialStrykerOptions;
}

/**
 * Forgets results of an earlier run that say nothing about the next one: of mutants outside of its sample, those by time or by coverage, which
 * is found anew, and after a part of the tests those that it did not notice.
 */
function keepResults(file: string, kept: ReadonlySet<string>): void {
  if (!existsSync(file)) return;
  const report = JSON.parse(readFileSync(file, 'utf8')) as {
    files: Record<string, { mutants: MutantResult[] }>;
  };
  for (const one of Object.values(report.files))
    one.mutants = one.mutants.filter(({ status }) => kept.has(status));
  writeFileSync(file, JSON.stringify(report));
}

async function test({ name, tests, mutants }: Area, fraction: number): Promise<MutantResult[]> {
  const mutate = mutants.filter((mutant) => rank(seed, mutant) < fraction).map(rangeOf);
  if (mutate.length === 0) return [];
  const options = optionsFor(name, tests, mutate, fraction);
  keepResults(resultsOf(name), new Set(['Killed', 'Survived']));
  const results = (await new Stryker(options).runMutationTest()).map(countedFromZero);
  if (values.tests !== undefined) keepResults(resultsOf(name), new Set(['Killed']));
  // Stryker reports results of other files, too, that an earlier run has kept.
  const files = new Set(mutants.map(({ fileName }) => resolve(fileName)));
  return results.filter((result) => files.has(resolve(result.fileName)) && rank(seed, result) < fraction);
}

function printScore(name: string, sample: MutantResult[], total: number): void {
  const { killed, of, interval } = scoreOf(sample);
  const [low, high] = interval.map((share) => (100 * share).toFixed(1));
  console.log(
    `${name}: ${killed} of ${of} killed, ${((100 * killed) / of).toFixed(1)} % (95 % interval ${low} to ${high}); ` +
      `${sample.length} of ${total} mutants by seed ${seed}, ${sample.length - of} of them not to be run`,
  );
}

const areas = await Promise.all((positionals.length > 0 ? positionals : Object.keys(projects)).map(areaOf));
const fraction = fractionOf(areas);
const all: MutantResult[] = [];
for (const area of areas) {
  const sample = await test(area, fraction);
  printScore(area.name, sample, area.mutants.length);
  all.push(...sample);
}
if (areas.length > 1)
  printScore(
    'together',
    all,
    areas.reduce((total, { mutants }) => total + mutants.length, 0),
  );
