import type { RequestView } from '../match/request-view.js';
import type { Cors } from '../model/action.js';
import { originAllowed } from './allowed-origin.js';

/** Whether the proxy answers the request itself, as a preflight that the policy speaks for (recorded: `cors`, `bug-unmatched-preflights-ignore`). */
export function answersPreflight(cors: Cors, view: RequestView): boolean {
  const origin = view.headerValues('origin')?.[0];
  const wanted = view.headerValues('access-control-request-method')?.[0];
  if (view.request.method !== 'OPTIONS' || !origin || !wanted) return false;
  return originAllowed(cors, origin) || !cors.forwardUnmatchedPreflights;
}
