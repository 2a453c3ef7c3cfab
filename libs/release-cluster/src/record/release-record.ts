import { setTimeout as delay } from 'node:timers/promises';
import type { KubernetesObject } from '@grayscale/cluster-client';
import type { Command, JournalEntry, OfferedPlan, SentCommand } from '@grayscale/release';
import { commandId } from '@grayscale/release-loop';
import { isConflict, mayPass, RecordError, TakenOverError } from '../errors.js';
import type { Owner } from '../owner.js';
import {
  driverIn,
  emptyContent,
  journalOf,
  type RecordContent,
  withEntry,
  withoutDriver,
} from './record-content.js';
import type { RecordObject } from './record-object.js';
import { commandsIn } from './sent-commands.js';

/** How the record of a release is written, and in whose name. */
export interface RecordOptions {
  /** How long an API server that does not answer is waited for until an entry is kept, in milliseconds; without end by default. */
  patience?: number;
  /** Ends the waiting. */
  signal?: AbortSignal;
  /** This process, as others are to see it while it drives the release. */
  driver?: string;
  /** Whether a driver is known to have ended, so that nobody need wait for it. */
  isDead?: (driver: string) => Promise<boolean>;
}

/** Between two looks for commands, in milliseconds. */
const commandsInterval = 1000;

/**
 * A release's memory in an object of the cluster. Each write is guarded by the version of the object that was read and recognised by its id, so
 * that an entry whose answer was lost is neither lost nor kept twice, and of two drivers the one that was overtaken notices before it writes weights.
 */
export class ReleaseRecord {
  private object: KubernetesObject | undefined;
  private content: RecordContent = emptyContent;
  /** Commands that were carried out and may still stand in the annotation. */
  private readonly carried = new Set<string>();
  /** Of the object whose plan was looked at last. */
  private generation: number | undefined;
  private commandsReadAt = Number.NEGATIVE_INFINITY;

  constructor(
    private readonly home: RecordObject,
    private readonly options: RecordOptions = {},
  ) {}

  /** In words, as `ConfigMap shop/grayscale-cart`. */
  get subject(): string {
    return this.home.subject;
  }

  /** Who writes in its name; undefined before the first entry. */
  get owner(): Owner | undefined {
    const uid = this.object?.metadata.uid;
    return uid === undefined ? undefined : { namespace: this.home.namespace, name: this.home.release, uid };
  }

  /** Who else drives the release, as of the last reading. */
  async otherDriver(): Promise<string | undefined> {
    const driver = driverIn(this.content, Date.now());
    if (driver === undefined || driver === this.options.driver) return undefined;
    return (await this.options.isDead?.(driver)) === true ? undefined : driver;
  }

  /** Nobody need believe any longer that this process drives the release. @throws as {@link append} */
  async leave(): Promise<void> {
    const { driver } = this.options;
    if (driver === undefined || driverIn(this.content, Date.now()) !== driver) return;
    await this.attempt(withoutDriver(this.content), false);
  }

  /** Reads it anew. @returns what is kept of the journal */
  async load(): Promise<JournalEntry[]> {
    this.adopt(await this.home.read());
    this.generation = this.object?.metadata.generation;
    return journalOf(this.content);
  }

  /** Kept when it resolves. @throws TakenOverError, RecordError, ApiError; ApiUnreachableError once patience is at an end */
  async append(entry: JournalEntry): Promise<void> {
    const content = withEntry(this.content, entry, this.options.driver);
    if (typeof entry.command === 'string') this.carried.add(entry.command);
    const until = performance.now() + (this.options.patience ?? Number.POSITIVE_INFINITY);
    for (let tries = 0; ; tries += 1) {
      try {
        if (await this.attempt(content, tries > 0)) return;
      } catch (error) {
        if (!mayPass(error) || performance.now() > until || this.options.signal?.aborted) throw error;
        await this.pause(tries);
      }
    }
  }

  /** The plan in the object itself, if it was changed since this was asked last. */
  changedPlan(): OfferedPlan | undefined {
    const object = this.home.glance?.() ?? this.object;
    const generation = object?.metadata.generation;
    // What a watch knows may be older than what was read.
    if (object === undefined || generation === undefined || generation <= (this.generation ?? 0))
      return undefined;
    this.generation = generation;
    return this.home.planIn?.(object);
  }

