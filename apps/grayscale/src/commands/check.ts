import {
  addOutputOptions,
  clientOf,
  exitCodes,
  type OutputOptions,
  UsageError,
} from '@grayscale/command-line';
import {
  checkManifests,
  explainIssueCode,
  issueCatalogue,
  issueLine,
  type ManifestIssue,
  type ManifestSet,
} from '@grayscale/manifest-files';
import { Command, CommanderError } from 'commander';
import { forwardedHeaders } from './forwarded-headers.js';
import { addRulesOptions, type RulesOptions } from './manifest-options.js';
import { readRules } from './read-rules.js';

interface CheckOptions extends RulesOptions, OutputOptions<'text' | 'json'> {
  forwardedHeaders?: string;
}

/** `grayscale check`: everything that is wrong with a set of manifests. */
export function checkCommand(finish: (code: number) => void): Command {
  const command = addRulesOptions(new Command('check'));
  return addOutputOptions(command, ['text', 'json'], 'json is the list of issues, each with who refuses it')
    .description(
      'Finds what would be refused, and what would be accepted but would not do what it seems to. Exit status 79 when there are errors.',
    )
    .option(
      '--forwarded-headers <names>',
      "headers that the calling service passes on, or a JSON file of header-propagation's rules; warns of rules on others",
    )
    .option('--explain <code>', 'explain the code of an issue, and exit')
    .on('option:explain', explainCode)
    .action(async (options: CheckOptions) => {
      const { set, namespace } = await readRules(options);
      const { issues } = checkManifests(set, clientOf(options, namespace), {
        everyGateway: options.gateway === undefined,
        assumeServices: options.assumeServices === true,
        ...(options.forwardedHeaders !== undefined && {
          forwardedHeaders: await forwardedHeaders(options.forwardedHeaders),
        }),
      });
      process.stdout.write(options.output === 'json' ? json(issues) : text(issues, counted(set)));
      finish(issues.some(({ severity }) => severity === 'error') ? exitCodes.found : exitCodes.done);
    });
}

/** Like --help, it needs none of the options that are required otherwise. */
function explainCode(code: string): never {
  const explanation = explainIssueCode(code);
  if (explanation === undefined)
    throw new UsageError(
      `there is no issue with the code ${JSON.stringify(code)}; docs/issues.md lists all of them.`,
    );
  process.stdout.write(explanation);
  throw new CommanderError(exitCodes.done, 'grayscale.explained', '');
}

function json(issues: readonly ManifestIssue[]): string {
  const list = issues.map((issue) => ({ ...issue, refusedBy: issueCatalogue[issue.code].refusedBy }));
  return `${JSON.stringify(list, null, 2)}\n`;
}

function counted({ files }: ManifestSet): string {
  const [noun] = files.map(({ kind = 'file' }) => kind);
  return `${files.length} ${noun ?? 'file'}${files.length === 1 ? '' : 's'}`;
}

function text(issues: readonly ManifestIssue[], source: string): string {
  const sorted = issues.toSorted((a, b) => compare(a.file, b.file) || a.line - b.line || a.column - b.column);
  const counts = (['error', 'warning'] as const).map((severity) => {
    const count = issues.filter((issue) => issue.severity === severity).length;
    return `${count} ${severity}${count === 1 ? '' : 's'}`;
  });
  const summary = `${counts.join(', ')} in ${source}`;
  return [...sorted.map(issueLine), summary].map((line) => `${line}\n`).join('');
}

function compare(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}
