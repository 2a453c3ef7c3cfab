import {
  addOutputOptions,
  CommandError,
  exitCodes,
  gather,
  type OutputOptions,
} from '@grayscale/command-line';
import { HeaderPropagationError, type MatchedHeader } from '@grayscale/header-propagation';
import { fromManifests } from '@grayscale/header-propagation/manifests';
import { Command } from 'commander';

interface HeadersOptions extends OutputOptions<'json' | 'text'> {
  filename: string[];
}

/** `grayscale headers`: what applications have to send on for the rules to hold behind them. */
export function headersCommand(): Command {
  return addOutputOptions(
    new Command('headers').requiredOption(
      '-f, --filename <path>',
      'file, folder, kustomization or - (standard input) with rules; repeatable',
      gather,
    ),
    ['json', 'text'],
    'json is a list of rules for header-propagation, and what check --forwarded-headers reads',
  )
    .description(
      'Lists the headers that the rules match on, with the places: what every service on the way has to send on.',
    )
    .action(async (options: HeadersOptions) => {
      const headers = await matchedHeaders(options.filename);
      process.stdout.write(options.output === 'json' ? json(headers) : text(headers));
    });
}

async function matchedHeaders(paths: readonly string[]): Promise<MatchedHeader[]> {
  try {
    return await fromManifests(...paths);
  } catch (error) {
    if (!(error instanceof HeaderPropagationError)) throw error;
    throw new CommandError(exitCodes.found, error.message.replace(/^fromManifests: /, ''));
  }
}

function json(headers: readonly MatchedHeader[]): string {
  return `${JSON.stringify(headers, null, 2)}\n`;
}

function text(headers: readonly MatchedHeader[]): string {
  const width = Math.max(0, ...headers.map(({ header }) => header.length));
  return headers.map(({ header, place }) => `${header.padEnd(width)}  ${place}\n`).join('');
}
