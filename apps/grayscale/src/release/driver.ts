import { setTimeout as after } from 'node:timers/promises';
import { exitCodes } from '@grayscale/command-line';
import type { Waiting } from '@grayscale/release';
import type { ReleaseLoop, Tick } from '@grayscale/release-loop';

export interface DriveOptions {
  /** Time between two looks, in milliseconds. */
  interval: number;
  /** One look, and what follows from it. */
  once: boolean;
  exitOnPause: boolean;
  /** How long counts may be out of reach, in milliseconds; undefined: as long as the plan allows. */
  unreachableFor?: number;
  /** Ends the driving; the release stays where it is. */
  signal: AbortSignal;
  /** Is told after each tick. */
  ticked?: (tick: Tick) => void;
}

/** How often commands of other processes are looked for, in milliseconds. */
const commandInterval = 200;

/** Drives a release to its end, or as far as the options say. @returns the exit code */
export async function drive(loop: ReleaseLoop, options: DriveOptions): Promise<number> {
  let reachedAt = performance.now();
  for (;;) {
    const tick = await loop.tick();
    options.ticked?.(tick);
    const code = codeOf(tick, loop, options);
    if (code !== undefined) return code;
    if (loop.look?.kind !== 'no-look') reachedAt = performance.now();
    if (performance.now() - reachedAt > (options.unreachableFor ?? Number.POSITIVE_INFINITY)) {
      return exitCodes.unreachable;
    }
    const told = await untilNextLook(loop, tick, options);
    if (told !== undefined) return told;
  }
}

/** Waits, and carries out commands meanwhile. @returns the exit code, when one of them ended the release or the driving */
async function untilNextLook(
  loop: ReleaseLoop,
  tick: Tick,
  options: DriveOptions,
): Promise<number | undefined> {
  const until = performance.now() + waitingTime(tick, options);
  while (performance.now() < until) {
    if (options.signal.aborted) return exitCodes.stillWaiting;
    await after(Math.min(commandInterval, Math.max(0, until - performance.now())));
    const answer = await loop.obey();
    if (answer === undefined) continue;
    options.ticked?.(answer);
    const code = codeOf(answer, loop, options);
    if (code !== undefined) return code;
  }
  return undefined;
}

function waitingTime(tick: Tick, { interval }: DriveOptions): number {
  const until = tick.kind === 'waiting' ? tick.until : undefined;
  return until === undefined ? interval : Math.min(interval, Math.max(0, until - Date.now()));
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
