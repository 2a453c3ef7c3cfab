import { HttpModule } from '@nestjs/axios';
import { Module, type OnApplicationShutdown } from '@nestjs/common';
import { ConfigService } from '@nestjs/config';
import type { HelloPageSettings } from '../settings.js';
import { UndiciTransport } from '../undici-adapter/index.js';
import { GreetingController } from './greeting.controller.js';
import { GreetingService } from './greeting.service.js';

/** A greeting is one line; more than this is something else. */
const MAX_GREETING_BYTES = 64 * 1024;

@Module({ providers: [UndiciTransport], exports: [UndiciTransport] })
class TransportModule implements OnApplicationShutdown {
  constructor(private readonly transport: UndiciTransport) {}

  /** After the server has answered its last request. */
  async onApplicationShutdown(): Promise<void> {
    await this.transport.close();
  }
}

/** `GET /page`: the greeting of whatever version answers. */
@Module({
  imports: [
    HttpModule.registerAsync({
      imports: [TransportModule],
      inject: [ConfigService, UndiciTransport],
      useFactory: (config: ConfigService<HelloPageSettings, true>, transport: UndiciTransport) => ({
        adapter: transport.adapter,
        timeout: config.get('HELLO_TIMEOUT_MS', { infer: true }),
        responseType: 'arraybuffer' as const,
        transformResponse: [],
        maxRedirects: 5,
        maxContentLength: MAX_GREETING_BYTES,
      }),
    }),
  ],
  controllers: [GreetingController],
  providers: [GreetingService],
})
export class GreetingModule {}
