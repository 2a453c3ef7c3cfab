import type { Decision } from '@grayscale/traffic-rules';
import type { Answer } from '../answer.js';
import type { Outcome } from '../outcome.js';
import type { RequestContext } from '../request-context.js';

/** One request and what was decided for it, as the filters see them. */
export interface Filtered {
  readonly context: RequestContext;
  readonly decision: Decision;
  readonly answer: Answer;
  readonly outcome: Outcome;
}

/** What a filter has under way. */
export interface Running {
  /** The request is given up. */
  cancel(): void;
  /** The client takes more of the answer. */
  onClientDrain?(): void;
}

/** One of Envoy's steps: it answers, or lets the request go on to the next by a call, now or later. */
export type Filter = (filtered: Filtered, next: () => void) => Running | undefined;
