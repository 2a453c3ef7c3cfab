import {
  addOutputOptions,
  CommandError,
  exitCodes,
  type OutputOptions,
  painter,
  UsageError,
  withCluster,
} from '@grayscale/command-line';
import {
  compileManifests,
  findDocument,
  issueLine,
  type ManifestIssue,
  type ManifestSet,
  replaceFile,
} from '@grayscale/manifest-files';
import type { TargetKind } from '@grayscale/release';
import { RunMarker } from '@grayscale/release-loop';
import type { Client } from '@grayscale/traffic-rules';
import { Command } from 'commander';
import { affected } from '../weight/affected.js';
import { chooseSplit, splitsNamed } from '../weight/choose-split.js';
import { clientFor, describeClient, noFollowers } from '../weight/client-for.js';
import { fileDiff } from '../weight/file-diff.js';
import {
  changeJson,
  changeText,
  sameWeights,
  splitsJson,
  splitsText,
  type WeightChange,
  weightsOf,
} from '../weight/report.js';
import type { Split } from '../weight/split.js';
import { weightsForShare, weightsSetTo } from '../weight/wanted-weights.js';
import { addRulesOptions, type RulesOptions } from './manifest-options.js';
import { readRules } from './read-rules.js';

const ruleHelp =
  '[NAMESPACE/]NAME[:RULE-NAME|#INDEX] of a VirtualService, HTTPRoute or GRPCRoute; the last part only where several rules split';

/** `grayscale weight`: the weights of splits, read and set in the files where they are written. */
export function weightCommand(): Command {
  const command = new Command('weight').description('Reads and sets the weights of rules in files.');
  for (const inner of [getCommand(), setCommand()]) command.addCommand(inner);
  return command;
}

function getCommand(): Command {
  return addOutputOptions(addRulesOptions(new Command('get')), ['text', 'json'])
    .description('Shows every rule with two or more destinations, with their weights and exact shares.')
    .argument('[rule]', ruleHelp)
    .action(async (rule: string | undefined, options: RulesOptions & OutputOptions<'text' | 'json'>) => {
      const { set, namespace } = await readRules(options);
      reportUnread(set);
      const splits = splitsNamed(set, rule, namespace && (options.namespace ?? namespace));
      process.stdout.write(
        options.output === 'json' ? splitsJson(splits) : splitsText(splits, painter(options)),
      );
    });
}

interface SetOptions extends RulesOptions, OutputOptions<'text' | 'diff' | 'json'> {
  to?: string;
  dryRun?: boolean;
}

function setCommand(): Command {
  return addOutputOptions(addRulesOptions(new Command('set')), ['text', 'diff', 'json'])
    .description(
      'Sets weights in the file that has them, and changes no other byte of it; or in a cluster, in one patch. Exit status 65 when that is not possible, 75 when the rule changes meanwhile, 77 when it is forbidden.',
    )
    .argument('<rule>', ruleHelp)
    .argument('[weights...]', 'HOST=WEIGHT; a host may be shortened to labels that only one has')
    .option('--to <host=percent>', 'the share of one destination; the others share the rest as before')
    .option(
      '--dry-run',
      'write nothing, show what would be written; a cluster is asked whether it would accept it',
    )
    .action(async (rule: string, assignments: string[], options: SetOptions) => {
      if ((options.to === undefined) === (assignments.length === 0))
        throw new UsageError('write HOST=WEIGHT for some destinations, or --to HOST=PERCENT for one.');
      await changeWeights(rule, assignments, options);
    });
}

async function changeWeights(rule: string, assignments: string[], options: SetOptions): Promise<void> {
  const { set, namespace } = await readRules(options);
  reportUnread(set);
  const split = chooseSplit(set, rule, namespace && (options.namespace ?? namespace));
  const weights =
    options.to === undefined ? weightsSetTo(split, assignments) : weightsForShare(split, options.to);
  const change = { split, weights };
  const text = editedText(set, split, weights);
  const isChanged = !sameWeights(weightsOf(split), weights) || text !== split.document.file.text;
  const concerned = whoIsAffected(set, split, text, clientFor(split, options, namespace));
  const written = isChanged && options.dryRun !== true;
  if (options.cluster && isChanged) await writeToCluster(change, options);
  else if (written) await writeToFile(split, text);
  if (options.output === 'json') process.stdout.write(changeJson(change, { affected: concerned, written }));
  else if (options.output === 'diff') process.stdout.write(await diff(split, text));
  else process.stdout.write(changeText(change, concerned, painter(options)) + closing(change, options));
}

