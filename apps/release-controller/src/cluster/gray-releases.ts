import { setTimeout as delay } from 'node:timers/promises';
import { ApiClient, Resources, type WatchEvent, watch } from '@grayscale/cluster-client';
import { type GrayRelease, grayReleaseKind, keyOf } from '@grayscale/release-cluster';
import { Injectable, Logger, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { ConfigService } from '@nestjs/config';
import type { ClusterControllerSettings } from './settings.js';

/** Is told what the API server has. Objects are there before anybody is told of them. */
export interface GrayReleaseListener {
  changed(object: GrayRelease): void;
  deleted(object: GrayRelease): void;
}

/** How long what is forbidden or missing is given to be mended, in milliseconds. */
const mendingTime = 5000;

/** The GrayReleases of the cluster, or of some namespaces, as a watch tells of them. */
@Injectable()
export class GrayReleases implements OnApplicationBootstrap, OnModuleDestroy {
  readonly resources: Resources<GrayRelease>;
  private readonly logger = new Logger('GrayReleases');
  private readonly objects = new Map<string, GrayRelease>();
  private readonly listeners = new Set<GrayReleaseListener>();
  private readonly stop = new AbortController();
  private readonly watches: Promise<void>[] = [];

  constructor(
    client: ApiClient,
    private readonly config: ConfigService<ClusterControllerSettings, true>,
  ) {
    this.resources = new Resources<GrayRelease>(client, grayReleaseKind);
  }

  onApplicationBootstrap(): void {
    const namespaces = this.config.get('NAMESPACES', { infer: true }) ?? [undefined];
    for (const namespace of namespaces) this.watches.push(this.follow(namespace));
  }

  async onModuleDestroy(): Promise<void> {
    this.stop.abort();
    await Promise.all(this.watches);
  }

  /** By namespace and name. */
  list(): GrayRelease[] {
    return [...this.objects.values()].sort((one, other) => (keyOf(one) < keyOf(other) ? -1 : 1));
  }

  get(key: string): GrayRelease | undefined {
    return this.objects.get(key);
  }

  /** Tells of every object that is there, and of each change from now on. @returns what ends it */
  subscribe(listener: GrayReleaseListener): () => void {
    this.listeners.add(listener);
    for (const object of this.objects.values()) listener.changed(object);
    return () => this.listeners.delete(listener);
  }

  /** Goes on until it is stopped: a right that is missing, or the kind itself, may come. */
  private async follow(namespace: string | undefined): Promise<void> {
    const { signal } = this.stop;
    const options = { signal, ...(namespace !== undefined && { namespace }) };
    while (!signal.aborted) {
      try {
        for await (const event of watch(this.resources, options)) this.take(event, namespace);
      } catch (error) {
        this.logger.error(`${(error as Error).message}; it is tried again`);
        await delay(mendingTime, undefined, { signal }).catch(() => undefined);
      }
    }
  }

  private take(event: WatchEvent<GrayRelease>, namespace: string | undefined): void {
    switch (event.type) {
      case 'listed':
        this.takeList(event.objects, namespace);
        break;
      case 'added':
      case 'modified':
        this.put(event.object);
        break;
      case 'deleted':
        this.remove(event.object);
        break;
      case 'interrupted':
        this.logger.warn(event.error.message);
    }
  }

  private takeList(listed: readonly GrayRelease[], namespace: string | undefined): void {
    const keys = new Set(listed.map(keyOf));
    for (const object of listed) this.put(object);
    for (const [key, object] of this.objects) {
      const isOfList = namespace === undefined || object.metadata.namespace === namespace;
      if (isOfList && !keys.has(key)) this.remove(object);
    }
  }

  private put(object: GrayRelease): void {
    const before = this.objects.get(keyOf(object));
    // Deleted and made again while nobody watched: another release.
    if (before !== undefined && before.metadata.uid !== object.metadata.uid) this.remove(before);
    this.objects.set(keyOf(object), object);
    for (const listener of this.listeners) listener.changed(object);
  }

  private remove(object: GrayRelease): void {
    this.objects.delete(keyOf(object));
    for (const listener of this.listeners) listener.deleted(object);
  }
}
