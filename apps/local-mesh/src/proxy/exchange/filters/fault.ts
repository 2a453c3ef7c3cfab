import type { Fault } from '@grayscale/traffic-rules';
import { startTimer } from '../../timer.js';
import { replies } from '../local-reply.js';
import type { Filter, Filtered } from './filter.js';

interface DrawnFault {
  /** 0: none. */
  delayMs: number;
  abort: Fault['abort'];
}

/** Delays a request, or answers in the place of the upstream, as often as a rule says. */
export const fault: Filter = (filtered, next) => {
  const { decision, context, outcome } = filtered;
  const rule = 'fault' in decision ? decision.fault : undefined;
  const drawn = rule && drawFault(rule, context.runtime.random);
  if (drawn === undefined) {
    next();
    return undefined;
  }
  if (drawn.delayMs === 0) {
    abortOr(next, drawn, filtered);
    return undefined;
  }
  outcome.flag('DI');
  const timer = startTimer(() => abortOr(next, drawn, filtered), drawn.delayMs);
  return { cancel: () => clearTimeout(timer) };
};

function abortOr(next: () => void, { abort }: DrawnFault, { answer, decision }: Filtered): void {
  if (abort === undefined) next();
  else answer.reply(replies.faultAbort(abort), 'responseHeaders' in decision ? decision.responseHeaders : []);
}

/** Which of a route's faults hold for one request; each is drawn on its own, the delay first. */
function drawFault({ delay, abort }: Fault, random: () => number): DrawnFault {
  const isDelayed = delay !== undefined && random() * 100 < delay.percentage;
  const isAborted = abort !== undefined && random() * 100 < abort.percentage;
  return { delayMs: isDelayed ? delay.milliseconds : 0, abort: isAborted ? abort : undefined };
}