  /** The commands that wait, oldest first. Unless a watch tells of them they are looked for once a second; none are known while the server does not answer. */
  async commands(): Promise<SentCommand[]> {
    const object = this.home.glance?.() ?? (await this.lookForCommands());
    return commandsIn(object?.metadata.annotations).filter(({ id }) => !this.carried.has(id));
  }

  private async lookForCommands(): Promise<KubernetesObject | undefined> {
    if (performance.now() - this.commandsReadAt < commandsInterval) return this.object;
    const object = await this.home.read().catch((error) => {
      if (mayPass(error)) return undefined;
      throw error;
    });
    if (object === undefined) return undefined;
    this.commandsReadAt = performance.now();
    // Somebody else's entry is noticed when the next one of ours is written.
    if (this.object !== undefined && this.home.contentOf(object).id === this.content.id) this.object = object;
    return this.object;
  }

  /** Puts a command where the driver finds it. @returns its id */
  async send(command: Command): Promise<string> {
    const id = commandId();
    await this.changeCommands((waiting) => [...waiting, { id, command }]);
    return id;
  }

  /** Takes a command back. @returns whether it was still there */
  async withdraw(id: string): Promise<boolean> {
    let was = false;
    await this.changeCommands((waiting) => {
      was = waiting.some((each) => each.id === id);
      return waiting.filter((each) => each.id !== id);
    });
    return was;
  }

  /** @returns whether it is kept; otherwise it is to be tried again */
  private async attempt(content: RecordContent, again: boolean): Promise<boolean> {
    if (again && (await this.arrived(content))) return true;
    try {
      const object =
        this.object === undefined
          ? await this.home.create(content)
          : await this.home.write(this.object, content, this.commandsLeft(this.object));
      if (object === undefined) throw new TakenOverError(takenOver(this.subject));
      this.object = object;
      this.content = content;
      return true;
    } catch (error) {
      if (isConflict(error)) return await this.arrived(content);
      throw error;
    }
  }

  /** Reads what stands there. @returns whether the content is there already @throws TakenOverError when somebody else has written since */
  private async arrived(content: RecordContent): Promise<boolean> {
    const object = await this.home.read();
    if (object === undefined && this.object === undefined) return false;
    if (object === undefined)
      throw new RecordError(`${this.subject} was deleted while the release was going on`);
    const { id } = this.home.contentOf(object);
    const isOurs = id === content.id;
    if (!isOurs && id !== this.content.id) throw new TakenOverError(takenOver(this.subject));
    this.object = object;
    if (isOurs) this.content = content;
    return isOurs;
  }

  /** The annotation without what was carried out; undefined where it is to stay as it is. */
  private commandsLeft({ metadata }: KubernetesObject): string | undefined {
    const waiting = commandsIn(metadata.annotations);
    const left = waiting.filter(({ id }) => !this.carried.has(id));
    return left.length === waiting.length ? undefined : textOf(left);
  }

  private async changeCommands(change: (waiting: SentCommand[]) => SentCommand[]): Promise<void> {
    for (;;) {
      const object = await this.home.read();
      if (object === undefined) throw new RecordError(`${this.subject} does not exist`);
      try {
        await this.home.writeCommands(object, textOf(change(commandsIn(object.metadata.annotations))));
        return;
      } catch (error) {
        if (!isConflict(error)) throw error;
      }
    }
  }

  private adopt(object: KubernetesObject | undefined): void {
    this.object = object;
    this.content = object === undefined ? emptyContent : this.home.contentOf(object);
    for (const { command } of this.content.entries)
      if (typeof command === 'string') this.carried.add(command);
  }

  private async pause(tries: number): Promise<void> {
    const time = Math.min(100 * 2 ** Math.min(tries, 10), 5000) * (0.5 + Math.random() / 2);
    await delay(time, undefined, this.options.signal && { signal: this.options.signal }).catch(
      () => undefined,
    );
  }
}

function textOf(commands: readonly SentCommand[]): string {
  return commands.length === 0 ? '' : JSON.stringify(commands);
}

function takenOver(subject: string): string {
  return `another process has taken the release over: ${subject} was written by it`;
}
