import type { CommandName, StepState } from '../release-state.js';

/** Figures of a guard, formatted for the language. */
export interface EvidenceSentence {
  stable: string;
  canary: string;
  canaryBad: string;
  canaryRequests: string;
  stableBad: string;
  stableRequests: string;
  limit: string;
  odds: string;
}

/** Every sentence of the panel; a language that lacks one does not compile. */
export interface ReleaseMessages {
  title: string;
  choose: string;
  phases: Record<string, string>;
  notStarted: string;
  stepsTitle: string;
  step(percent: string): string;
  stepPause: string;
  stepStates: Record<StepState, string>;
  held(held: string, hold: string): string;
  requests(requests: string, needed: string): string;
  sharesTitle: string;
  wanted: string;
  written: string;
  observed: string;
  observedShare(share: string, low: string, high: string, requests: string): string;
  notObserved: string;
  chartSummary: string;
  evidenceTitle: string;
  noEvidence: string;
  /** How far the evidence is towards an abort, for the meter. */
  meter(guard: string): string;
  evidence: Record<string, (sentence: EvidenceSentence) => string>;
  /** What went wrong, by the guard's outcome. */
  outcomes: Record<string, string>;
  /** What it is held against, by the guard's kind. */
  kinds: Record<string, string>;
  odds(oneIn: string): string;
  nothingUnusual: string;
  waitingFor: Record<string, string>;
  because: string;
  commands: Record<CommandName, string>;
  commandHints: Partial<Record<CommandName, string>>;
  refused(command: string, reason: string): string;
  faultsTitle: string;
  faultsHint: string;
  failures: string;
  delay: string;
  silence: string;
  healthy: string;
  events: Record<string, string>;
  eventsTitle: string;
  noEvents: string;
  problemsTitle: string;
  unreachable: string;
  seconds(seconds: string): string;
  minutes(minutes: string): string;
}
