import type { Plan } from '../plan/plan.js';
import { targetName } from '../plan/target-object.js';
import type { ReleaseState } from '../state.js';
import { rateInterval } from '../statistics/rate-evidence.js';
import { dispersionOf, noTrial } from '../statistics/trial.js';
import { pairsOf, type TrialSpec, trialsOf, watchesSwallowed } from '../trials.js';
import { advanceLevel } from '../verdict/levels.js';
import { testsNow } from '../verdict/verdict.js';
import { count, percentText } from './figures.js';
import { verbOf } from './test-text.js';

/**
 * A decision in one line: `10 % -> 25 %  hello-ext-svc  742 canary requests, 1 failed (0.01-0.98 %), stable 0.21 %, E=0.4 of 400, observed 9.6 %
 * (8.1-11.3)`.
 * @param next the share of the next step; undefined at the end.
 */
export function decisionLine(plan: Plan, state: ReleaseState, next: number | undefined): string {
  const names = plan.targets.map((target) => `${targetName(target)}${ruleText(target.rule)}`);
  const from = percentText(state.percent);
  const move = next === undefined ? `${from} -> done` : `${from} -> ${percentText(next)}`;
  return [move, names.join(', '), figures(plan, state)].join('  ');
}

function ruleText(rule: string | number | undefined): string {
  if (rule === undefined) return '';
  return typeof rule === 'number' ? `#${rule}` : `:${rule}`;
}

function figures(plan: Plan, state: ReleaseState): string {
  const [spec] = trialsOf(plan, state);
  const parts = spec === undefined ? [] : [armsText(plan, state, spec)];
  const worst = testsNow(plan, state, watchesSwallowed(plan)).sort(
    (a, b) => b.evidence - b.needed - (a.evidence - a.needed),
  )[0];
  if (worst !== undefined)
    parts.push(`E=${figure(Math.exp(worst.evidence))} of ${figure(Math.exp(worst.needed))}`);
  return [...parts, ...pairsOf(state.targets).flatMap(({ key }) => observedText(state, key))].join(', ');
}

function armsText(plan: Plan, state: ReleaseState, spec: TrialSpec): string {
  const trial = state.evidence.trials[spec.key] ?? noTrial;
  const { canary, stable } = trial.step;
  const { low, high } = rateInterval(canary, advanceLevel(plan), dispersionOf(trial));
  const interval = `${range(low, high)} %`;
  const rate =
    stable.requests === 0
      ? 'stable without requests'
      : `stable ${percentText((100 * stable.bad) / stable.requests)}`;
  return `${count(canary.requests)} canary requests, ${count(canary.bad)} ${verbOf(spec.outcome)} (${interval}), ${rate}`;
}

function observedText({ progress }: ReleaseState, pair: string): string[] {
  const observed = progress.observed[pair];
  if (observed === undefined || observed.requests === 0) return [];
  const { low, high } = rateInterval(observed, 0.025);
  return [`observed ${percentText((100 * observed.bad) / observed.requests)} (${range(low, high)})`];
}

function range(low: number, high: number): string {
  const text = (rate: number) => percentText(100 * rate).replace(' %', '');
  return `${text(low)}-${text(high)}`;
}

function figure(value: number): string {
  return value >= 1000 ? count(value) : String(Number(value.toPrecision(2)));
}
