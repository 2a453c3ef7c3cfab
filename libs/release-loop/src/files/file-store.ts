import { resolve } from 'node:path';
import { setTimeout as after } from 'node:timers/promises';
import { issueLine, type ManifestDocument, replaceFile } from '@grayscale/manifest-files';
import {
  isOver,
  type JournalEntry,
  type Json,
  type OfferedPlan,
  type Plan,
  type ReleaseState,
  type SentCommand,
  type Store,
  type TargetView,
  type View,
  type Write,
  type WriteOutcome,
} from '@grayscale/release';
import { planInForce } from '../plan-in-force.js';
import { AfterWrite, type AfterWriteOptions } from './after-write.js';
import { CommandBox } from './command-box.js';
import { GitCommit } from './git-commit.js';
import { Journal } from './journal.js';
import { PlanLock } from './plan-lock.js';
import { type PlanPaths, planPaths } from './plan-paths.js';
import { PlanText } from './plan-text.js';
import { ReleaseFiles } from './release-files.js';
import { RunMarker } from './run-marker.js';
import { SettledView } from './settled-view.js';
import { type TargetEdit, targetEdit } from './target-edit.js';
import { targetView } from './target-view.js';
import { textDetails, WrittenTexts } from './written-texts.js';

/** A plan in a file, and the files that its targets stand in. */
export interface FileStoreOptions extends AfterWriteOptions {
  /** The plan's file; journal, lock and commands stand beside it. */
  planFile: string;
  /** As the plan's file has it now, for the journal. */
  planText: string;
  plan: Plan;
  /** Files, folders and kustomizations that have the targets, as `-f` takes them. */
  filenames: readonly string[];
  /** Is told what went wrong without stopping the release. */
  warn?: (message: string) => void;
}

/** A write whose intent is in the journal. */
interface Announced {
  write: Write;
  file: string;
  evidence: string;
}

/** Keeps a release in files: rules in manifests, its memory in a journal beside the plan. */
export class FileStore implements Store {
  private readonly paths: PlanPaths;
  private readonly box: CommandBox;
  private readonly afterWrite: AfterWrite;
  /** By target. */
  private readonly settled: SettledView[] = [];
  private lock: PlanLock | undefined;
  private journal: Journal | undefined;
  private readonly texts = new WrittenTexts();
  private markers: RunMarker[] = [];
  private phase: ReleaseState['phase'] | undefined;
  private run = 1;
  private files: ReleaseFiles | undefined;
  /** The targets in `files`. */
  private views: TargetView[] = [];
  /** Ids of the commands that the journal names. */
  private readonly carried = new Set<string>();
  private announced: Announced | undefined;
  private plan: Plan;
  private readonly planText: PlanText;
  /** The write whose command has still to be run. */
  private owed: Announced | undefined;

  constructor(private readonly options: FileStoreOptions) {
    this.paths = planPaths(options.planFile);
    this.box = new CommandBox(this.paths.commands);
    this.afterWrite = new AfterWrite(options.plan, options);
    this.plan = options.plan;
    this.planText = new PlanText(options.planFile, options.planText);
  }

  async open(): Promise<{ kind: 'opened'; journal: JournalEntry[] } | { kind: 'held'; by: string }> {
    const lock = await PlanLock.acquire(this.paths.lock);
    if (!(lock instanceof PlanLock)) return { kind: 'held', by: `process ${lock.pid} on ${lock.host}` };
    this.lock = lock;
    const { journal, entries } = await Journal.open(this.paths.journal);
    this.journal = journal;
    for (const entry of entries) this.note(entry);
    // The rules that a run has are those of the plan that it follows, whatever the file says by now.
    if (!this.isOver) this.plan = planInForce(entries) ?? this.plan;
    const other = await this.mark();
    if (other === undefined) return { kind: 'opened', journal: entries };
    await this.close();
    return { kind: 'held', by: `the release of ${other}, which has not ended` };
  }

  async readPlan(): Promise<OfferedPlan | undefined> {
    return await this.planText.news();
  }

  follow(plan: Plan): void {
    this.plan = plan;
    if (this.files !== undefined) this.views = this.viewsOf(this.files);
  }

  async view(): Promise<View> {
    await this.runOwed();
    await this.read();
    return { targets: this.views.map((view, index) => this.settledAt(index).settle(view)) };
  }

  private settledAt(index: number): SettledView {
    const known = this.settled[index] ?? new SettledView();
    this.settled[index] = known;
    return known;
  }

  private viewsOf(files: ReleaseFiles): TargetView[] {
    return this.plan.targets.map((target) => targetView(files, target, this.plan));
  }

  async append(entry: JournalEntry): Promise<void> {
    const detailed = { ...entry, ...(await this.detailsOf(entry)) };
    await this.record(detailed);
    if (typeof entry.command === 'string') await this.box.remove(entry.command);
    if (entry.op === 'done') await this.runOwed();
  }

  async write(write: Write): Promise<WriteOutcome> {
    const edit = await this.edit(write);
    if (edit.kind !== 'edit') return edit;
    // An abort is not held up by the state of a repository.
    const obstacle = goesOn(write) ? await this.afterWrite.obstacle(edit.path) : undefined;
    if (obstacle !== undefined) return { kind: 'refused', message: `It cannot be committed: ${obstacle}.` };
    const issue = await replaceFile(edit.path, edit.before, edit.after);
    if (issue?.code === 'edit-conflict') return { kind: 'changed' };
    if (issue !== undefined) return { kind: 'refused', message: issueLine(issue) };
    const uncommitted = await this.afterWrite.commit(edit.path, write, this.announced?.evidence ?? '');
    if (uncommitted !== undefined)
      this.options.warn?.(`${edit.path} was written and not committed: ${uncommitted}.`);
    return { kind: 'done' };
  }