function closing({ split, weights }: WeightChange, { cluster, dryRun }: SetOptions): string {
  const { path } = split.document.file;
  if (sameWeights(weightsOf(split), weights)) return `${path} has these weights already.\n`;
  if (!dryRun) return `${path} is written.\n`;
  return `Nothing is written (--dry-run)${cluster ? '; the API server would take it' : ''}.\n`;
}

/** The file's new text. @throws CommandError when it cannot be edited safely */
function editedText(set: ManifestSet, split: Split, weights: readonly number[]): string {
  const found = findDocument(set, split.document.identity);
  const edited =
    'issues' in found
      ? found
      : found.document.edit([{ kind: 'set-weights', rule: split.rule, weights: [...weights] }]);
  if ('issues' in edited) refuseFor(edited.issues);
  return 'text' in edited ? edited.text : '';
}

async function writeToFile({ document: { file, identity } }: Split, text: string): Promise<void> {
  const plan = await RunMarker.running(file.path, identity);
  if (plan !== undefined) {
    throw new CommandError(
      exitCodes.heldByAnother,
      `${file.path} is under release by ${plan}; nothing is written. Control that release instead: grayscale promote, abort or undo ${plan}.`,
    );
  }
  const issue = await replaceFile(file.path, file.text, text);
  refuseFor(issue === undefined ? [] : [issue]);
}

async function writeToCluster({ split, weights }: WeightChange, options: SetOptions): Promise<void> {
  const { file, identity, rules } = split.document;
  const seen = rules[split.rule] ?? {};
  const object = { ...identity, kind: identity.kind as TargetKind };
  const wanted = { object, rule: split.rule, seen, weights };
  const outcome = await withCluster(options, async ({ client }) => {
    const { setWeights } = await import('@grayscale/release-cluster');
    return await setWeights(client, wanted, { dryRun: options.dryRun === true });
  });
  if (outcome.kind === 'held')
    throw new CommandError(
      exitCodes.heldByAnother,
      `${file.path} is under release by ${outcome.by}; nothing is written. Control that release instead: grayscale promote, abort or undo.`,
    );
  if (outcome.kind === 'changed')
    throw new CommandError(
      exitCodes.heldByAnother,
      `${file.path} was changed by somebody else in this moment; nothing is written. Run the command again.`,
    );
}

/** Checks the rules as they are to be, and asks the engine. @throws CommandError when the change makes a mistake */
function whoIsAffected(set: ManifestSet, split: Split, text: string, client: Client): string[] {
  const { path } = split.document.file;
  const files = set.files.map((one) => (one.path === path ? { ...one, text } : one));
  // What the documents do together is at most warned of, and takes longest to find.
  const { table, issues, workload } = compileManifests({ ...set, files }, client);
  refuseFor(newErrors(issues, () => compileManifests(set, client).issues));
  if (table !== undefined && workload !== undefined)
    return affected(split, { table, who: describeClient(client, workload) }).map(({ sentence }) => sentence);
  return [noFollowers(client, issues)];
}

/** Errors that were not there before; what was is looked at only where there are any. */
function newErrors(
  issues: readonly ManifestIssue[],
  before: () => readonly ManifestIssue[],
): ManifestIssue[] {
  const errors = issues.filter(({ severity }) => severity === 'error');
  if (errors.length === 0) return [];
  const known = new Set(before().map(issueLine));
  return errors.filter((issue) => !known.has(issueLine(issue)));
}

/** @throws CommandError if there is any reason not to write */
function refuseFor(reasons: readonly ManifestIssue[]): void {
  const [first] = reasons;
  if (first === undefined) return;
  throw new CommandError(exitCodeOf(first), `nothing is written:\n${reasons.map(issueLine).join('\n')}`);
}

function exitCodeOf({ code }: ManifestIssue) {
  if (code === 'edit-conflict') return exitCodes.heldByAnother;
  return code === 'file-not-writable' ? exitCodes.forbidden : exitCodes.invalidInput;
}

async function diff({ document: { file } }: Split, text: string): Promise<string> {
  if (file.kind !== 'object') return await fileDiff(file.path, file.text, text);
  // As one would write it: its text is JSON.
  const { objectYaml } = await import('@grayscale/release-cluster');
  return await fileDiff(
    file.path,
    ...([file.text, text].map((json) => objectYaml(JSON.parse(json))) as [string, string]),
  );
}

/** What could not be read is said, and the rest is worked on. */
function reportUnread({ issues, files }: ManifestSet): void {
  const errors = issues.filter(({ severity }) => severity === 'error');
  process.stderr.write(errors.map((issue) => `${issueLine(issue)}\n`).join(''));
  if (files.length === 0) throw new CommandError(exitCodes.invalidInput, 'nothing could be read.');
}
