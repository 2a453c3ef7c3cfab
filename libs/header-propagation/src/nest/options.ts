import { ConfigurableModuleBuilder } from '@nestjs/common';
import { HeaderPropagationError } from '../errors.js';
import { checkObject, show } from '../option-checks.js';
import { type HeaderPropagationOptions, OPTION_KEYS } from '../options.js';

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

const CLIENTS = ['httpService', 'fetch', 'nodeHttp'] as const satisfies readonly (keyof ClientOptions)[];

/**
 * The options of the core, with those of the module checked.
 *
 * @throws HeaderPropagationError when one of the module's is unknown or of a wrong type
 */
export function coreOptions(options: HeaderPropagationModuleOptions): HeaderPropagationOptions {
  checkObject(options, [...OPTION_KEYS, 'clients'], { path: 'options', code: 'INVALID_OPTION' });
  const { clients, ...core } = options;
  if (clients !== undefined) checkClients(clients);
  return core;
}

function checkClients(clients: ClientOptions): void {
  checkObject(clients, CLIENTS, { path: 'clients', code: 'INVALID_OPTION' });
  for (const name of CLIENTS) {
    const value = clients[name];
    if (value === undefined || typeof value === 'boolean') continue;
    throw new HeaderPropagationError(
      'INVALID_OPTION',
      `clients.${name}: ${show(value)} is not allowed here. Write true or false.`,
    );
  }
}
