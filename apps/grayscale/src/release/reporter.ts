import { type OutputOptions, painter } from '@grayscale/command-line';
import { type JournalEntry, type Plan, reportOf } from '@grayscale/release';
import type { ReleaseLoop, Tick } from '@grayscale/release-loop';
import { eventLine, eventObject } from './event-line.js';
import { LiveView } from './live-view.js';
import { reportLines } from './report-text.js';

/** Shows a release to the user who started it. */
export interface Reporter {
  recorded(entry: JournalEntry): void;
  ticked(loop: ReleaseLoop, tick: Tick): void;
  ended(loop: ReleaseLoop): void;
}

/** A live view on a terminal, one line a decision in a pipe, one object a line for programs. */
export function reporterFor(plan: Plan, options: OutputOptions<'text' | 'json'>): Reporter {
  if (options.output === 'json') return new Lines((entry) => json(plan, entry));
  return process.stdout.isTTY ? new Live(options) : new Lines(eventLine);
}

function json({ namespace, name }: Plan, entry: JournalEntry): string | undefined {
  const isNews = entry.message !== undefined || entry.op !== 'observe';
  return isNews ? JSON.stringify(eventObject(`${namespace}/${name}`, entry)) : undefined;
}

class Lines implements Reporter {
  constructor(private readonly lineOf: (entry: JournalEntry) => string | undefined) {}

  recorded(entry: JournalEntry): void {
    const line = this.lineOf(entry);
    if (line !== undefined) process.stdout.write(`${line}\n`);
  }

  ticked(): void {}

  ended(): void {}
}

class Live implements Reporter {
  private readonly view = new LiveView(process.stdout);

  constructor(private readonly options: OutputOptions<'text' | 'json'>) {}

  recorded(entry: JournalEntry): void {
    const line = eventLine(entry);
    if (line !== undefined) this.view.print(line);
  }

  ticked({ state, plan }: ReleaseLoop): void {
    if (state !== undefined) this.view.draw(reportLines(reportOf(plan, state), painter(this.options)));
  }

  ended(loop: ReleaseLoop): void {
    this.ticked(loop);
  }
}
