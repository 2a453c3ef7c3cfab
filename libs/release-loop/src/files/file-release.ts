import type { Command, JournalEntry, Plan, Store } from '@grayscale/release';
import type { Driver, KeptRelease, Preview, Standing } from '../kept-release.js';
import { previewOf } from '../preview.js';
import { CommandBox } from './command-box.js';
import { FileStore, type FileStoreOptions } from './file-store.js';
import { JournalFollower } from './journal-follower.js';
import { PlanLock } from './plan-lock.js';
import { type PlanPaths, planPaths } from './plan-paths.js';
import { ReleaseFiles } from './release-files.js';
import { targetEdit } from './target-edit.js';
import { targetView } from './target-view.js';

/** A release whose rules are in manifests and whose memory stands beside its plan. */
export class FileRelease implements KeptRelease {
  readonly plan: Plan;
  private readonly paths: PlanPaths;
  private readonly box: CommandBox;
  private readonly follower: JournalFollower;
  /** Without the entries, of which there may be many: whoever watches a release for days asks for its standing alone. */
  private readonly watcher: JournalFollower;
  private entries: JournalEntry[] = [];

  constructor(private readonly options: FileStoreOptions) {
    this.plan = options.plan;
    this.paths = planPaths(options.planFile);
    this.box = new CommandBox(this.paths.commands);
    this.follower = new JournalFollower(this.paths.journal);
    this.watcher = new JournalFollower(this.paths.journal);
  }

  store(): Store {
    return new FileStore(this.options);
  }

  async journal(): Promise<JournalEntry[]> {
    const { isAnother, entries } = await this.follower.news();
    this.entries = isAnother ? entries : [...this.entries, ...entries];
    return this.entries;
  }

  async standing(): Promise<Standing> {
    await this.watcher.news();
    const { state, plan = this.plan } = this.watcher;
    return { plan, ...(state && { state }) };
  }

  async driver(): Promise<Driver | undefined> {
    const holder = await PlanLock.holder(this.paths.lock);
    return holder === undefined ? undefined : { text: `process ${holder.pid}`, pid: holder.pid };
  }

  async send(command: Command): Promise<string> {
    return await this.box.send(command);
  }

  async withdraw(id: string): Promise<boolean> {
    return await this.box.remove(id);
  }

  async preview(now: number): Promise<Preview> {
    const files = await ReleaseFiles.read(this.options.filenames);
    const view = { targets: this.plan.targets.map((target) => targetView(files, target, this.plan)) };
    return await previewOf(this.plan, view, now, async (write) => {
      const edit = targetEdit(files, this.plan, write);
      if (edit.kind === 'edit') return { kind: 'edit', edit };
      return {
        kind: 'refused',
        message: edit.kind === 'refused' ? edit.message : 'the rule is not what it was a moment ago',
      };
    });
  }
}
