import {
  addOutputOptions,
  CommandError,
  exitCodes,
  type OutputOptions,
  requireSource,
} from '@grayscale/command-line';
import { HeaderPropagationError, type MatchedHeader } from '@grayscale/header-propagation';
import { fromManifestSet, fromManifests } from '@grayscale/header-propagation/manifests';
import { Command } from 'commander';
import { addSourceOptions, type SourceOptions } from './manifest-options.js';
import { readRules } from './read-rules.js';

type HeadersOptions = SourceOptions & OutputOptions<'json' | 'text'>;

/** `grayscale headers`: what applications have to send on for the rules to hold behind them. */
export function headersCommand(): Command {
  return addOutputOptions(
    addSourceOptions(new Command('headers')),
    ['json', 'text'],
    'json is a list of rules for header-propagation, and what check --forwarded-headers reads',
  )
    .description(
      'Lists the headers that the rules match on, with their places: what every service on the way has to forward.',
    )
    .action(async (options: HeadersOptions) => {
      const headers = await matchedHeaders(options);
      process.stdout.write(options.output === 'json' ? json(headers) : text(headers));
    });
}

async function matchedHeaders(options: HeadersOptions): Promise<MatchedHeader[]> {
  try {
    if (options.cluster) return fromManifestSet((await readRules(options)).set);
    requireSource(options);
    return await fromManifests(...(options.filename ?? []));
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