  async takeCommands(): Promise<SentCommand[]> {
    const sent = await this.box.list();
    // Carried out by a process that was killed before it could take them away.
    for (const { id } of sent.filter(({ id }) => this.carried.has(id))) await this.box.remove(id);
    return sent.filter(({ id }) => !this.carried.has(id));
  }

  /** Lets others have the rule, once a command that is owed has succeeded or failed for good. */
  async finish(): Promise<void> {
    for (let tries = 1; tries < mostTries && this.owed !== undefined; tries += 1) {
      await after(Math.min(1000 * tries, 10_000));
      await this.runOwed();
    }
    await this.clearMarkers();
  }

  async close(): Promise<void> {
    if (this.isOver) await this.clearMarkers();
    await this.journal?.close();
    await this.lock?.release();
    this.journal = undefined;
    this.lock = undefined;
  }

  /** There is no run, or it has ended. */
  private get isOver(): boolean {
    return this.phase === undefined || isOver(this.phase);
  }

  private async read(): Promise<ReleaseFiles> {
    const files = await ReleaseFiles.read(this.options.filenames, this.files);
    if (files !== this.files) this.views = this.viewsOf(files);
    this.files = files;
    return files;
  }

  private async record(entry: JournalEntry): Promise<void> {
    if (this.journal === undefined) throw new Error('the store is not open');
    await this.journal.append(entry);
    this.note(entry);
  }

  /** Takes over what an entry says, of this process or of one before. */
  private note(entry: JournalEntry): void {
    this.texts.note(entry);
    const state = entry.state as unknown as ReleaseState | undefined;
    this.phase = state?.phase ?? this.phase;
    this.run = entry.run;
    if (entry.op === 'intent' && state?.pending !== undefined) {
      this.announced = {
        write: state.pending,
        file: String(entry.file ?? ''),
        evidence: entry.message ?? '',
      };
    }
    if (entry.op === 'done' && this.announced?.write.seq === entry.seq && this.afterWrite.runsCommand) {
      this.owed = this.announced;
    }
    if (typeof entry.command === 'string') this.carried.add(entry.command);
    if (entry.exec === 'succeeded' || entry.exec === 'failed') this.owed = undefined;
  }

  private async detailsOf(entry: JournalEntry): Promise<Record<string, Json>> {
    const { pending } = (entry.state ?? {}) as unknown as Partial<ReleaseState>;
    if (entry.op === 'start') return await this.startDetails();
    if (entry.op === 'plan') return { planHash: this.planText.fingerprint };
    if (entry.op !== 'intent' || pending === undefined) return {};
    const edit = await this.edit(pending);
    return edit.kind === 'edit' ? textDetails(edit.path, edit.after) : {};
  }

  /** What undo needs: the old bytes, the plan that was followed, and where the repository stood. */
  private async startDetails(): Promise<Record<string, Json>> {
    const files = new Map<string, string>();
    for (const document of await this.documents()) files.set(document.file.path, document.file.text);
    const [first] = files.keys();
    const revision = first === undefined ? undefined : await new GitCommit(first).revision();
    return {
      planHash: this.planText.fingerprint,
      filenames: this.options.filenames.map((name) => resolve(name)),
      files: [...files].map(([path, text]) => ({ path, text })),
      ...revision,
    };
  }

  private async documents(): Promise<ManifestDocument[]> {
    const files = await this.read();
    return this.plan.targets.flatMap((target) => {
      const found = files.document(target);
      return 'document' in found ? [found.document] : [];
    });
  }

  private async edit(write: Write): Promise<TargetEdit> {
    const files = await this.read();
    const edit = targetEdit(files, this.plan, write);
    return edit.kind === 'edit' ? { ...edit, after: this.texts.exact(edit) } : edit;
  }

  /** Sets the marks of all targets. @returns the plan that has one of them under release */
  private async mark(): Promise<string | undefined> {
    for (const { file, identity } of await this.documents()) {
      const marker = await RunMarker.of(file.path, identity, this.options.planFile);
      const other = await marker.set();
      if (other !== undefined) {
        await this.clearMarkers();
        return other;
      }
      this.markers.push(marker);
    }
    return undefined;
  }

  private async clearMarkers(): Promise<void> {
    for (const marker of this.markers.splice(0)) await marker.clear();
  }

  /** Runs the command that is owed for the last write. A failure pauses the release; after an abort or undo it is tried again. */
  private async runOwed(): Promise<void> {
    if (this.owed === undefined) return;
    const { write, file } = this.owed;
    const failure = await this.afterWrite.run(write, file);
    const isRetried = failure !== undefined && !goesOn(write);
    if (failure !== undefined)
      this.options.warn?.(isRetried ? `${failure}; it is tried again.` : `${failure}.`);
    if (isRetried) return;
    const exec = failure === undefined ? 'succeeded' : 'failed';
    const entry = { op: 'observe', run: this.run, seq: write.seq, at: Date.now(), exec } as const;
    await this.record(failure === undefined ? entry : { ...entry, message: failure });
    if (failure !== undefined) await this.box.send({ kind: 'pause' });
  }
}

const mostTries = 10;
/** Whether a write takes a release further, so that it may be held up. */
function goesOn({ purpose }: Write): boolean {
  return purpose === 'step' || purpose === 'restore';
}
