import { runService } from '@grayscale/service-runtime';
import { ReleasesModule } from './releases/releases.module.js';
import { releaseControllerSettings } from './settings.js';

await runService(ReleasesModule, {
  name: 'release-controller',
  defaultPort: 8081,
  settings: releaseControllerSettings,
});
