import { setTimeout as delay } from 'node:timers/promises';
import type { ManifestSet } from '@grayscale/manifest-files';
import type { ApiClient } from '../api-client.js';
import { ApiError } from '../errors.js';
import { type ResourceKind, Resources } from '../resources.js';
import { KindFollower } from './kind-follower.js';
import { notReadable, type Refusal, refuseNecessary, withoutIstio } from './kind-notes.js';
import { defaultMeshConfigMap, meshConfigMapOf, type Revision } from './mesh-config-map.js';
import { manifestSet } from './read-live-rules.js';
import { scopeOf } from './routing-object.js';
import { servedKinds } from './served-kinds.js';

/** What is told while the rules of a cluster are followed. */
export interface LiveRulesListener {
  /** The whole set, after something in it changed. */
  onChange(set: ManifestSet): void;
  /** The API server does not tell of all kinds any more; the last set stays, and it is asked again. Once for each reason. */
  onLost?(error: Error): void;
  /** It tells of all kinds again. */
  onResumed?(): void;
}

/** How soon changes in the cluster are passed on. */
export interface LiveRulesOptions {
  /** Changes that come closer together than this many milliseconds are told as one. */
  readonly quietMs?: number;
  /** However close they come, none waits longer than this many milliseconds. */
  readonly patienceMs?: number;
  /** How long until a refused kind is asked for again, and until it is asked which kinds there are, in milliseconds. */
  readonly retryMs?: number;
  /** Whose settings of the mesh are followed. */
  readonly revision?: Revision;
}

/** A watch in progress. */
export interface LiveRules {
  /** What there was first. */
  readonly first: ManifestSet;
  /** Ends the watch; the listener hears nothing after it. */
  close(): Promise<void>;
}

/**
 * Reads the rules of a cluster, as `readLiveRules` does, and follows them.
 * @throws as `readLiveRules`, while the first set is read; never afterwards
 */
export async function watchLiveRules(
  client: ApiClient,
  listener: LiveRulesListener,
  options: LiveRulesOptions = {},
): Promise<LiveRules> {
  const watch = new RulesWatch(client, listener, {
    quietMs: 50,
    patienceMs: 500,
    retryMs: 30_000,
    revision: {},
    ...options,
  });
  try {
    return await watch.start();
  } catch (error) {
    await watch.close();
    throw error;
  }
}

class RulesWatch implements LiveRules {
  first: ManifestSet = manifestSet([], []);
  private readonly abort = new AbortController();
  private readonly followers: KindFollower[] = [];
  private readonly losses = new Map<KindFollower, string>();
  private looking: Promise<void> = Promise.resolve();
  private timer: NodeJS.Timeout | undefined;
  private changedAt: number | undefined;
  private isStarted = false;
  private meshConfigMap = defaultMeshConfigMap;

  constructor(
    private readonly client: ApiClient,
    private readonly listener: LiveRulesListener,
    private readonly options: Required<LiveRulesOptions>,
  ) {}

  async start(): Promise<LiveRules> {
    this.meshConfigMap = await meshConfigMapOf(this.client, this.options.revision);
    await Promise.all((await servedKinds(this.client)).map((kind) => this.follow(kind)));
    refuseNecessary(this.refusals);
    this.first = this.current();
    this.isStarted = true;
    this.looking = this.lookForKinds();
    return this;
  }

  async close(): Promise<void> {
    this.abort.abort();
    clearTimeout(this.timer);
    await Promise.all([this.looking, ...this.followers.map((follower) => follower.ended())]);
  }

  private async follow(kind: ResourceKind): Promise<void> {
    const events = {
      changed: () => this.changed(),
      lost: (follower: KindFollower, error: Error) => this.lost(follower, error),
      resumed: (follower: KindFollower) => this.resumed(follower),
    };
    const { retryMs } = this.options;
    const follower = new KindFollower(new Resources(this.client, kind), events, {
      signal: this.abort.signal,
      retryMs,
      scope: scopeOf(kind, this.meshConfigMap),
    });
    await follower.start();
    this.followers.push(follower);
  }

  /** Definitions are installed while a program runs, the Gateway API's for instance. */
  private async lookForKinds(): Promise<void> {
    const { signal } = this.abort;
    for (;;) {
      await delay(this.options.retryMs, undefined, { signal }).catch(() => undefined);
      if (signal.aborted) return;
      // What does not work is tried again; that the server is out of reach, the followers say.
      await this.followNew().catch(() => undefined);
    }
  }

  private async followNew(): Promise<void> {
    const known = new Set(this.followers.map(({ resources }) => resources.path()));
    const served = await servedKinds(this.client);
    const added = served.filter((kind) => !known.has(new Resources(this.client, kind).path()));
    await Promise.all(added.map((kind) => this.follow(kind)));
    if (added.length > 0) this.changed();
  }

  private get refusals(): Refusal[] {
    return this.followers.flatMap(({ refusal }) => refusal ?? []);
  }

  private current(): ManifestSet {
    const { context } = this.client.access;
    const followed = this.followers.filter(({ isServed }) => isServed);
    const kinds = followed.map(({ resources }) => resources.kind);
    return manifestSet(
      followed.flatMap(({ files }) => [...files]),
      [...withoutIstio(kinds, context), ...notReadable(this.refusals, context)],
    );
  }

  private changed(): void {
    if (!this.isStarted || this.abort.signal.aborted) return;
    const now = performance.now();
    this.changedAt ??= now;
    const { quietMs, patienceMs } = this.options;
    clearTimeout(this.timer);
    this.timer = setTimeout(
      () => this.tell(),
      Math.min(quietMs, Math.max(0, this.changedAt + patienceMs - now)),
    );
  }

  private tell(): void {
    this.changedAt = undefined;
    this.listener.onChange(this.current());
  }

  /** A server that is gone is one reason, however many kinds notice it, and however the connections ended. */
  private lost(follower: KindFollower, error: Error): void {
    const isRefused = error instanceof ApiError && !error.isTemporary;
    const reason = isRefused ? error.message : 'unreachable';
    const isKnown = [...this.losses.values()].includes(reason);
    this.losses.set(follower, reason);
    if (!isKnown) this.listener.onLost?.(error);
  }

  private resumed(follower: KindFollower): void {
    if (this.losses.delete(follower) && this.losses.size === 0) this.listener.onResumed?.();
  }
}
