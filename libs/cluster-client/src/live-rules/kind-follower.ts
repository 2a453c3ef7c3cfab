import { setTimeout as delay } from 'node:timers/promises';
import { type ManifestFile, objectFile } from '@grayscale/manifest-files';
import { ApiError } from '../errors.js';
import type { KubernetesObject, Resources } from '../resources.js';
import { type WatchEvent, watch } from '../watch.js';
import { type Refusal, refusalOf } from './kind-notes.js';
import { routingObject, type Scope } from './routing-object.js';

/** What a follower of one kind tells. */
export interface FollowerEvents {
  changed(): void;
  /** The server no longer tells of this kind. What was known stays, and it is asked again. */
  lost(follower: KindFollower, error: Error): void;
  resumed(follower: KindFollower): void;
}

export interface FollowOptions {
  readonly signal: AbortSignal;
  /** How long until a server that refused is asked again, in milliseconds. */
  readonly retryMs: number;
  /** Where the objects are. */
  readonly scope: Scope;
}

/** The objects of one kind as they are now. */
export class KindFollower {
  /** Whether the server has the kind at all. */
  isServed = true;
  /** Why nothing is known of it yet. */
  refusal: Refusal | undefined;
  private readonly byPath = new Map<string, ManifestFile>();
  private running: Promise<void> = Promise.resolve();
  /** How often in a row the server said that it has no such kind. */
  private absences = 0;

  constructor(
    readonly resources: Resources,
    private readonly events: FollowerEvents,
    private readonly options: FollowOptions,
  ) {}

  get files(): Iterable<ManifestFile> {
    return this.byPath.values();
  }

  /**
   * Lists, and goes on from there until the signal aborts; a refusal is kept.
   * @throws ApiError or ApiUnreachableError where there is no answer
   */
  async start(): Promise<void> {
    const told = this.watch();
    try {
      const { value: first } = await told.next();
      if (first?.type === 'interrupted') throw first.error;
      if (first) this.take(first);
      this.running = this.follow(told);
    } catch (error) {
      await told.return(undefined);
      this.refusal = refusalOf(this.resources.kind, error);
      this.running = this.follow();
    }
  }

  /** Resolves when the signal has aborted and nothing is under way any more. */
  async ended(): Promise<void> {
    await this.running;
  }

  private watch(): AsyncGenerator<WatchEvent<KubernetesObject>> {
    return watch(this.resources, { ...this.options.scope, signal: this.options.signal });
  }

  /** Goes on with a watch, and with another one whenever it was refused: rights are given, and definitions installed, while a program runs. */
  private async follow(begun?: AsyncGenerator<WatchEvent<KubernetesObject>>): Promise<void> {
    const { signal, retryMs } = this.options;
    for (let told = begun; !signal.aborted; told = this.watch()) {
      try {
        for await (const event of told ?? []) this.take(event);
      } catch (error) {
        this.refused(error as Error);
      }
      await delay(retryMs, undefined, { signal }).catch(() => undefined);
    }
  }

  private refused(error: Error): void {
    const isGone = error instanceof ApiError && error.status === 404;
    this.absences = isGone ? this.absences + 1 : 0;
    if (!isGone && this.refusal === undefined) this.events.lost(this, error);
    // Said once, it may be the mistake of something in between, and the rules would be gone.
    if (this.absences !== 2) return;
    this.isServed = false;
    this.byPath.clear();
    this.events.changed();
  }

  private take(event: WatchEvent<KubernetesObject>): void {
    if (event.type === 'interrupted') this.events.lost(this, event.error);
    else if (event.type === 'resumed') this.events.resumed(this);
    else if (event.type === 'listed' ? this.replaceAll(event.objects) : this.replace(event))
      this.events.changed();
  }

  private replaceAll(objects: readonly KubernetesObject[]): boolean {
    const isNews = this.refusal !== undefined || !this.isServed;
    this.refusal = undefined;
    this.isServed = true;
    this.absences = 0;
    this.events.resumed(this);
    const gone = new Set(this.byPath.keys());
    let isChanged = isNews;
    for (const object of objects) {
      const file = this.fileOf(object);
      gone.delete(file.path);
      isChanged = this.put(file) || isChanged;
    }
    for (const path of gone) this.byPath.delete(path);
    return isChanged || gone.size > 0;
  }

  private replace({
    type,
    object,
  }: {
    type: 'added' | 'modified' | 'deleted';
    object: KubernetesObject;
  }): boolean {
    const file = this.fileOf(object);
    return type === 'deleted' ? this.byPath.delete(file.path) : this.put(file);
  }

  /** @returns whether it says anything new: most changes of an object are of what has no part in routing */
  private put(file: ManifestFile): boolean {
    if (this.byPath.get(file.path)?.text === file.text) return false;
    this.byPath.set(file.path, file);
    return true;
  }

  private fileOf(object: KubernetesObject): ManifestFile {
    return objectFile(routingObject(this.resources.kind, object));
  }
}
