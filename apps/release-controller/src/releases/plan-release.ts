import { readFile } from 'node:fs/promises';
import { issueLine } from '@grayscale/manifest-files';
import {
  type CountSource,
  type Plan,
  type ReleaseState,
  readPlan,
  reportOf,
  stepsOf,
} from '@grayscale/release';
import {
  drive,
  FileRelease,
  FileStore,
  type FileStoreOptions,
  PlanLock,
  planPaths,
  ReleaseLoop,
  readJournal,
  type Steered,
  StoreError,
  steer,
} from '@grayscale/release-loop';
import { ProblemException } from '@grayscale/service-runtime';
import { Logger } from '@nestjs/common';
import { commandsFor, type ReleaseCommand } from './commands.js';
import { addPoint, eventViews, type ReleaseView, type SharePoint } from './release-view.js';

export interface PlanReleaseOptions {
  /** Files, folders and kustomizations that have the rules. */
  filenames: readonly string[];
  /** Between two looks, in milliseconds. */
  interval: number;
  source: () => CountSource;
}

/** The release of one plan: whoever carries it out, it is shown and steered; started here, it is carried out here. */
export class PlanRelease {
  private readonly logger = new Logger('Release');
  private readonly series: SharePoint[] = [];
  /** The run that this process carries out. */
  private running: { stop: AbortController; ended: Promise<void> } | undefined;
  private trouble: string | undefined;

  constructor(
    private readonly path: string,
    private readonly options: PlanReleaseOptions,
  ) {}

  async view(): Promise<ReleaseView> {
    const { plan, problems } = await this.read();
    const journal = await readJournal(planPaths(this.path).journal);
    const state = journal.findLast((entry) => entry.state !== undefined)?.state as ReleaseState | undefined;
    const driven =
      this.running !== undefined || (await PlanLock.holder(planPaths(this.path).lock)) !== undefined;
    const common = { plan: this.path, series: this.series, events: eventViews(journal) };
    if (plan === undefined) return { ...common, name: this.path, problems, steps: [], commands: [] };
    const trouble = this.trouble === undefined ? [] : [this.trouble];
    const view = {
      ...common,
      name: plan.name,
      problems: [...problems, ...trouble],
      commands: commandsFor(state, driven),
    };
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
      else this.accept(await steer(new FileRelease(await this.storeOptions()), command));
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
    this.running = { stop, ended: this.carryOut(opened.loop, storeOptions.plan, stop.signal) };
  }

  private async carryOut(loop: ReleaseLoop, plan: Plan, signal: AbortSignal): Promise<void> {
    try {
      await drive(loop, {
        interval: this.options.interval,
        signal,
        ticked: (tick) => {
          if (loop.state) addPoint(this.series, reportOf(plan, loop.state));
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
    return {
      planFile: this.path,
      planText: text,
      plan,
      filenames: this.options.filenames,
      warn: (message) => this.logger.warn(message),
    };
  }

  private async read(): Promise<{ plan?: Plan; text: string; problems: string[] }> {
    const text = await readFile(this.path, 'utf8').catch((error: NodeJS.ErrnoException) => {
      throw refused(`${this.path} cannot be read (${error.code})`);
    });
    const { plan, issues } = readPlan(text, this.path);
    return { ...(plan && { plan }), text, problems: issues.map(issueLine) };
  }
}

function refused(detail: string): ProblemException {
  return new ProblemException({ status: 409, detail });
}
