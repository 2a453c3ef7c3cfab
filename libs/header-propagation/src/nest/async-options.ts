import type { DynamicModule, FactoryProvider, Provider } from '@nestjs/common';
import { HeaderPropagationError } from '../errors.js';
import { checkList, checkObject, isClass, reading, show } from '../option-checks.js';
import { HEADER_PROPAGATION_OPTIONS } from './options.js';

/** What Nest reads of `forRootAsync`, of which one of the first three makes the options. */
const MAKERS = ['useFactory', 'useClass', 'useExisting'] as const;
const KEYS = [...MAKERS, 'inject', 'imports', 'provideInjectionTokensFrom'] as const;

type Maker = (typeof MAKERS)[number];
type AsyncOptions = Readonly<Partial<Record<(typeof KEYS)[number], unknown>>>;

const EXAMPLE = 'useFactory: () => ({ rules: ["user"] })';

/**
 * What `forRootAsync` takes, before Nest sees it: Nest would stumble over most mistakes with a TypeError of its own.
 *
 * @throws HeaderPropagationError when a key is unknown, of a wrong type or without effect
 */
export function checkAsyncOptions(options: AsyncOptions): void {
  reading({ path: 'forRootAsync', code: 'INVALID_OPTION' }, () => checkKeys(options));
}

function checkKeys(options: AsyncOptions): void {
  if ('rules' in options || 'clients' in options)
    refuse('the options themselves are what the factory returns', `{ ${EXAMPLE} }`);
  checkObject(options, KEYS, { path: 'forRootAsync', code: 'INVALID_OPTION' });
  checkMaker(options);
  for (const key of ['imports', 'inject', 'provideInjectionTokensFrom'] as const) {
    const place = { path: `forRootAsync.${key}`, code: 'INVALID_OPTION' } as const;
    if (options[key] !== undefined) checkList(options[key], place, 'ConfigService');
  }
  for (const [index, token] of ((options.inject ?? []) as unknown[]).entries())
    checkToken(token, `.inject[${index}]`);
}

function checkMaker(options: AsyncOptions): void {
  const given = MAKERS.filter((name) => options[name] !== undefined);
  const [maker, other] = given;
  if (maker === undefined) refuse('nothing here makes the options', `{ ${EXAMPLE} }`);
  if (other !== undefined) refuse(`${given.join(' and ')} would each make the options`, 'only one of them');
  if (maker === 'useFactory') checkFactory(options.useFactory);
  else checkClass(maker, options[maker]);
  if (maker !== 'useFactory' && options.inject !== undefined)
    refuse('only useFactory is given what this lists', 'it into the constructor of the class', '.inject');
}

function checkFactory(factory: unknown): void {
  if (typeof factory !== 'function') refuse(`${show(factory)} is not a function`, EXAMPLE, '.useFactory');
  if (isClass(factory)) refuse('a class is not called like a function', 'it as useClass', '.useFactory');
}

function checkClass(maker: Maker, value: unknown): void {
  // A token of useExisting may be any that a provider of the application has.
  if (maker === 'useExisting') checkToken(value, '.useExisting');
  else if (typeof value !== 'function')
    refuse(`${show(value)} is not a class`, 'a class with a method create()', '.useClass');
  // Neither arrow functions nor async ones can be made with `new`.
  else if (value.prototype === undefined)
    refuse('a function that makes the options is not a class', 'it as useFactory', '.useClass');
}

function checkToken(token: unknown, path: string): void {
  if (['function', 'string', 'symbol'].includes(typeof token)) return;
  if (typeof token === 'object' && token !== null && ('token' in token || 'forwardRef' in token)) return;
  const circle = token === undefined ? '; a class is undefined here when files import each other' : '';
  refuse(`${show(token)} is not a token${circle}`, 'a class, a string or a symbol', path);
}

function refuse(what: string, instead: string, path = ''): never {
  throw new HeaderPropagationError('INVALID_OPTION', `forRootAsync${path}: ${what}. Write ${instead}.`);
}

/** The module that Nest's builder made, with a check of what makes the options and of what it gives. */
export function withCheckedFactory(definition: DynamicModule, options: AsyncOptions): DynamicModule {
  const maker = MAKERS.find((name) => options[name] !== undefined) as Maker;
  const providers = definition.providers?.map((provider) =>
    isOptionsProvider(provider) ? { ...provider, useFactory: checked(provider.useFactory, maker) } : provider,
  );
  return { ...definition, providers: providers ?? [] };
}

function isOptionsProvider(provider: Provider): provider is FactoryProvider {
  return typeof provider === 'object' && provider.provide === HEADER_PROPAGATION_OPTIONS;
}

function checked(factory: FactoryProvider['useFactory'], maker: Maker) {
  const source = maker === 'useFactory' ? '.useFactory' : `.${maker}.create()`;
  return async (...args: unknown[]) => {
    if (maker !== 'useFactory') checkCreates(args[0], maker);
    const options = await settled(factory, args, source);
    if (typeof options !== 'object' || options === null || Array.isArray(options))
      refuse(`it gave ${show(options)}, which is not an object`, 'return { rules: ["user"] }', source);
    return options;
  };
}

/** An error of the application's own says more than we could; anything else that it throws says nothing. */
async function settled(factory: FactoryProvider['useFactory'], args: unknown[], source: string) {
  try {
    return await factory(...args);
  } catch (error) {
    if (error instanceof Error) throw error;
    return refuse(`it failed with ${show(error)}`, 'throw new Error(...) with what went wrong', source);
  }
}

function checkCreates(maker: unknown, name: Maker): void {
  const { create } = (maker ?? {}) as { create?: unknown };
  if (typeof create === 'function') return;
  refuse('the class has no method create()', 'one that returns { rules: ["user"] }', `.${name}`);
}
