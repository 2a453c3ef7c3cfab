import type { RequestDecision } from './mesh/decision-event.js';

/** What came back for one request. */
export type Outcome =
  | { kind: 'answer'; text: string }
  /** `status` 0: hello-page itself gave no answer. */
  | { kind: 'error'; status: number; message: string };

/** One request to `/page`, from the moment it is sent. */
export interface Exchange {
  /** Counts from 1 since the last reset. */
  readonly sequence: number;
  readonly requestId: string;
  /** Empty: nobody. */
  readonly name: string;
  /** The period it was sent in: requests of an earlier one say nothing about the rule now in force. */
  readonly period: number;
  /** Milliseconds since the epoch. */
  readonly sentAt: number;
  outcome?: Outcome;
  latencyMs?: number;
  /** The local mesh's word on it, when there is one. */
  decision?: RequestDecision;
}

/** A request that has its outcome. */
export type FinishedExchange = Exchange & { outcome: Outcome; latencyMs: number };

/** Above this a dot is marked as slow, in milliseconds. */
export const slowMs = 250;

/** True once the outcome is there. */
export function isFinished(exchange: Exchange): exchange is FinishedExchange {
  return exchange.outcome !== undefined;
}
