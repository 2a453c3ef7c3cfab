import type { MarkCause } from '../chart/share-series.js';
import type { PeriodCause } from '../ledger.js';
import type { Verdict } from '../statistics/verdict.js';

/** Numbers of a sentence, formatted for its language. */
export interface SeenSentence {
  wanted: string;
  seen: string;
  reach: string;
}

/** Every sentence of the page; a language that lacks one does not compile. */
export interface Messages {
  /** Texts of the elements with that `data-text`. */
  texts: Record<TextKey, string>;
  /** Accessible names of the elements with that `data-label`. */
  labels: Record<LabelKey, string>;
  /** Its code: `en`. */
  language: string;
  /** For `Intl`. */
  locale: string;
  forwarded(header: string): string;
  nothingForwarded: string;
  pause: string;
  resume: string;
  darkTheme: string;
  lightTheme: string;
  hidden: string;
  heldBack(count: string): string;
  verdicts: Record<Verdict, (sentence: SeenSentence) => string>;
  seenOnly(sentence: SeenSentence): string;
  wantedShare(share: string): string;
  recentShare(share: string, requests: string): string;
  startShare(share: string, count: string, requests: string): string;
  failedThere(count: string): string;
  notSeenYet: string;
  severalAnswers: string;
  emptyAnswer: string;
  errorRow: string;
  errorStatus(status: number, count: string): string;
  noAnswer: string;
  since: Record<PeriodCause, (time: string, requests: string) => string>;
  slowLegend(milliseconds: string): string;
  pending: string;
  dot(sequence: string, outcome: string, latency: string): string;
  noDot: string;
  wallSummary(requests: string, answers: string): string;
  chartSummary: string;
  wantedLine: string;
  /** Short, for a mark in the chart. */
  marks: Record<MarkCause, string>;
  announceRuleChanged: string;
  rule(index: number, name: string): string;
  match(index: number, name: string): string;
  everyRequest: string;
  line(line: number): string;
  reasons: Record<Reason, string>;
  decisions: Record<string, string>;
  issueTitle(errors: number, warnings: number): string;
  oldRulesStay: string;
  meshGone: string;
  facts: Record<Fact, string>;
  nobody: string;
}

export type TextKey =
  | 'skip'
  | 'tagline'
  | 'who'
  | 'test'
  | 'nobody'
  | 'rate'
  | 'perSecond'
  | 'reset'
  | 'requests'
  | 'errors'
  | 'p50'
  | 'p95'
  | 'wall'
  | 'wallHint'
  | 'numbers'
  | 'numbersNone'
  | 'chart'
  | 'why'
  | 'chosenTitle'
  | 'chosenNone'
  | 'footer';

export type LabelKey = 'controls' | 'name' | 'rate' | 'language' | 'wall' | 'issues' | 'release';

export type Reason =
  | 'rule'
  | 'default-route'
  | 'no-rule-matches'
  | 'unknown-host'
  | 'no-listener'
  | 'malformed-target';

/** A fact about the rule in force or about the chosen request. */
export type Fact =
  | 'file'
  | 'since'
  | 'request'
  | 'name'
  | 'answer'
  | 'latency'
  | 'requestId'
  | 'decision'
  | 'rule'
  | 'match'
  | 'destination'
  | 'upstream'
  | 'flags';
