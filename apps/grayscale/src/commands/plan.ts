import {
  addOutputOptions,
  CommandError,
  exitCodes,
  type OutputOptions,
  requireSource,
} from '@grayscale/command-line';
import {
  durationText,
  estimatePlan,
  type Plan,
  percentText,
  planApiVersion,
  planSchema,
  requestsOfStep,
} from '@grayscale/release';
import type { KeptRelease, Preview, PreviewedStep } from '@grayscale/release-loop';
import { Command, InvalidArgumentError } from 'commander';
import { addFilenameOption, addReleaseOptions, planArgument, withRelease } from '../release/named-release.js';
import { planProblems } from '../release/plan-problems.js';
import type { ReleaseOptions } from '../release/release-use.js';
import { fileDiff } from '../weight/file-diff.js';
import { readRules } from './read-rules.js';

interface CheckOptions extends ReleaseOptions, OutputOptions<'text' | 'json'> {
  rate?: number;
}

/** `grayscale plan`: a plan before it is carried out. */
export function planCommand(finish: (code: number) => void): Command {
  const command = new Command('plan').description('Checks plans of releases.');
  for (const inner of [checkCommand(finish), schemaCommand()]) command.addCommand(inner);
  return command;
}

function schemaCommand(): Command {
  return new Command('schema').description('Prints the JSON Schema of a plan, for editors.').action(() => {
    process.stdout.write(`${JSON.stringify(planSchema(), null, 2)}\n`);
  });
}

function checkCommand(finish: (code: number) => void): Command {
  const command = new Command('check')
    .description(
      "Validates a plan and shows each step's change of the rules. Exit status 65 when the plan is not valid, 79 when it would not work on these rules.",
    )
    .argument('<plan>', planArgument);
  addFilenameOption(command, 'file, folder or kustomization that has the rule; repeatable');
  addReleaseOptions(command, 'the rules of a cluster, which is asked whether it would take each step');
  return addOutputOptions(command, ['text', 'json'])
    .option('--rate <requests>', 'requests a second of the rule, for how long each step takes', rate)
    .action(async (named: string, options: CheckOptions) => {
      requireSource(options);
      finish(
        await withRelease(named, options, { for: 'start' }, ({ name, release }) =>
          check(name, release, options),
        ),
      );
    });
}

async function check(name: string, release: KeptRelease, options: CheckOptions): Promise<number> {
  const { plan } = release;
  const previewed = await release.preview(Date.now());
  if (previewed.kind === 'impossible') {
    throw new CommandError(
      exitCodes.found,
      [`${name} cannot be carried out`, ...previewed.messages].join('\n'),
    );
  }
  const { set } = await readRules(options);
  const problems = planProblems(plan, previewed.state, set);
  const steps = await Promise.all(
    previewed.steps.map((step, index) => checkedStep(plan, previewed, step, index, options.rate)),
  );
  process.stdout.write(options.output === 'json' ? json(plan, steps, problems) : text(name, steps, problems));
  return problems.length > 0 ? exitCodes.found : exitCodes.done;
}

/** One step as it will be. */
interface CheckedStep {
  percent: number;
  pause: boolean;
  isSkipped: boolean;
  /** In milliseconds. */
  hold: number;
  requestsNeeded: number;
  /** In milliseconds at the rate that was given; absent without one. */
  takes?: number;
  /** The smallest ratio to stable that its requests would notice nine times in ten, if stable fails 0.5 % of the time; absent where none would be. */
  noticedRatio?: number;
  diff: string;
}

async function checkedStep(
  plan: Plan,
  { state }: Extract<Preview, { kind: 'possible' }>,
  { step, isSkipped, edits }: PreviewedStep,
  index: number,
  perSecond: number | undefined,
): Promise<CheckedStep> {
  const requestsNeeded = requestsOfStep(plan, step, Object.values(state.evidence.ceilings));
  const diffs = edits.map(({ path, before, after }) => fileDiff(path, before, after));
  const { percent, pause, hold } = step;
  const estimate = perSecond === undefined ? undefined : estimatePlan(plan, perSecond).steps[index];
  return {
    percent,
    pause,
    isSkipped,
    hold,
    requestsNeeded,
    ...(estimate === undefined ? {} : { takes: estimate.takes }),
    ...(estimate?.noticed === undefined ? {} : { noticedRatio: estimate.noticed }),
    diff: (await Promise.all(diffs)).join(''),
  };
}

function json({ namespace, name }: Plan, steps: readonly CheckedStep[], problems: readonly string[]): string {
  const check = {
    apiVersion: planApiVersion,
    kind: 'GrayReleaseCheck',
    release: `${namespace}/${name}`,
    problems,
    steps,
  };
  return `${JSON.stringify(check, null, 2)}\n`;
}

function text(path: string, steps: readonly CheckedStep[], problems: readonly string[]): string {
  const carriedOut = steps.filter(({ isSkipped }) => !isSkipped);
  const total = carriedOut.reduce<number | undefined>(
    (sum, { takes }) => (sum === undefined || takes === undefined ? undefined : sum + takes),
    0,
  );
  const duration =
    total === undefined || steps.length === 0
      ? []
      : [`In all ${durationText(total)}, without the time that it waits for people.`];
  const verdict = problems.length === 0 ? [`${path} can be carried out.`] : problems;
  return [...steps.map(stepText), ...duration, ...verdict].map((line) => `${line}\n`).join('');
}

function stepText(step: CheckedStep): string {
  const { percent, pause, isSkipped, hold, requestsNeeded, takes, noticedRatio, diff } = step;
  if (isSkipped) return `${percentText(percent)}: skipped, so much is written already`;
  const parts = [
    `hold ${durationText(hold)}`,
    ...(requestsNeeded > 0 ? [`${requestsNeeded} canary requests at least`] : []),
    ...(takes === undefined ? [] : [`about ${durationText(takes)}`]),
    ...(noticedRatio === undefined
      ? []
      : [`would notice ${noticedRatio} times as many failures as stable's 0.5 %`]),
    ...(pause ? ['then waits for a person'] : []),
  ];
  return [`${percentText(percent)}: ${parts.join(', ')}`, diff.trimEnd()]
    .filter((part) => part !== '')
    .join('\n');
}

function rate(value: string): number {
  const number = Number(value);
  if (number > 0 && Number.isFinite(number)) return number;
  throw new InvalidArgumentError('Write the requests a second as a number, for instance 20 or 0.5.');
}
