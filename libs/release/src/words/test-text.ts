import type { ReleaseState } from '../state.js';
import { noTrial } from '../statistics/trial.js';
import type { TrialSpec } from '../trials.js';
import type { Test } from '../verdict/verdict.js';
import { count, percentText } from './figures.js';
import { shortHosts } from './names.js';

/** What a test shows, in a sentence or two, for instance "if hello-2 failed at most 1.5 times as often as hello-1, so many failures would be a 1 in 340 event". */
export function testText(state: ReleaseState, test: Test): string {
  const { spec, kind, evidence } = test;
  if (spec === undefined || kind === 'swallowed') return swallowedText(state, test);
  const { canary, stable } = (state.evidence.trials[spec.key] ?? noTrial).start;
  const [stableName, canaryName] = shortHosts(spec.pair.stable, spec.pair.canary);
  const verb = verbOf(spec.outcome);
  const seen = `${spec.guard}: ${count(canary.bad)} of ${count(canary.requests)} requests to ${canaryName} ${verb}`;
  const odds = oddsText(evidence);
  if (kind === 'ceiling')
    return `${seen}. If it were at most ${percentText((spec.max ?? 0) * 100)}, so many would be ${odds}.`;
  return `${seen}, ${count(stable.bad)} of ${count(stable.requests)} to ${stableName}. If ${canaryName} were at most ${spec.ratio ?? 1} times as bad as ${stableName}, so many would be ${odds}.`;
}

function swallowedText({ progress, percent }: ReleaseState, { pair, evidence }: Test): string {
  const { requests, bad } = progress.settled[pair] ?? { requests: 0, bad: 0 };
  const [, canaryName] = shortHosts(...(pair.split(' -> ') as [string, string]));
  return `share: ${canaryName} has answered ${count(bad)} of ${count(requests)} requests, where ${percentText(percent)} are sent to it. If it answered them all, so few would be ${oddsText(evidence)}.`;
}

export function verbOf(outcome: TrialSpec['outcome']): string {
  if (outcome.kind === 'failed') return 'failed';
  if (outcome.kind === 'gave-up') return 'were given up by the caller';
  return outcome.kind === 'slow' ? `took longer than ${outcome.over} ms` : 'were bad';
}

/** By Ville's inequality: evidence of E or more has a probability of at most 1 in E, at whichever look it is seen. */
export function oddsText(evidence: number): string {
  const odds = Math.exp(evidence);
  if (odds < 2) return 'nothing unusual';
  if (odds > 1e9) return 'rarer than a 1 in 1,000,000,000 event';
  return `a 1 in ${count(Number(odds.toPrecision(2)))} event`;
}
