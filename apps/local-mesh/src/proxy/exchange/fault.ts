import type { Fault } from '@grayscale/traffic-rules';

export interface DrawnFault {
  /** 0: none. */
  delayMs: number;
  abort: Fault['abort'];
}

/** Which of a route's faults hold for one request; each is drawn on its own, the delay first. */
export function drawFault({ delay, abort }: Fault, random: () => number): DrawnFault {
  const isDelayed = delay !== undefined && random() * 100 < delay.percentage;
  const isAborted = abort !== undefined && random() * 100 < abort.percentage;
  return { delayMs: isDelayed ? delay.milliseconds : 0, abort: isAborted ? abort : undefined };
}
