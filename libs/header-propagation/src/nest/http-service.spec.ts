import 'reflect-metadata';
import { HttpModule, HttpService } from '@nestjs/axios';
import { Controller, Get, type INestApplication, Inject, Module, Scope } from '@nestjs/common';
import { LazyModuleLoader, NestFactory } from '@nestjs/core';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { firstValueFrom } from 'rxjs';
import { type EchoServer, startEchoServer } from '../testing/echo-server.js';
import { HeaderPropagationModule } from './index.js';

let upstream: EchoServer;
const ask = async (http: HttpService) => (await firstValueFrom(http.get(`${upstream.url}/hello`))).data;

@Module({ imports: [HttpModule.register({ timeout: 5000 })], exports: [HttpModule] })
class LateModule {}

@Controller()
class AppController {
  constructor(
    @Inject(HttpService) private readonly http: HttpService,
    @Inject(LazyModuleLoader) private readonly loader: LazyModuleLoader,
  ) {}

  @Get('request-scoped')
  scoped() {
    return ask(this.http);
  }

  @Get('request-scoped-ref')
  async scopedRef() {
    return (await this.http.axiosRef.get(`${upstream.url}/hello`)).data;
  }

  @Get('lazy')
  async lazy() {
    const module = await this.loader.load(() => LateModule);
    return ask(module.get(HttpService, { strict: false }));
  }
}

@Module({
  imports: [
    HttpModule.registerAsync({
      useFactory: () => ({ timeout: 5000 }),
      extraProviders: [],
    }),
    HeaderPropagationModule.forRoot({
      rules: Promise.resolve([{ query: 'name', to: 'user' }]),
      clients: { httpService: true },
    }),
  ],
  controllers: [AppController],
})
class AppModule {}

/** As an application writes it whose timeout depends on the request. */
const scoped = { provide: 'AXIOS_INSTANCE_TOKEN', scope: Scope.REQUEST };

describe('an HttpService', () => {
  let app: INestApplication;
  let url: string;
  const makeObservable = HttpService.prototype['makeObservable' as never];

  beforeAll(async () => {
    const [http] = Reflect.getMetadata('imports', AppModule) as [{ providers: { provide: unknown }[] }];
    const provider = http.providers.find(({ provide }) => provide === scoped.provide);
    Object.assign(provider as object, scoped);
    upstream = await startEchoServer();
    app = await NestFactory.create(AppModule, new FastifyAdapter(), { logger: false });
    await app.listen(0, '127.0.0.1');
    url = `http://127.0.0.1:${app.getHttpServer().address().port}`;
  });
  afterAll(() => upstream.close());

  it.each(['request-scoped', 'request-scoped-ref', 'lazy', 'lazy'])('sends the headers: %s', async (path) => {
    const answers = await Promise.all(
      ['a', 'b', 'c'].map(async (user) => (await fetch(`${url}/${path}?name=${user}`)).json()),
    );
    expect(answers.map(({ headers }) => headers.user)).toEqual([['a'], ['b'], ['c']]);
  });

  it('is as it was when the application has closed', async () => {
    expect(HttpService.prototype['makeObservable' as never]).not.toBe(makeObservable);
    app.enableShutdownHooks();
    await app.close();
    expect(HttpService.prototype['makeObservable' as never]).toBe(makeObservable);
  });
});
