import { setTimeout as after } from 'node:timers/promises';
import {
  addOutputOptions,
  CommandError,
  duration,
  exitCodes,
  gather,
  type OutputOptions,
} from '@grayscale/command-line';
import { readManifests } from '@grayscale/manifest-files';
import { count, percentText, planApiVersion } from '@grayscale/release';
import { placeText } from '@grayscale/traffic-rules';
import { Command, Option } from 'commander';
import { addCountOptions, type CountOptions, countSource } from '../release/count-options.js';
import { type ObservedShare, ObservedSplit } from '../release/observed-split.js';
import { chooseSplit } from '../weight/choose-split.js';
import { ruleText, type Split, splitsIn } from '../weight/split.js';

interface VerifyOptions extends CountOptions, OutputOptions<'text' | 'json'> {
  filename: string[];
  for: number;
}

/** `grayscale verify`: is the split that is written the split that happens. */
export function verifyCommand(finish: (code: number) => void): Command {
  const command = new Command('verify')
    .description(
      'Counts requests and compares their shares with the weights of a rule. Exit status 79 when they differ, 83 when there were no requests.',
    )
    .argument(
      '[rule]',
      '[NAMESPACE/]VIRTUALSERVICE[:RULE-NAME|#INDEX]; needed only where several rules split',
    )
    .requiredOption(
      '-f, --filename <path>',
      'file, folder or kustomization that has the rule; repeatable',
      gather,
    );
  return addOutputOptions(addCountOptions(command), ['text', 'json'])
    .addOption(new Option('--for <duration>', 'how long to count').argParser(duration).default(30_000, '30s'))
    .action(async (rule: string | undefined, options: VerifyOptions) => {
      const split = await splitNamed(rule, options.filename);
      const shares = await observe(split, options);
      process.stdout.write(options.output === 'json' ? json(split, shares) : text(split, shares));
      if (shares.every(({ of }) => of === 0)) return finish(exitCodes.stillWaiting);
      if (shares.some(({ differs }) => differs)) finish(exitCodes.found);
    });
}

async function splitNamed(rule: string | undefined, filenames: readonly string[]): Promise<Split> {
  const splits = splitsIn(await readManifests(filenames));
  if (rule !== undefined) return chooseSplit(splits, rule);
  const [only, second] = splits;
  if (only !== undefined && second === undefined) return only;
  throw new CommandError(
    exitCodes.wrongUsage,
    only === undefined
      ? 'no rule in these files has two or more destinations.'
      : `several rules split; name one of ${splits.map(ruleText).join(', ')}.`,
  );
}

/** Looks until the time is over, or until a share is certainly another one. */
async function observe(split: Split, options: VerifyOptions): Promise<ObservedShare[]> {
  const observed = new ObservedSplit(split, countSource(options));
  const until = performance.now() + options.for;
  for (;;) {
    const problem = await observed.look();
    const isOver = performance.now() >= until;
    if (problem !== undefined && isOver) throw new CommandError(exitCodes.unreachable, `${problem}.`);
    const shares = observed.shares();
    if (isOver || shares.some(({ differs }) => differs)) return shares;
    await after(Math.min(options.interval, Math.max(0, until - performance.now())));
  }
}

function text(split: Split, shares: readonly ObservedShare[]): string {
  const total = shares[0]?.of ?? 0;
  const verdict = shares.some(({ differs }) => differs)
    ? 'The written split is not the one that happens: another rule may decide, or these files are not in force.'
    : 'The written split is in force.';
  const lines = [
    `${ruleText(split)}  ${placeText(split.place)}`,
    ...shares.map(({ destination, written, share, low, high, differs }) =>
      total === 0
        ? `  ${destination}  ${percentText(written)} written`
        : `  ${destination}  ${percentText(written)} written, ${percentText(share)} observed (${percentText(low).replace(' %', '')}-${percentText(high)})${differs ? ': differs' : ''}`,
    ),
    total === 0
      ? 'No request was counted; send some, or count for longer (--for).'
      : `${verdict} ${count(total)} requests were counted.`,
  ];
  return lines.map((line) => `${line}\n`).join('');
}

function json(split: Split, shares: readonly ObservedShare[]): string {
  const verification = {
    apiVersion: planApiVersion,
    kind: 'SplitVerification',
    rule: ruleText(split),
    shares,
  };
  return `${JSON.stringify(verification, null, 2)}\n`;
}
