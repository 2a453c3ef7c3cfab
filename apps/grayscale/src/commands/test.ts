import { addOutputOptions, exitCodes, type OutputOptions, UsageError } from '@grayscale/command-line';
import { readManifests } from '@grayscale/manifest-files';
import { Command } from 'commander';
import { MalformedCases } from '../cases/case-reader.js';
import { parseCases } from '../cases/cases-file.js';
import { runCase } from '../cases/run-case.js';
import { WrittenRules } from '../cases/written-rules.js';
import { junitReport } from '../reports/junit-report.js';
import { textReport } from '../reports/text-report.js';
import { addRulesOptions, type RulesOptions } from './manifest-options.js';
import { soundRules } from './read-rules.js';

type TestOptions = RulesOptions & OutputOptions<'text' | 'junit'>;

/** `grayscale test`: cases of requests and where they are to go, for CI. */
export function testCommand(finish: (code: number) => void): Command {
  return addOutputOptions(addRulesOptions(new Command('test')), ['text', 'junit'], 'form of the report')
    .description(
      "Runs test cases, in istio-config-validator's format, against the rules. Exit status 79 when one fails.",
    )
    .argument('<cases>', 'file of test cases')
    .action(async (casesFile: string, options: TestOptions) => {
      const cases = asUsage(parseCases)(await textOf(casesFile), casesFile);
      const manifests = await soundRules(options);
      if (manifests === undefined) return finish(exitCodes.found);
      const written = new WrittenRules(manifests.files);
      const results = cases.map((one) => asUsage(runCase)(one, manifests.table, written));
      process.stdout.write(
        options.output === 'junit' ? junitReport(results, casesFile) : textReport(results),
      );
      finish(results.some(({ failures }) => failures.length > 0) ? exitCodes.found : exitCodes.done);
    });
}

async function textOf(casesFile: string): Promise<string> {
  const { files, issues } = await readManifests([casesFile]);
  const [file, second] = files;
  if (issues[0] !== undefined) throw new UsageError(issues[0].message);
  if (file === undefined || second !== undefined)
    throw new UsageError(`${casesFile} must be one file of test cases.`);
  return file.text;
}

/** A malformed file of cases is a wrong use of the command. */
function asUsage<A extends unknown[], R>(work: (...args: A) => R): (...args: A) => R {
  return (...args) => {
    try {
      return work(...args);
    } catch (error) {
      if (error instanceof MalformedCases) throw new UsageError(error.message);
      throw error;
    }
  };
}
