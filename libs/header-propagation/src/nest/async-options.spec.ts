import 'reflect-metadata';
import { Inject, Injectable, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { HeaderPropagation, HeaderPropagationModule } from './index.js';

const OPTIONS = { rules: ['user'] };

@Injectable()
class Configuration {
  create = () => OPTIONS;
  readonly user = 'user';
}
@Injectable()
class WithoutCreate {}
@Module({ providers: [Configuration, WithoutCreate], exports: [Configuration, WithoutCreate] })
class ConfigurationModule {}

const imports = [ConfigurationModule];

async function start(options: unknown, method: 'forRoot' | 'forRootAsync' = 'forRootAsync') {
  @Module({ imports: [HeaderPropagationModule[method](options as never)] })
  class AppModule {}
  const app = await NestFactory.createApplicationContext(AppModule, { logger: false, abortOnError: false });
  const names = [...app.get(HeaderPropagation).names];
  await app.close();
  return names;
}

describe('forRootAsync', () => {
  it.each<[string, object]>([
    ['a factory', { useFactory: () => OPTIONS }],
    ['an async factory', { useFactory: async () => OPTIONS }],
    [
      'a factory with what it needs',
      { imports, inject: [Configuration], useFactory: ({ user }: Configuration) => ({ rules: [user] }) },
    ],
    [
      'a factory with what it may need',
      { inject: [{ token: 'nobody', optional: true }], useFactory: (none: unknown) => (none ? {} : OPTIONS) },
    ],
    ['a class', { useClass: Configuration }],
    ['a provider', { imports, useExisting: Configuration }],
    ['keys that are undefined', { useFactory: () => OPTIONS, useClass: undefined, inject: undefined }],
  ])('takes %s', async (_, options) => {
    expect(await start(options)).toEqual(['user']);
  });

  it.each<[string, unknown, string]>([
    ['nothing', undefined, 'forRootAsync: undefined is not an object'],
    ['a list', [], 'forRootAsync: [] is not an object'],
    ['a function', () => OPTIONS, 'forRootAsync: a function is not an object'],
    ['an empty object', {}, 'nothing here makes the options. Write { useFactory:'],
    ['the options themselves', OPTIONS, 'what the factory returns'],
    ['an unknown key', { useFactry: () => OPTIONS }, 'forRootAsync.useFactry: unknown option. Did you mean'],
    ['a number as factory', { useFactory: 5 }, 'forRootAsync.useFactory: 5 is not a function. Write'],
    ['null as factory', { useFactory: null }, 'forRootAsync.useFactory: null is not a function'],
    ['options as factory', { useFactory: OPTIONS }, 'forRootAsync.useFactory: {"rules":["user"]} is not a f'],
    ['a class as factory', { useFactory: Configuration }, 'Write it as useClass.'],
    ['two', { useFactory: () => OPTIONS, useClass: Configuration }, 'useFactory and useClass would each'],
    ['text as class', { useClass: 'Configuration' }, 'forRootAsync.useClass: "Configuration" is not a class'],
    ['an arrow function as class', { useClass: () => OPTIONS }, 'Write it as useFactory.'],
    ['a class without create()', { useClass: WithoutCreate }, 'forRootAsync.useClass: the class has no meth'],
    [
      'an existing one without',
      { imports, useExisting: WithoutCreate },
      'forRootAsync.useExisting: the class',
    ],
    ['a number as existing', { useExisting: 5 }, 'forRootAsync.useExisting: 5 is not a token'],
    [
      'inject that is no list',
      { useFactory: () => OPTIONS, inject: Configuration },
      'inject: a function is not',
    ],
    [
      'inject of nothing',
      { useFactory: () => OPTIONS, inject: [undefined] },
      'inject[0]: undefined is not a token;',
    ],
    ['inject for a class', { useClass: Configuration, inject: [] }, 'forRootAsync.inject: only useFactory'],
    [
      'imports that are no list',
      { useFactory: () => OPTIONS, imports: {} },
      'forRootAsync.imports: {} is not a',
    ],
    ['a factory of nothing', { useFactory: () => undefined }, '.useFactory: it gave undefined, which is not'],
    [
      'a factory of a promise of nothing',
      { useFactory: async () => null },
      '.useFactory: it gave null, which',
    ],
    ['a factory of a list', { useFactory: () => ['user'] }, '.useFactory: it gave ["user"], which is not an'],
    [
      'a factory that fails with no error',
      { useFactory: () => Promise.reject('no') },
      'it failed with "no". Write',
    ],
    ['a factory of wrong options', { useFactory: () => ({ rule: [] }) }, 'options.rule: unknown option'],
  ])('refuses %s in its own words', async (_, options, message) => {
    await expect(async () => start(options)).rejects.toMatchObject({
      name: 'HeaderPropagationError',
      message: expect.stringContaining(message),
    });
  });

  it("lets the factory's own error through", async () => {
    const error = new Error('The configuration server does not answer.');
    await expect(start({ useFactory: () => Promise.reject(error) })).rejects.toBe(error);
  });

  it('keeps the class behind useClass a provider with what it injects', async () => {
    @Injectable()
    class WithDependency {
      constructor(@Inject(Configuration) private readonly configuration: Configuration) {}
      create() {
        return { rules: [this.configuration.user] };
      }
    }
    expect(await start({ imports, useClass: WithDependency })).toEqual(['user']);
  });
});

it.each<[string, unknown, string]>([
  ['a list', ['user'], 'forRoot: ["user"] is not an object'],
  ['a promise', Promise.resolve(OPTIONS), 'Write forRootAsync('],
])('forRoot refuses %s', async (_, options, message) => {
  await expect(async () => start(options, 'forRoot')).rejects.toThrow(message);
});
