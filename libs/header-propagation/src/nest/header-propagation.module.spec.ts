import 'reflect-metadata';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { HttpModule, HttpService } from '@nestjs/axios';
import {
  type CanActivate,
  Catch,
  Controller,
  type ExceptionFilter,
  type ExecutionContext,
  Get,
  type INestApplication,
  Inject,
  Injectable,
  type MiddlewareConsumer,
  Module,
  type NestInterceptor,
  type NestMiddleware,
  Param,
  type PipeTransform,
  Post,
  Query,
  UseFilters,
  UseGuards,
  UseInterceptors,
} from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { ExpressAdapter } from '@nestjs/platform-express';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { firstValueFrom } from 'rxjs';
import { HeaderPropagation, HeaderPropagationModule } from './index.js';

const seen: Record<string, unknown> = {};
let propagation: HeaderPropagation;
const note = (place: string) => {
  seen[place] = propagation.current().user;
};

@Injectable()
class Guard implements CanActivate {
  async canActivate() {
    await new Promise(setImmediate);
    note('guard');
    return true;
  }
}
@Injectable()
class Interceptor implements NestInterceptor {
  intercept(_context: ExecutionContext, next: { handle(): never }) {
    note('interceptor');
    return next.handle();
  }
}
@Injectable()
class Pipe implements PipeTransform {
  transform(value: unknown) {
    note('pipe');
    return value;
  }
}
@Catch()
class Filter implements ExceptionFilter {
  catch(_error: unknown, host: Parameters<ExceptionFilter['catch']>[1]) {
    note('filter');
    const response = host.switchToHttp().getResponse();
    response.status(418).send('filtered');
  }
}
@Injectable()
class LateMiddleware implements NestMiddleware {
  use(_request: unknown, _response: unknown, next: () => void) {
    note('middleware');
    next();
  }
}

let upstreamUrl = '';

@Controller()
@UseGuards(Guard)
@UseInterceptors(Interceptor)
@UseFilters(Filter)
class AppController {
  constructor(
    @Inject(HttpService) private readonly http: HttpService,
    @Inject(HeaderPropagation) private readonly headers: HeaderPropagation,
  ) {}

  @Get('page/:id')
  async page(@Param('id', Pipe) _id: string, @Query('via') via: string) {
    if (via === 'fetch') return (await fetch(upstreamUrl)).text();
    return (await firstValueFrom(this.http.get(upstreamUrl, { responseType: 'text' }))).data;
  }

  @Get('fail')
  fail() {
    throw new Error('as ordered');
  }

  @Post('body')
  async body() {
    await new Promise(setImmediate);
    return this.headers.current();
  }
}

@Module({
  imports: [
    HttpModule,
    HeaderPropagationModule.forRoot({
      rules: ['x-request-id', { query: 'name', to: 'user' }, 'user'],
      clients: { httpService: true, fetch: true },
    }),
  ],
  controllers: [AppController],
})
class AppModule {
  configure(consumer: MiddlewareConsumer) {
    consumer.apply(LateMiddleware).forRoutes('{*path}');
  }
}

const adapters = { fastify: () => new FastifyAdapter(), express: () => new ExpressAdapter() };

describe.each(Object.keys(adapters) as (keyof typeof adapters)[])('HeaderPropagationModule on %s', (name) => {
  let app: INestApplication;
  let upstream: Server;
  let url: string;

  beforeAll(async () => {
    upstream = createServer((request, response) => response.end(JSON.stringify(request.headers)));
    await new Promise<void>((resolve) => upstream.listen(0, '127.0.0.1', resolve));
    upstreamUrl = `http://127.0.0.1:${(upstream.address() as AddressInfo).port}/`;
    app = await NestFactory.create(AppModule, adapters[name](), { logger: false });
    await app.listen(0, '127.0.0.1');
    propagation = app.get(HeaderPropagation);
    url = `http://127.0.0.1:${app.getHttpServer().address().port}`;
  });
  afterAll(async () => {
    await app.close();
    upstream.close();
  });

  it.each(['axios', 'fetch'])('sends on what came in through %s', async (via) => {
    const answer = await fetch(`${url}/page/1?name=test&via=${via}`, { headers: { 'x-request-id': 'r1' } });
    expect(await answer.json()).toMatchObject({ user: 'test', 'x-request-id': 'r1' });
  });

  it('sends nothing that no rule names', async () => {
    const answer = await fetch(`${url}/page/1?name=`, {
      headers: { 'x-other': '1', authorization: 'Basic x' },
    });
    const headers = await answer.json();
    expect(Object.keys(headers)).toEqual(expect.not.arrayContaining(['user', 'x-other', 'authorization']));
  });

  it('reaches middleware, guards, interceptors, pipes and exception filters', async () => {
    await fetch(`${url}/page/1?name=everywhere`);
    await fetch(`${url}/fail?name=everywhere`);
    expect(seen).toEqual({
      middleware: 'everywhere',
      guard: 'everywhere',
      interceptor: 'everywhere',
      pipe: 'everywhere',
      filter: 'everywhere',
    });
  });

  it('keeps the headers after a body was read', async () => {
    const body = JSON.stringify({ text: 'x'.repeat(50_000) });
    const headers = { 'content-type': 'application/json' };
    const answer = await fetch(`${url}/body?name=test`, { method: 'POST', body, headers });
    expect(await answer.json()).toEqual({ user: 'test' });
  });

  it('holds nothing outside a request', () => {
    expect(app.get(HeaderPropagation).current()).toEqual({});
    expect(app.get(HeaderPropagation).captured()).toBeUndefined();
  });
});

describe('a mistake in the options of the module', () => {
  it.each<[string, object, RegExp]>([
    ['an unknown option', { rules: [], client: {} }, /options\.client: .*"clients"/],
    ['an unknown client', { rules: [], clients: { nodehttp: true } }, /clients\.nodehttp: .*"nodeHttp"/],
    ['a client as text', { rules: [], clients: { fetch: 'yes' } }, /clients\.fetch: "yes".*true or false/],
    ['clients of null', { rules: [], clients: null }, /clients: null is not an object/],
    ['a rule', { rules: [{ query: 'name' }] }, /rules\[0\]: where does the value go/],
  ])('stops the start: %s', async (_, options, message) => {
    @Module({ imports: [HeaderPropagationModule.forRoot(options as never)] })
    class BadModule {}
    const start = NestFactory.create(BadModule, new FastifyAdapter(), { logger: false, abortOnError: false });
    await expect(start).rejects.toThrow(message);
  });
});
