import { runService } from '@grayscale/service-runtime';
import { AppModule } from './app.module.js';
import { helloPageSettings } from './settings.js';

await runService(AppModule, { name: 'hello-page', defaultPort: 8080, settings: helloPageSettings });
