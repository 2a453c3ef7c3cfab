import { setTimeout as after } from 'node:timers/promises';
import { exitCodes, type OutputOptions, painter } from '@grayscale/command-line';
import { isOver, type Plan, planApiVersion, type ReleaseState, reportOf } from '@grayscale/release';
import type { KeptRelease } from '@grayscale/release-loop';
import { LiveView } from './live-view.js';
import { reportLines } from './report-text.js';

export interface WatchOptions extends OutputOptions<'text' | 'json'> {
  /** In milliseconds; undefined: for as long as it takes. */
  timeout?: number;
}

/** What a status ends with: that of the run if it is over, 80 if it waits for a human, else 0. */
export function codeOfState({ phase, because }: ReleaseState): number {
  if (phase === 'aborted' || phase === 'undone') return exitCodes.aborted;
  if (phase !== 'paused') return exitCodes.done;
  return because?.reason === 'drift' ? exitCodes.drift : exitCodes.waitsForHuman;
}

/** Shows a status again whenever it changes, until the run is over. @returns the exit code; 83 when the time was over first */
export async function watchStatus(release: KeptRelease, options: WatchOptions): Promise<number> {
  const until = performance.now() + (options.timeout ?? Number.POSITIVE_INFINITY);
  const show = shower(options);
  let before = '';
  for (;;) {
    const { plan, state } = await release.standing();
    const text = JSON.stringify(state) ?? '';
    if (state !== undefined && text !== before) show(plan, state);
    before = text;
    if (state !== undefined && isOver(state.phase)) return codeOfState(state);
    if (performance.now() >= until) return exitCodes.stillWaiting;
    await after(Math.min(500, Math.max(0, until - performance.now())));
  }
}

/** Prints a status in the wanted form. */
export function shower(options: OutputOptions<'text' | 'json'>): (plan: Plan, state: ReleaseState) => void {
  const view = process.stdout.isTTY ? new LiveView(process.stdout) : undefined;
  return (plan, state) => {
    const report = reportOf(plan, state);
    if (options.output === 'json') {
      process.stdout.write(
        `${JSON.stringify({ apiVersion: planApiVersion, kind: 'GrayReleaseStatus', ...report })}\n`,
      );
      return;
    }
    const lines = reportLines(report, painter(options));
    if (view === undefined) process.stdout.write(lines.map((line) => `${line}\n`).join(''));
    else view.draw(lines);
  };
}
