import type { RequestView } from './request-view.js';

/** One condition of a match block. */
export interface Condition {
  holds(view: RequestView): boolean;
  /** Why it does not hold for this request, in words: `header user is "alice", not exactly "test"`. */
  failure(view: RequestView): string;
}
