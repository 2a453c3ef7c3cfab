import { addOutputOptions, exitCodes, gather, type OutputOptions, UsageError } from '@grayscale/command-line';
import { issueLine, type ManifestIssue } from '@grayscale/manifest-files';
import {
  connectionFromUrl,
  type Explanation,
  explain,
  explainConnection,
  type RouteTable,
  renderExplanation,
  requestFromUrl,
  toJson,
} from '@grayscale/traffic-rules';
import { Command } from 'commander';
import { addRulesOptions, type RulesOptions } from './manifest-options.js';
import { soundRules } from './read-rules.js';

interface ExplainOptions extends RulesOptions, OutputOptions<'text' | 'json'> {
  request: string;
  header?: string[];
}

/** `grayscale explain`: what becomes of one request, and why. */
export function explainCommand(finish: (code: number) => void): Command {
  return addOutputOptions(addRulesOptions(new Command('explain')), ['text', 'json'])
    .description(
      'Shows which rule a request matches, where it goes with which share, and why each rule before it did not apply.',
    )
    .argument('<url>', 'for instance http://hello.com/hello, tls://hello.com or tcp://db:5432')
    .option('-X, --request <method>', 'HTTP method', 'GET')
    .option('-H, --header <header>', "'name: value'; repeatable", gather)
    .action(async (url: string, options: ExplainOptions) => {
      const asked = asUsage(() => questionOf(url, options));
      const manifests = await soundRules(options);
      if (manifests === undefined) return finish(exitCodes.found);
      const explanation = asked(manifests.table);
      const answer = options.output === 'json' ? toJson(explanation, 2) : renderExplanation(explanation);
      process.stdout.write(answer.endsWith('\n') ? answer : `${answer}\n`);
      if (options.output === 'text') process.stdout.write(warningsOn(explanation, manifests.issues));
    });
}

/** What check says of the documents that decide. */
function warningsOn({ decision }: Explanation, issues: readonly ManifestIssue[]): string {
  const { resource, rule } = decision.because;
  const names = [resource, rule?.delegate].map((one) => one && `${one.kind} ${one.namespace}/${one.name}`);
  const lines = issues
    .filter((issue) => issue.severity === 'warning' && names.includes(issue.resource))
    .map((issue) => `  ${issueLine(issue)}\n`);
  return lines.length === 0 ? '' : `\nWarnings:\n${lines.join('')}`;
}

/** What is asked of the table: about a connection for `tcp://` and `tls://`, else about a request. */
function questionOf(
  url: string,
  { request: method, header: headers = [] }: ExplainOptions,
): (table: RouteTable) => Explanation {
  const connection = connectionFromUrl(url);
  if (connection !== undefined) return (table) => explainConnection(table, connection);
  const request = requestFromUrl({ url, method, headers });
  return (table) => explain(table, request);
}

function asUsage<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (error instanceof RangeError) throw new UsageError(error.message);
    throw error;
  }
}
