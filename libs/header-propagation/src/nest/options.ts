import { ConfigurableModuleBuilder } from '@nestjs/common';
import type { HeaderPropagationOptions } from '../options.js';

/** Clients of the whole application that send the headers on. Each is off unless it is named here. */
export interface ClientOptions {
  /** Every `HttpService` of `@nestjs/axios` in this application. */
  readonly httpService?: boolean;
  /** The global `fetch`. */
  readonly fetch?: boolean;
  /** `node:http` and `node:https`, and so every library that is built on them. */
  readonly nodeHttp?: boolean;
}

/** What `HeaderPropagationModule.forRoot` takes and the factory of `forRootAsync` returns. */
export interface HeaderPropagationModuleOptions extends HeaderPropagationOptions {
  readonly clients?: ClientOptions;
}

export const { ConfigurableModuleClass, MODULE_OPTIONS_TOKEN: HEADER_PROPAGATION_OPTIONS } =
  new ConfigurableModuleBuilder<HeaderPropagationModuleOptions>({ moduleName: 'HeaderPropagation' })
    .setClassMethodName('forRoot')
    .setExtras({}, (definition) => ({ ...definition, global: true }))
    .build();
