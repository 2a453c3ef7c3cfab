import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { ApiClient, Lease } from '@grayscale/cluster-client';
import { Lifecycle } from '@grayscale/service-runtime';
import { Injectable, Logger, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { ConfigService } from '@nestjs/config';
import { ControllerIdentity } from './identity.js';
import { ReleaseDrivers } from './release-drivers.js';
import type { ClusterControllerSettings } from './settings.js';

const leaseName = 'release-controller';
/** How long a right that is missing is given to be mended, in milliseconds. */
const mendingTime = 5000;

/** Of several controllers the one that has the Lease carries releases out; the others wait, and show them. */
@Injectable()
export class Leadership implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly logger = new Logger('Leadership');
  private readonly lease: Lease;
  private leading: Promise<void> | undefined;

  constructor(
    client: ApiClient,
    identity: ControllerIdentity,
    private readonly drivers: ReleaseDrivers,
    private readonly lifecycle: Lifecycle,
    config: ConfigService<ClusterControllerSettings, true>,
  ) {
    const duration = config.get('LEASE_DURATION_MS', { infer: true });
    this.lease = new Lease(client, {
      namespace: identity.namespace,
      name: leaseName,
      identity: identity.name,
      duration,
      retryPeriod: Math.min(2000, duration / 5),
    });
  }

  onApplicationBootstrap(): void {
    this.leading = this.lead();
  }

  /** The Lease is handed over: it was given back when draining began. */
  async onModuleDestroy(): Promise<void> {
    await this.leading;
  }

  private async lead(): Promise<void> {
    const { draining } = this.lifecycle;
    while (!draining.aborted) {
      try {
        if (await this.lease.acquire(draining)) await this.term(AbortSignal.any([draining, this.lease.lost]));
      } catch (error) {
        this.logger.error(`${(error as Error).message}; it is tried again`);
        await delay(mendingTime, undefined, { signal: draining }).catch(() => undefined);
      }
    }
  }

  /** Until the signal: everything is left as it is by then, before anybody else may lead. */
  private async term(ended: AbortSignal): Promise<void> {
    this.logger.log('this controller leads, and carries the releases out');
    this.drivers.start();
    try {
      if (!ended.aborted) await once(ended, 'abort');
    } finally {
      await this.drivers.stop();
      await this.lease.release();
    }
    this.logger.log('this controller does not lead any more');
  }
}
