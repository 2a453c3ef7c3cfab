import { HelloModule, helloSettings } from '@grayscale/hello-service';
import { runService } from '@grayscale/service-runtime';

await runService(HelloModule.forRoot({ version: 2 }), {
  name: 'hello-2',
  defaultPort: 43991,
  settings: helloSettings,
});
