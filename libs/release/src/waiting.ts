/** Why nothing is written, for programs (`reason`) and for people (`message`). */
export interface Waiting {
  reason: WaitingReason;
  message: string;
}

/** What a release waits for. */
export type WaitingReason =
  /** The step's hold is not over. */
  | 'hold'
  /** More requests are needed. */
  | 'requests'
  /** The evidence is not enough to advance. */
  | 'evidence'
  /** A step with `pause: true`, or a command, waits for a human. */
  | 'paused'
  /** The split was written a moment ago. */
  | 'settling'
  | 'not-in-force'
  | 'no-data'
  /** The counts could not be read. */
  | 'no-look'
  /** A target could not be read. */
  | 'unread'
  /** An arm has no ready endpoint. */
  | 'endpoints'
  | 'drift'
  | 'webhook'
  /** A write was refused for good. */
  | 'refused';
