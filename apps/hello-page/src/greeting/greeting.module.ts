import { HttpService } from '@nestjs/axios';
import { Module, type OnApplicationShutdown } from '@nestjs/common';
import { ConfigService } from '@nestjs/config';
import { Axios } from 'axios';
import type { HelloPageSettings } from '../settings.js';
import { GreetingController } from './greeting.controller.js';
import { GreetingService } from './greeting.service.js';
import { UndiciAdapter } from './undici-adapter.js';

/** Where `@nestjs/axios` looks for the instance; it does not export the name. */
const AXIOS_INSTANCE_TOKEN = 'AXIOS_INSTANCE_TOKEN';

/** A greeting is one line; more than this is something else. */
const MAX_GREETING_BYTES = 64 * 1024;

/**
 * The axios instance of `HttpService`. Not of `axios.create`: that copies axios' own defaults (transforms of JSON and
 * forms, headers by method), none of them used here, into every request, for half of what axios costs. Headers
 * among the defaults cost nearly as much: the adapter adds `accept`.
 */
function createAxios(config: ConfigService<HelloPageSettings, true>, undici: UndiciAdapter): Axios {
  return new Axios({
    adapter: undici.send,
    timeout: config.get('HELLO_TIMEOUT_MS', { infer: true }),
    // A hello that redirects is not a hello.
    validateStatus: (status) => status >= 200 && status < 300,
  });
}

/** `HttpModule` of `@nestjs/axios` with an instance of our own making under its token. */
@Module({
  providers: [
    { provide: UndiciAdapter, useFactory: () => new UndiciAdapter(MAX_GREETING_BYTES) },
    { provide: AXIOS_INSTANCE_TOKEN, inject: [ConfigService, UndiciAdapter], useFactory: createAxios },
    HttpService,
  ],
  exports: [HttpService],
})
class UpstreamModule implements OnApplicationShutdown {
  constructor(private readonly undici: UndiciAdapter) {}

  /** After the server has answered its last request. */
  async onApplicationShutdown(): Promise<void> {
    await this.undici.close();
  }
}

/** `GET /page`: the greeting of whatever version answers. */
@Module({ imports: [UpstreamModule], controllers: [GreetingController], providers: [GreetingService] })
export class GreetingModule {}
