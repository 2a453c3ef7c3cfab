import { ApiClient, findCluster } from '@grayscale/cluster-client';
import { type DynamicModule, Module } from '@nestjs/common';
import { EventRecorder } from './event-recorder.js';
import { GrayReleases } from './gray-releases.js';
import { ControllerIdentity } from './identity.js';
import { Leadership } from './leadership.js';
import { ReleasesPageController } from './page/releases-page.controller.js';
import { ReleaseDrivers } from './release-drivers.js';
import { ReleaseMetrics } from './release-metrics.js';

/** The GrayReleases of a cluster: carried out by one of the controllers, shown by each. */
@Module({ controllers: [ReleasesPageController] })
export class ClusterModule {
  /** @throws ClusterConfigError when there is no cluster to be found, or no way in */
  static async connected(): Promise<DynamicModule> {
    const access = await findCluster();
    const client = new ApiClient(access, { userAgent: 'grayscale-release-controller' });
    return {
      module: ClusterModule,
      providers: [
        { provide: ApiClient, useValue: client },
        { provide: ControllerIdentity, useValue: new ControllerIdentity(access.namespace) },
        GrayReleases,
        EventRecorder,
        ReleaseDrivers,
        ReleaseMetrics,
        Leadership,
      ],
    };
  }
}
