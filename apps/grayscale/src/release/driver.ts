import { exitCodes } from '@grayscale/command-line';
import type { Waiting } from '@grayscale/release';
import { drive as driveLoop, type ReleaseLoop, type Tick } from '@grayscale/release-loop';

export interface DriveOptions {
  /** Time between two looks, in milliseconds. */
  interval: number;
  /** One look, and what follows from it. */
  once: boolean;
  exitOnPause: boolean;
  /** How long counts, or the rules, may be out of reach, in milliseconds; undefined: as long as the plan allows. */
  unreachableFor?: number;
  /** Ends the driving; the release stays where it is. */
  signal: AbortSignal;
  /** Is told after each tick. */
  ticked?: (tick: Tick) => void;
}

/** Drives a release to its end, or as far as the options say. @returns the exit code */
export async function drive(loop: ReleaseLoop, options: DriveOptions): Promise<number> {
  const { interval, signal, unreachableFor = Number.POSITIVE_INFINITY } = options;
  let reachedAt = performance.now();
  const ticked = (tick: Tick): number | undefined => {
    options.ticked?.(tick);
    const isUnread = tick.kind === 'waiting' && tick.waiting.reason === 'unread';
    if (loop.look?.kind !== 'no-look' && !isUnread) reachedAt = performance.now();
    const outOfReach = performance.now() - reachedAt > unreachableFor;
    return codeOf(tick, loop, options) ?? (outOfReach ? exitCodes.unreachable : undefined);
  };
  return (await driveLoop(loop, { interval, signal, ticked })) ?? exitCodes.stillWaiting;
}

/** Undefined while there is more to wait for. */
function codeOf(
  tick: Tick,
  loop: ReleaseLoop,
  { once, exitOnPause, signal }: DriveOptions,
): number | undefined {
  if (tick.kind === 'finished') return tick.outcome === 'completed' ? exitCodes.done : exitCodes.aborted;
  if (exitOnPause && loop.state?.phase === 'paused') return pauseCode(tick.waiting);
  if (once || signal.aborted) {
    return tick.waiting.reason === 'drift' ? exitCodes.drift : exitCodes.stillWaiting;
  }
  return undefined;
}

function pauseCode({ reason }: Waiting): number {
  return reason === 'drift' ? exitCodes.drift : exitCodes.waitsForHuman;
}
