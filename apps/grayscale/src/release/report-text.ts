import type { Paint } from '@grayscale/command-line';
import {
  count,
  durationText,
  isOver,
  namedObject,
  percentText,
  type ReleaseReport,
  type StepReport,
  testOf,
} from '@grayscale/release';

const barWidth = 20;

/** Where a release stands, for people: the same lines on a terminal and in a pipe, with and without colours. */
export function reportLines(report: ReleaseReport, paint: Paint): string[] {
  const { release, run, phase, because } = report;
  const title = [paint('bold', release), `run ${run}`, paint(colourOf[phase], phase)].join('  ');
  return [
    title,
    `  steps     ${report.steps.map((step) => stepMark(step, paint)).join('  ')}`,
    ...currentStep(report),
    ...report.targets.map(
      (target) =>
        `  ${namedObject<string>(target).name}: ${percentText(report.wanted)} wanted, ${percentText(target.written)} written${observedText(report)}`,
    ),
    ...report.guards.map((guard) => {
      const { message, evidence, needed } = guard;
      const figures = `E=${figure(evidence)} of ${figure(needed)}`;
      return `  ${testOf(guard).padEnd(9)} ${evidence >= needed / 10 ? paint('yellow', figures) : figures}  ${message}`;
    }),
    ...(because === undefined ? [] : [`  ${isOver(phase) ? 'because' : 'waiting'}   ${because.message}`]),
    ...next(report),
  ];
}

const colourOf = {
  progressing: 'cyan',
  paused: 'yellow',
  aborting: 'red',
  undoing: 'yellow',
  completed: 'green',
  aborted: 'red',
  undone: 'yellow',
} as const;

function stepMark({ percent, pause, state }: StepReport, paint: Paint): string {
  const text = `${percentText(percent)}${pause ? ' (pause)' : ''}`;
  if (state === 'left') return paint('red', `✗ ${text}`);
  if (state === 'done') return paint('green', `✓ ${text}`);
  return state === 'current' ? paint('bold', `▶ ${text}`) : paint('dim', `· ${text}`);
}

function currentStep({ steps }: ReleaseReport): string[] {
  const step = steps.find(({ state }) => state === 'current');
  if (step === undefined) return [];
  const held = `${bar(step.hold === 0 ? 1 : step.held / step.hold)} held ${durationText(step.held)} of ${durationText(step.hold)}`;
  if (step.requestsNeeded === 0) return [`  step      ${held}`];
  const requests = `${bar(step.requests / step.requestsNeeded)} ${count(step.requests)} of ${count(step.requestsNeeded)} requests`;
  return [`  step      ${held}`, `            ${requests}`];
}

function bar(part: number): string {
  const full = Math.round(Math.min(1, Math.max(0, part)) * barWidth);
  return '█'.repeat(full) + '░'.repeat(barWidth - full);
}

function observedText({ observed: [observed] }: ReleaseReport): string {
  if (observed?.share === undefined || observed.low === undefined || observed.high === undefined) return '';
  const range = `${percentText(observed.low).replace(' %', '')}-${percentText(observed.high).replace(' %', '')}`;
  return `, ${percentText(observed.share)} observed (${range}, of ${count(observed.requests)})`;
}

/** What time alone still has to do, where that is known. */
function next({ steps, phase }: ReleaseReport): string[] {
  const step = steps.find(({ state }) => state === 'current');
  if (phase !== 'progressing' || step === undefined || step.held >= step.hold) return [];
  return [`  next      a decision in ${durationText(step.hold - step.held)} at the earliest`];
}

function figure(value: number): string {
  if (value >= 1e6) return value.toExponential(1).replace('e+', 'e');
  return value >= 100 ? count(value) : String(Number(value.toPrecision(2)));
}
