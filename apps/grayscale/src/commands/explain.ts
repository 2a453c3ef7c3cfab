import {
  explain,
  type RouteRequest,
  renderExplanation,
  requestFromUrl,
  toJson,
} from '@grayscale/traffic-rules';
import { Command, Option } from 'commander';
import { exitCodes, UsageError } from '../exit-codes.js';
import { addManifestOptions, gather, type ManifestOptions, soundManifests } from './manifest-options.js';

interface ExplainOptions extends ManifestOptions {
  request: string;
  header?: string[];
  output: 'text' | 'json';
}

/** `grayscale explain`: what becomes of one request, and why. */
export function explainCommand(finish: (code: number) => void): Command {
  return addManifestOptions(new Command('explain'))
    .description(
      'Says which rule a request takes, where it goes with which share, and why each rule before it was passed over.',
    )
    .argument('<url>', 'for instance http://hello.com/hello')
    .option('-X, --request <method>', 'HTTP method', 'GET')
    .option('-H, --header <header>', "'name: value'; repeatable", gather)
    .addOption(
      new Option('-o, --output <form>', 'form of the answer').choices(['text', 'json']).default('text'),
    )
    .action(async (url: string, options: ExplainOptions) => {
      const request = requestOf(url, options);
      const manifests = await soundManifests(options);
      if (manifests === undefined) return finish(exitCodes.errorsFound);
      const explanation = explain(manifests.table, request);
      const answer = options.output === 'json' ? toJson(explanation, 2) : renderExplanation(explanation);
      process.stdout.write(answer.endsWith('\n') ? answer : `${answer}\n`);
    });
}

function requestOf(url: string, { request: method, header: headers = [] }: ExplainOptions): RouteRequest {
  try {
    return requestFromUrl({ url, method, headers });
  } catch (error) {
    if (error instanceof RangeError) throw new UsageError(error.message);
    throw error;
  }
}
