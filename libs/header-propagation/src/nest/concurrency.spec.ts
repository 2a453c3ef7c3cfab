import 'reflect-metadata';
import { EventEmitter, once } from 'node:events';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { Controller, Get, type INestApplication, Inject, Module, Query } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { ExpressAdapter } from '@nestjs/platform-express';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { Agent, request } from 'undici';
import { propagationInterceptor } from '../clients/undici.js';
import { type EchoServer, startEchoServer } from '../testing/echo-server.js';
import { HeaderPropagation, HeaderPropagationModule } from './index.js';

let upstream: EchoServer;

/** Three workers for everybody's jobs, as a pool of connections or of promises has: they start before any request. */
class PromisePool {
  readonly #jobs: (() => Promise<void>)[] = [];
  readonly #wake = new EventEmitter().setMaxListeners(0);
  readonly #workers = [1, 2, 3].map(() => this.#work());

  submit<T>(job: () => Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      this.#jobs.push(() => job().then(resolve, reject));
      this.#wake.emit('job');
    });
  }

  async #work(): Promise<void> {
    for (;;) {
      const job = this.#jobs.shift();
      if (job === undefined) await once(this.#wake, 'job');
      else await job();
    }
  }

  get size(): number {
    return this.#workers.length;
  }
}

const pool = new PromisePool();
const ways: Record<string, (call: () => Promise<string>) => Promise<string>> = {
  await: async (call) => {
    for (let turn = 0; turn < 5; turn++) await Promise.resolve();
    return call();
  },
  timer: async (call) => {
    await sleep(Math.random() * 20);
    return new Promise((resolve, reject) =>
      setTimeout(() => call().then(resolve, reject), Math.random() * 20),
    );
  },
  stream: async (call) => {
    let answer = '';
    await pipeline(
      Readable.from([1, 2, 3]),
      async function* (source) {
        for await (const chunk of source) {
          await sleep(1);
          if (chunk === 3) answer = await call();
          yield chunk;
        }
      },
      async (source) => {
        for await (const _ of source);
      },
    );
    return answer;
  },
  emitter: (call) => {
    const emitter = new EventEmitter();
    return new Promise((resolve, reject) => {
      emitter.once('go', () => call().then(resolve, reject));
      setImmediate(() => emitter.emit('go'));
    });
  },
  // A pool's worker runs in the context of whoever woke it: the job brings its own.
  pool: (call) => {
    const captured = propagation.captured();
    return pool.submit(() => (captured === undefined ? call() : propagation.run(captured, call)));
  },
};

let propagation: HeaderPropagation;

@Controller()
class AppController {
  readonly #dispatcher: Agent | ReturnType<Agent['compose']>;

  constructor(@Inject(HeaderPropagation) headers: HeaderPropagation) {
    this.#dispatcher = new Agent({ connections: 20 }).compose(propagationInterceptor(headers));
  }

  @Get('page')
  async page(@Query('via') via: string) {
    const way = ways[via] as (typeof ways)[string];
    return way(async () => {
      const { body } = await request(`${upstream.url}/hello`, { dispatcher: this.#dispatcher });
      return body.text();
    });
  }
}

@Module({
  imports: [HeaderPropagationModule.forRoot({ rules: [{ query: 'name', to: 'user' }] })],
  controllers: [AppController],
})
class AppModule {}

const adapters = { fastify: () => new FastifyAdapter(), express: () => new ExpressAdapter() };

describe.each(Object.keys(adapters) as (keyof typeof adapters)[])('200 users at once on %s', (name) => {
  let app: INestApplication;
  let url: string;

  beforeAll(async () => {
    upstream = await startEchoServer();
    app = await NestFactory.create(AppModule, adapters[name](), { logger: false });
    await app.listen(0, '127.0.0.1');
    propagation = app.get(HeaderPropagation);
    url = `http://127.0.0.1:${app.getHttpServer().address().port}`;
  });
  afterAll(async () => {
    app.getHttpServer().closeAllConnections();
    await app.close();
    await upstream.close();
  });

  it.each(Object.keys(ways))(
    'are not mixed up through: %s',
    async (via) => {
      const users = Array.from({ length: 200 }, (_, index) => `user-${index}`);
      const sent = await Promise.all(
        users.map(async (user) => {
          const { body } = await request(`${url}/page?name=${user}&via=${via}`);
          return JSON.parse(await body.text()).headers.user;
        }),
      );
      expect(sent).toEqual(users.map((user) => [user]));
    },
    60_000,
  );
});
