import { addOutputOptions, type OutputOptions } from '@grayscale/command-line';
import type { JournalEntry } from '@grayscale/release';
import { Command } from 'commander';
import { eventLine, eventObject } from '../release/event-line.js';
import { addReleaseOptions, planArgument, withRelease } from '../release/named-release.js';
import type { ReleaseOptions } from '../release/release-use.js';

interface HistoryOptions extends ReleaseOptions, OutputOptions<'text' | 'json'> {}

/** `grayscale history`: every decision of a plan's runs. */
export function historyCommand(): Command {
  const command = new Command('history')
    .description('Lists every decision of all runs of a plan, with its figures.')
    .argument('<plan>', planArgument);
  addReleaseOptions(command, 'the release is in a cluster, which keeps its last decisions');
  return addOutputOptions(command, ['text', 'json'], 'json is one object a line').action(
    async (named: string, options: HistoryOptions) => {
      await withRelease(named, options, { for: 'look' }, async ({ release }) => {
        const entries = await release.journal();
        const { namespace, name } = release.plan;
        const lines = options.output === 'json' ? objects(entries, `${namespace}/${name}`) : texts(entries);
        process.stdout.write(lines.map((line) => `${line}\n`).join(''));
      });
    },
  );
}

function objects(entries: readonly JournalEntry[], release: string): string[] {
  const news = entries.filter(({ op, message }) => op !== 'observe' || message !== undefined);
  return news.map((entry) => JSON.stringify(eventObject(release, entry)));
}

function texts(entries: readonly JournalEntry[]): string[] {
  if (entries.length === 0) return ['never started'];
  let run = 0;
  return entries.flatMap((entry) => {
    const heading =
      entry.run === run ? [] : [`run ${entry.run}, ${new Date(entry.at).toLocaleDateString('en-CA')}`];
    run = entry.run;
    const line = eventLine(entry);
    return [...heading, ...(line === undefined ? [] : [`  ${line}`])];
  });
}
