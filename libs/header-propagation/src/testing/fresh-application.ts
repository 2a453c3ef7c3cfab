/** A fresh application as its user writes it, without decorators' syntax so that Node runs it as it is. */
export const APPLICATION = `
const main = async () => {
  await load('reflect-metadata');
  const http = await load('node:http');
  const { HttpModule, HttpService } = await load('@nestjs/axios');
  const { Controller, Get, Module } = await load('@nestjs/common');
  const { NestFactory } = await load('@nestjs/core');
  const { HeaderPropagation, istioTracing } = await load('@grayscale/header-propagation');
  const nest = await load('@grayscale/header-propagation/nest');
  const { firstValueFrom } = await load('rxjs');
  const upstream = process.env.UPSTREAM;

  class PageController {
    constructor(http, headers) { Object.assign(this, { http, headers }); }
    viaAxios() { return firstValueFrom(this.http.get(upstream)).then(({ data }) => data); }
    viaFetch() { return fetch(upstream).then((response) => response.json()); }
    viaHttp() {
      return new Promise((resolve, reject) =>
        http.get(upstream, (response) => response.setEncoding('utf8').on('data', resolve)).on('error', reject));
    }
    one() { return { one: nest.HeaderPropagation === HeaderPropagation, current: this.headers.current() }; }
  }
  Reflect.defineMetadata('design:paramtypes', [HttpService, HeaderPropagation], PageController);
  for (const [method, path] of [['viaAxios', 'axios'], ['viaFetch', 'fetch'], ['viaHttp', 'http'], ['one', 'one']]) {
    Get(path)(PageController.prototype, method, Object.getOwnPropertyDescriptor(PageController.prototype, method));
  }
  Controller()(PageController);

  class AppModule {}
  Module({
    imports: [
      HttpModule,
      nest.HeaderPropagationModule.forRootAsync({
        useFactory: () => ({
          rules: [...istioTracing, { query: 'name', to: 'user' }],
          clients: { httpService: true, fetch: true, nodeHttp: true },
        }),
      }),
    ],
    controllers: [PageController],
  })(AppModule);

  const adapters = {
    fastify: async () => new (await load('@nestjs/platform-fastify')).FastifyAdapter(),
    express: async () => new (await load('@nestjs/platform-express')).ExpressAdapter(),
  };
  const app = await NestFactory.create(AppModule, await adapters[process.argv[2]](), { logger: ['error'] });
  await app.listen(0, '127.0.0.1');
  console.log(app.getHttpServer().address().port);
};
main();
`;
export const LOADERS = {
  import: { file: 'main.mjs', text: 'const load = (name) => import(name);' },
  require: { file: 'main.cjs', text: 'const load = async (name) => require(name);' },
} as const;

export const TYPES = `
import { HeaderPropagation, type Rule } from '@grayscale/header-propagation';
import { HeaderPropagationModule } from '@grayscale/header-propagation/nest';
import { propagateWithAxios } from '@grayscale/header-propagation/axios';
import { propagatingFetch } from '@grayscale/header-propagation/fetch';
import { propagateNodeHttp } from '@grayscale/header-propagation/node-http';
import { propagationInterceptor } from '@grayscale/header-propagation/undici';
import { captureFastify, captureMiddleware } from '@grayscale/header-propagation/server';
import axios from 'axios';
import { Agent } from 'undici';
const rules: Rule[] = ['x-request-id', { query: 'name', to: 'user' }, { bucket: 'x-bucket', of: 'user', salt: 's' }];
const propagation = new HeaderPropagation({ rules });
propagateWithAxios(propagation, axios.create());
new Agent().compose(propagationInterceptor(propagation));
export const used: unknown[] = [propagatingFetch(propagation), propagateNodeHttp(propagation), captureMiddleware(propagation), captureFastify(propagation)];
HeaderPropagationModule.forRoot({ rules, clients: { httpService: true } });
// @ts-expect-error: a query parameter needs a destination
HeaderPropagationModule.forRoot({ rules: [{ query: 'name' }] });
`;

export const JEST_SPEC = `
import { HttpModule, HttpService } from '@nestjs/axios';
import { Controller, Get, INestApplication, Module } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { HeaderPropagationModule } from '@grayscale/header-propagation/nest';
import { AddressInfo } from 'net';
import { map } from 'rxjs';

@Controller()
class PageController {
  constructor(private readonly http: HttpService) {}
  @Get('page')
  page() {
    return this.http.get(process.env.UPSTREAM as string).pipe(map(({ data }) => data));
  }
}

@Module({
  imports: [HttpModule, HeaderPropagationModule.forRoot({ rules: [{ query: 'name', to: 'user' }], clients: { httpService: true, fetch: true } })],
  controllers: [PageController],
})
class AppModule {}

describe('AppModule', () => {
  let app: INestApplication;
  beforeAll(async () => {
    app = (await Test.createTestingModule({ imports: [AppModule] }).compile()).createNestApplication();
    await app.listen(0, '127.0.0.1');
  });
  afterAll(() => app.close());
  it('sends the header', async () => {
    const { port } = app.getHttpServer().address() as AddressInfo;
    const answer = await fetch(\`http://127.0.0.1:\${port}/page?name=test\`);
    expect((await answer.json()).headers.user).toEqual(['test']);
  });
});
`;

/** What \`nest new\` writes, without what has no bearing here. */
export const JEST = {
  moduleFileExtensions: ['js', 'json', 'ts'],
  rootDir: 'src',
  testRegex: '.*\\.spec\\.ts$',
  transform: { '^.+\\.(t|j)s$': 'ts-jest' },
  testEnvironment: 'node',
};
export const NEST_TSCONFIG = {
  10: { module: 'commonjs', target: 'ES2021' },
  11: {
    module: 'nodenext',
    moduleResolution: 'nodenext',
    resolvePackageJsonExports: true,
    isolatedModules: true,
    target: 'ES2023',
  },
};

export const NESTS = [10, 11, 12] as const;
export type Nest = (typeof NESTS)[number];
