import { runService } from '@grayscale/service-runtime';
import { ClusterModule } from './cluster/cluster.module.js';
import { clusterControllerSettings } from './cluster/settings.js';

await runService(ClusterModule.connected(), {
  name: 'release-controller',
  defaultPort: 8080,
  settings: clusterControllerSettings,
});
