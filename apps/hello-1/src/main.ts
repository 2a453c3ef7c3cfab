import { HelloModule, helloSettings } from '@grayscale/hello-service';
import { runService } from '@grayscale/service-runtime';

await runService(HelloModule.forRoot({ version: 1 }), {
  name: 'hello-1',
  defaultPort: 43990,
  settings: helloSettings,
});
