import { istioTracing } from '@grayscale/header-propagation';
import { HeaderPropagationModule } from '@grayscale/header-propagation/nest';
import { Module } from '@nestjs/common';
import { ConfigService } from '@nestjs/config';
import { GreetingModule } from './greeting/greeting.module.js';
import { MAX_NAME_BYTES } from './greeting/user-name.js';
import { LivePageModule } from './live-page/index.js';
import { type HelloPageSettings, helloUrl } from './settings.js';

/** `GET /page`, and the live page at `/`. */
@Module({
  imports: [
    HeaderPropagationModule.forRootAsync({
      inject: [ConfigService],
      useFactory: (config: ConfigService<HelloPageSettings, true>) => ({
        // `user` comes from the query alone: the header of that name is not taken from callers.
        rules: [
          { query: 'name', to: 'user' },
          // For a release by users: `sticky: { header: x-bucket, digits: 4 }` grows without anybody changing sides.
          { bucket: 'x-bucket', of: 'user', salt: 'hello-page' },
          ...istioTracing,
        ],
        targets: [helloUrl(config).hostname],
        limits: { valueBytes: MAX_NAME_BYTES, totalBytes: 4 * MAX_NAME_BYTES },
        clients: { httpService: true },
      }),
    }),
    GreetingModule,
    LivePageModule,
  ],
})
export class AppModule {}
