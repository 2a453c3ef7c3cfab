import { setTimeout as after } from 'node:timers/promises';
import {
  addOutputOptions,
  CommandError,
  duration,
  exitCodes,
  namespace as namespaceName,
  type OutputOptions,
  UsageError,
} from '@grayscale/command-line';
import { count, percentText, planApiVersion } from '@grayscale/release';
import { placeText } from '@grayscale/traffic-rules';
import { Command, Option } from 'commander';
import { addCountOptions, type CountOptions, countSource } from '../release/count-options.js';
import { type ObservedShare, ObservedSplit } from '../release/observed-split.js';
import { splitsNamed } from '../weight/choose-split.js';
import { ruleText, type Split } from '../weight/split.js';
import { addSourceOptions, type SourceOptions } from './manifest-options.js';
import { readRules } from './read-rules.js';

interface VerifyOptions extends SourceOptions, CountOptions, OutputOptions<'text' | 'json'> {
  namespace?: string;
  for: number;
}

/** `grayscale verify`: whether the split that is written is the split that happens. */
export function verifyCommand(finish: (code: number) => void): Command {
  const command = new Command('verify')
    .description(
      'Counts requests and compares their shares with the weights of a rule. Exit status 79 when they differ, 83 when there were no requests.',
    )
    .argument(
      '[rule]',
      '[NAMESPACE/]NAME[:RULE-NAME|#INDEX] of a VirtualService or route; needed only where several rules split',
    )
    .option(
      '-n, --namespace <name>',
      "namespace of the rule; with --cluster the context's without it",
      namespaceName,
    );
  return addOutputOptions(addCountOptions(addSourceOptions(command)), ['text', 'json'])
    .addOption(new Option('--for <duration>', 'how long to count').argParser(duration).default(30_000, '30s'))
    .action(async (rule: string | undefined, options: VerifyOptions) => {
      const split = await splitNamed(rule, options);
      const shares = await observe(split, options);
      process.stdout.write(options.output === 'json' ? json(split, shares) : text(split, shares));
      if (shares.every(({ of }) => of === 0)) return finish(exitCodes.stillWaiting);
      if (shares.some(({ differs }) => differs)) finish(exitCodes.found);
    });
}

async function splitNamed(rule: string | undefined, options: VerifyOptions): Promise<Split> {
  const { set, namespace } = await readRules(options);
  const splits = splitsNamed(set, rule, options.namespace ?? namespace);
  const [only, second] = splits;
  if (only !== undefined && second === undefined) return only;
  throw new UsageError(
    only === undefined
      ? 'no rule here has two or more destinations.'
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
    ? 'The written split is not the one that happens: another rule may decide, or these rules are not in force where the requests come from.'
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
