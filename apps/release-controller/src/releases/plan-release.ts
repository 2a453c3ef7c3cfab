import { readFile } from 'node:fs/promises';
import { issueLine } from '@grayscale/manifest-files';
import { type CountSource, isOver, type Plan, readPlan, reportOf, stepsOf } from '@grayscale/release';
import {
  drive,
  FileRelease,
  FileStore,
  type FileStoreOptions,
  JournalFollower,
  PlanLock,
  planPaths,
  ReleaseLoop,
  type Steered,
  StoreError,
  steer,
} from '@grayscale/release-loop';
import { ProblemException } from '@grayscale/service-runtime';
import { Logger } from '@nestjs/common';
import { commandsFor, type ReleaseCommand } from './commands.js';
import {
  addPoint,
  type EventView,
  eventViews,
  type ReleaseView,
  type SharePoint,
  shownEvents,
} from './release-view.js';

export interface PlanReleaseOptions {
  /** Files, folders and kustomizations that have the rules. */
  filenames: readonly string[];
  /** Between two looks, in milliseconds. */
  interval: number;
  source: () => CountSource;
}

/** The release of one plan: it is shown and steered here whichever process carries it out; if started here, this process does. */
export class PlanRelease {
  private readonly logger = new Logger('Release');
  private readonly series: SharePoint[] = [];
  private readonly events: EventView[] = [];
  private readonly journal: JournalFollower;
  /** The run that this process carries out. */
  private running: { stop: AbortController; ended: Promise<void> } | undefined;
  private trouble: string | undefined;

  constructor(
    private readonly path: string,
    private readonly options: PlanReleaseOptions,
  ) {
    this.journal = new JournalFollower(planPaths(path).journal);
  }

  /** Whether this process carries it out. */
  get isCarriedOut(): boolean {
    return this.running !== undefined;
  }

  /** The plan's name; the file's path where no plan can be read. */
  async name(): Promise<string> {
    await this.readJournal();
    return this.nameOf(await this.read());
  }

  async view(): Promise<ReleaseView> {
    const written = await this.read();
    await this.readJournal();
    const { state, plan = written.plan } = this.journal;
    const driven =
      this.running !== undefined || (await PlanLock.holder(planPaths(this.path).lock)) !== undefined;
    const view = {
      plan: this.path,
      name: this.nameOf(written),
      problems: [...written.problems, ...(this.trouble === undefined ? [] : [this.trouble])],
      series: this.series,
      events: this.events,
      commands: plan === undefined ? [] : commandsFor(state, driven),
    };
    if (plan === undefined) return { ...view, steps: [] };
    if (state === undefined) return { ...view, steps: stepsOf(plan) };
    const report = reportOf(plan, state);
    addPoint(this.series, report);
    return { ...view, steps: report.steps, report };
  }

  /** @throws ProblemException 409 with the reason why it cannot be done */
  async command(command: ReleaseCommand): Promise<void> {
    this.trouble = undefined;
    try {
      if (command.kind === 'start') await this.start();
      else this.accept(await steer(new FileRelease(await this.steerOptions()), command));
      // After a retry somebody has to carry it out.
      if (command.kind === 'retry' && this.running === undefined) await this.start();
    } catch (error) {
      if (error instanceof StoreError) throw new ProblemException({ status: 409, detail: error.message });
      throw error;
    }
  }

  /** Ends the driving; the release stays where it is. */
  async stop(): Promise<void> {
    this.running?.stop.abort();
    await this.running?.ended;
  }

  private async start(): Promise<void> {
    if (this.running) throw refused('it is under way already');
    const storeOptions = await this.storeOptions();
    const opened = await ReleaseLoop.open({
      plan: storeOptions.plan,
      store: new FileStore(storeOptions),
      source: this.options.source(),
    });
    if (opened.kind === 'held') throw refused(`the rule is held by ${opened.by}`);
    const messages = await opened.loop.start();
    if (messages.length > 0) {
      await opened.loop.close();
      throw refused(messages.join('. '));
    }
    const stop = new AbortController();
    this.running = { stop, ended: this.carryOut(opened.loop, stop.signal) };
  }

  private async carryOut(loop: ReleaseLoop, signal: AbortSignal): Promise<void> {
    try {
      await drive(loop, {
        interval: this.options.interval,
        signal,
        ticked: (tick) => {
          if (loop.state) addPoint(this.series, reportOf(loop.plan, loop.state));
          return tick.kind === 'finished' ? tick.outcome : undefined;
        },
      });
    } catch (error) {
      // The release stands still, and everybody sees why; started again, it goes on from its journal.
      this.trouble = error instanceof Error ? error.message : String(error);
      this.logger.error(error);
    } finally {
      await loop.close();
      this.running = undefined;
    }
  }

  private accept(steered: Steered): void {
    switch (steered.kind) {
      case 'carried':
        return;
      case 'rejected':
        throw refused(steered.message);
      case 'not-started':
        throw refused('it has not been started');
      case 'held':
        throw refused(`it is held by ${steered.by}`);
    }
  }

  private async storeOptions(): Promise<FileStoreOptions> {
    const { plan, text, problems } = await this.read();
    if (plan === undefined) throw refused(problems.join(' '));
    return this.optionsOf(plan, text);
  }

  /** A plan's file that is broken does not stand in the way of an abort. */
  private async steerOptions(): Promise<FileStoreOptions> {
    await this.readJournal();
    const { plan } = this.journal;
    return plan === undefined ? await this.storeOptions() : this.optionsOf(plan, '');
  }

  private optionsOf(plan: Plan, planText: string): FileStoreOptions {
    return {
      planFile: this.path,
      planText,
      plan,
      filenames: this.options.filenames,
      warn: (message) => this.logger.warn(message),
    };
  }

  /** A release keeps its name until it is over, whatever is done to the file. */
  private nameOf({ plan: written }: WrittenPlan): string {
    const { state, plan: followed } = this.journal;
    const plan = state === undefined || isOver(state.phase) ? (written ?? followed) : followed;
    return plan?.name ?? this.path;
  }

  private async readJournal(): Promise<void> {
    const { isAnother, entries } = await this.journal.news();
    if (isAnother) this.events.length = 0;
    this.events.push(...eventViews(entries));
    this.events.splice(0, this.events.length - shownEvents);
  }

  private async read(): Promise<WrittenPlan> {
    try {
      const text = await readFile(this.path, 'utf8');
      const { plan, issues } = readPlan(text, this.path);
      return { ...(plan && { plan }), text, problems: issues.map(issueLine) };
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      return { text: '', problems: [`${this.path} cannot be read (${code})`] };
    }
  }
}

/** A plan's file as it is now. */
interface WrittenPlan {
  plan?: Plan;
  text: string;
  problems: string[];
}

function refused(detail: string): ProblemException {
  return new ProblemException({ status: 409, detail });
}
