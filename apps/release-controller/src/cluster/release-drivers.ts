import { ApiClient, type PatchOperation } from '@grayscale/cluster-client';
import { type Plan, type StandStill, standStillStatus } from '@grayscale/release';
import {
  ClusterStore,
  type GrayRelease,
  GrayReleaseRecord,
  keyOf,
  ReleaseRecord,
  RuleObjects,
} from '@grayscale/release-cluster';
import { Injectable } from '@nestjs/common';
import { ConfigService } from '@nestjs/config';
import { countSource } from './count-source.js';
import { EventRecorder } from './event-recorder.js';
import { type GrayReleaseListener, GrayReleases } from './gray-releases.js';
import { ControllerIdentity } from './identity.js';
import { type DriverOptions, ReleaseDriver } from './release-driver.js';
import type { ClusterControllerSettings } from './settings.js';

/** Carries every release out while this process is the leader. */
@Injectable()
export class ReleaseDrivers implements GrayReleaseListener {
  private readonly drivers = new Map<string, ReleaseDriver>();
  private readonly ending = new Set<Promise<void>>();
  private readonly interval: number;
  private ruleObjects: RuleObjects | undefined;
  private unsubscribe: (() => void) | undefined;

  constructor(
    private readonly client: ApiClient,
    private readonly identity: ControllerIdentity,
    private readonly releases: GrayReleases,
    private readonly events: EventRecorder,
    private readonly config: ConfigService<ClusterControllerSettings, true>,
  ) {
    this.interval = config.get('LOOK_INTERVAL_MS', { infer: true });
  }

  /** Those that are driven now. */
  get all(): Iterable<ReleaseDriver> {
    return this.drivers.values();
  }

  get isLeading(): boolean {
    return this.unsubscribe !== undefined;
  }

  start(): void {
    this.ruleObjects = new RuleObjects(this.client);
    this.unsubscribe = this.releases.subscribe(this);
  }

  /** Every release stays where it is. */
  async stop(): Promise<void> {
    this.unsubscribe?.();
    this.unsubscribe = undefined;
    for (const driver of this.drivers.values()) this.ending.add(driver.stop());
    this.drivers.clear();
    await Promise.all(this.ending);
    this.ending.clear();
    this.ruleObjects?.close();
  }

  changed(object: GrayRelease): void {
    const driver = this.drivers.get(keyOf(object));
    if (driver !== undefined) driver.update(object);
    else this.drivers.set(keyOf(object), new ReleaseDriver(object, this.options));
  }

  deleted(object: GrayRelease): void {
    const driver = this.drivers.get(keyOf(object));
    this.drivers.delete(keyOf(object));
    if (driver === undefined) return;
    const ended = driver.delete().finally(() => this.ending.delete(ended));
    this.ending.add(ended);
  }

  private get options(): DriverOptions {
    return {
      source: () => countSource(this.config),
      interval: this.interval,
      store: (plan, signal) => this.store(plan, signal),
      standStill: (object, standStill) => this.standStill(object, standStill),
      tell: (object, event) => this.events.record(object, event),
    };
  }

  private store(plan: Plan, signal: AbortSignal): ClusterStore {
    const { client, identity, ruleObjects = new RuleObjects(client) } = this;
    const { namespace, name } = plan;
    const home = new GrayReleaseRecord(client, namespace, name, () =>
      this.releases.get(`${namespace}/${name}`),
    );
    const record = new ReleaseRecord(home, {
      signal,
      driver: identity.name,
      isDead: async (driver) => identity.isPredecessor(driver),
    });
    return new ClusterStore({ client, plan, ruleObjects, record });
  }

  private async standStill(object: GrayRelease, standStill: StandStill): Promise<void> {
    const { metadata, status = {} } = object;
    const { generation = 0 } = metadata;
    const value = {
      ...standStillStatus(standStill, { now: Date.now(), generation, previous: status }),
      ...(status.record && { record: status.record }),
    };
    const written: PatchOperation = { op: 'add', path: '/status', value };
    await this.releases.resources.patchAsRead(object, [written], { subresource: 'status' });
  }
}
