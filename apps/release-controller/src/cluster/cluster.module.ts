import { ApiClient, findCluster } from '@grayscale/cluster-client';
import { Module } from '@nestjs/common';
import { EventRecorder } from './event-recorder.js';
import { GrayReleases } from './gray-releases.js';
import { ControllerIdentity } from './identity.js';
import { Leadership } from './leadership.js';
import { ReleasesPageController } from './page/releases-page.controller.js';
import { ReleaseDrivers } from './release-drivers.js';
import { ReleaseMetrics } from './release-metrics.js';

/** The GrayReleases of a cluster: carried out by one of the controllers, shown by each. */
@Module({
  controllers: [ReleasesPageController],
  providers: [
    {
      provide: ApiClient,
      useFactory: async () =>
        new ApiClient(await findCluster(), { userAgent: 'grayscale-release-controller' }),
    },
    {
      provide: ControllerIdentity,
      useFactory: ({ access }: ApiClient) => new ControllerIdentity(access.namespace),
      inject: [ApiClient],
    },
    GrayReleases,
    EventRecorder,
    ReleaseDrivers,
    ReleaseMetrics,
    Leadership,
  ],
})
export class ClusterModule {}
