import { ConfigurableModuleBuilder } from '@nestjs/common';
import { HeaderPropagationError } from '../errors.js';
import { checkBoolean, checkObject, reading, show } from '../option-checks.js';
import { type HeaderPropagationOptions, OPTION_KEYS } from '../options.js';

/** Clients of the whole application that send the headers on. Each is off unless it is named here. */
export interface ClientOptions {
  /** Every `HttpService` of `@nestjs/axios` in this application. */
  readonly httpService?: boolean;
  /** The global `fetch`. */
  readonly fetch?: boolean;
  /** `node:http` and `node:https`, and so every library that is built on them. */
  readonly nodeHttp?: boolean;
  /** The clients and servers of Nest's microservices: TCP and Redis as metadata of the packet, gRPC as metadata. */
  readonly microservices?: boolean;
}

/** What `HeaderPropagationModule.forRoot` takes and the factory of `forRootAsync` returns. */
export interface HeaderPropagationModuleOptions extends Omit<HeaderPropagationOptions, 'rules'> {
  /** As those of the core; a promise, such as that of `fromManifests`, is waited for at the start. */
  readonly rules: HeaderPropagationOptions['rules'] | Promise<HeaderPropagationOptions['rules']>;
  readonly clients?: ClientOptions;
}

export const {
  ConfigurableModuleClass,
  MODULE_OPTIONS_TOKEN: HEADER_PROPAGATION_OPTIONS,
  OPTIONS_TYPE,
  ASYNC_OPTIONS_TYPE,
} = new ConfigurableModuleBuilder<HeaderPropagationModuleOptions>({ moduleName: 'HeaderPropagation' })
  .setClassMethodName('forRoot')
  .setExtras({}, (definition) => ({ ...definition, global: true }))
  .build();

const CLIENTS = [
  'httpService',
  'fetch',
  'nodeHttp',
  'microservices',
] as const satisfies readonly (keyof ClientOptions)[];

/** @throws HeaderPropagationError when it is not an object: Nest itself would say what its own code stumbled over */
export function checkModuleOptions(options: unknown, path: 'forRoot' | 'forRootAsync'): void {
  reading({ path, code: 'INVALID_OPTION' }, () => checkIsObject(options, path));
}

function checkIsObject(options: unknown, path: 'forRoot' | 'forRootAsync'): void {
  if (options instanceof Promise && path === 'forRoot') refusePromise();
  if (typeof options === 'object' && options !== null && !Array.isArray(options)) return;
  const example = path === 'forRoot' ? '{ rules: ["user"] }' : '{ useFactory: () => ({ rules: ["user"] }) }';
  throw new HeaderPropagationError(
    'INVALID_OPTION',
    `${path}: ${show(options)} is not an object. Write ${example}.`,
  );
}

function refusePromise(): never {
  throw new HeaderPropagationError(
    'INVALID_OPTION',
    'forRoot: a promise is not an object with options. Write forRootAsync({ useFactory: () => promise }).',
  );
}

/**
 * The options of the core, with those of the module checked.
 *
 * @throws HeaderPropagationError when one of the module's is unknown or of a wrong type
 */
export async function coreOptions(
  options: HeaderPropagationModuleOptions,
): Promise<HeaderPropagationOptions> {
  const place = { path: 'options', code: 'INVALID_OPTION' } as const;
  const { clients, rules, core } = reading(place, () => {
    checkObject(options, [...OPTION_KEYS, 'clients'], place);
    const { clients, rules, ...core } = options;
    return { clients, rules, core };
  });
  if (clients !== undefined) reading({ ...place, path: 'clients' }, () => checkClients(clients));
  return { ...core, rules: await rules };
}

function checkClients(clients: ClientOptions): void {
  checkObject(clients, CLIENTS, { path: 'clients', code: 'INVALID_OPTION' });
  for (const name of CLIENTS) {
    checkBoolean(clients[name], { path: `clients.${name}`, code: 'INVALID_OPTION' });
  }
}
