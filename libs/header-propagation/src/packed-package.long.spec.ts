import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { type EchoServer, startEchoServer } from './testing/echo-server.js';

const run = promisify(execFile);
const packageFolder = join(import.meta.dirname, '..');

/** A fresh application as its user writes it, without decorators' syntax so that Node runs it as it is. */
const APPLICATION = `
import 'reflect-metadata';
import { get } from 'node:http';
import { HttpModule, HttpService } from '@nestjs/axios';
import { Controller, Get, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { istioTracing } from '@grayscale/header-propagation';
import { HeaderPropagationModule } from '@grayscale/header-propagation/nest';
import { firstValueFrom } from 'rxjs';

const upstream = process.env.UPSTREAM;
const viaHttp = () => new Promise((resolve, reject) =>
  get(upstream, (response) => response.setEncoding('utf8').on('data', resolve)).on('error', reject));

class PageController {
  constructor(http) { this.http = http; }
  viaAxios() { return firstValueFrom(this.http.get(upstream)).then(({ data }) => data); }
  viaFetch() { return fetch(upstream).then((response) => response.json()); }
  viaHttp() { return viaHttp(); }
}
Reflect.defineMetadata('design:paramtypes', [HttpService], PageController);
for (const [method, path] of [['viaAxios', 'axios'], ['viaFetch', 'fetch'], ['viaHttp', 'http']]) {
  const descriptor = Object.getOwnPropertyDescriptor(PageController.prototype, method);
  Get(path)(PageController.prototype, method, descriptor);
}
Controller()(PageController);

class AppModule {}
Module({
  imports: [
    HttpModule,
    HeaderPropagationModule.forRootAsync({
      useFactory: () => ({
        rules: [...istioTracing, { query: 'name', to: 'user' }],
        clients: { httpService: true, fetch: true, nodeHttp: true },
      }),
    }),
  ],
  controllers: [PageController],
})(AppModule);

const name = process.argv[2];
const adapters = {
  fastify: async () => new (await import('@nestjs/platform-fastify')).FastifyAdapter(),
  express: async () => new (await import('@nestjs/platform-express')).ExpressAdapter(),
};
const app = await NestFactory.create(AppModule, await adapters[name](), { logger: ['error'] });
await app.listen(0, '127.0.0.1');
console.log(app.getHttpServer().address().port);
`;

const CORE_ONLY = `
import { HeaderPropagation } from '@grayscale/header-propagation';
const propagation = new HeaderPropagation({ rules: ['user'] });
console.log(JSON.stringify(propagation.inject(propagation.extract({ user: 'test' }, '/'), 'http://reviews/', {})));
`;

const TYPES = `
import { HeaderPropagation, type Rule } from '@grayscale/header-propagation';
import { HeaderPropagationModule } from '@grayscale/header-propagation/nest';
import { propagateWithAxios } from '@grayscale/header-propagation/axios';
import axios from 'axios';
const rules: Rule[] = ['x-request-id', { query: 'name', to: 'user' }];
propagateWithAxios(new HeaderPropagation({ rules }), axios.create());
HeaderPropagationModule.forRoot({ rules, clients: { httpService: true } });
// @ts-expect-error: a query parameter needs a destination
HeaderPropagationModule.forRoot({ rules: [{ query: 'name' }] });
`;

let folder: string;
let tarball: string;
let upstream: EchoServer;

const npm = (args: string[], cwd: string) => run('npm', [...args, '--no-audit', '--no-fund'], { cwd });

/** An empty folder with the packed package and these others in it. */
async function install(name: string, packages: string[]): Promise<string> {
  const cwd = await mkdtemp(join(folder, `${name}-`));
  await writeFile(join(cwd, 'package.json'), JSON.stringify({ name, type: 'module', private: true }));
  await npm(['install', tarball, ...packages], cwd);
  return cwd;
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'header-propagation-'));
  const { stdout } = await run('npm', ['pack', '--json', '--pack-destination', folder], {
    cwd: packageFolder,
  });
  const report = JSON.parse(stdout.slice(stdout.search(/^[[{]/m)));
  const [packed] = Array.isArray(report) ? report : Object.values(report);
  tarball = join(folder, packed.filename.split('/').at(-1));
  upstream = await startEchoServer();
}, 300_000);

afterAll(async () => {
  await upstream.close();
  await rm(folder, { recursive: true, force: true });
});

describe('the packed package', () => {
  it('holds what is built and documented, and no source, test or key', async () => {
    const { stdout } = await run('tar', ['-tzf', tarball]);
    const files = stdout.trim().split('\n');
    expect(files).toEqual(
      expect.arrayContaining(['package/README.md', 'package/docs/api.md', 'package/dist/nest/index.d.ts']),
    );
    expect(files.filter((file) => /\.spec\.|testing\/|\.pem$|\/src\/|\.map$/.test(file))).toEqual([]);
  });

  it('needs no other package for its core', async () => {
    const cwd = await install('core', []);
    const { stdout } = await run(process.execPath, ['--input-type=module', '-e', CORE_ONLY], { cwd });
    expect(JSON.parse(stdout)).toEqual({ user: 'test' });
  });
});

/** The code blocks of a document, in one language. */
async function examples(document: string, language: string): Promise<string[]> {
  const text = await readFile(join(packageFolder, document), 'utf8');
  const blocks = [...text.matchAll(/^```(\w+)\n([\s\S]*?)^```$/gm)];
  // The documents' upstream is a name of a cluster; the tests' own stands in for it.
  return blocks
    .filter(([, name]) => name === language)
    .map(([, , code]) =>
      (code ?? '').replaceAll('http://reviews:9080', upstream.url).replace("['reviews']", "['127.0.0.1']"),
    );
}

describe('the examples of the documents', () => {
  let cwd: string;

  beforeAll(async () => {
    const nest = ['common', 'core', 'platform-fastify', 'microservices', 'axios'].map(
      (name) => `@nestjs/${name}@12`,
    );
    const others = ['axios', 'undici', 'rxjs', 'reflect-metadata', 'typescript@5', '@types/node@24'];
    cwd = await install('examples', [...nest, ...others]);
  }, 300_000);

  it('in JavaScript run and send the header', async () => {
    const codes = await examples('README.md', 'js');
    expect(codes.length).toBeGreaterThanOrEqual(5);
    for (const [index, code] of codes.entries()) {
      upstream.received.length = 0;
      await writeFile(join(cwd, `example-${index}.js`), code);
      await run(process.execPath, [`example-${index}.js`], { cwd });
      const users = upstream.received.map(({ headers }) => headers.user?.[0]);
      expect([code, new Set(users)]).toEqual([code, new Set(['test'])]);
    }
  });

  it('in TypeScript compile, and the application sends the headers', async () => {
    const codes = [...(await examples('README.md', 'ts')), ...(await examples('docs/api.md', 'ts'))];
    const files = await Promise.all(
      codes.map(async (code, index) => {
        await writeFile(join(cwd, `typed-${index}.ts`), code);
        return `typed-${index}.ts`;
      }),
    );
    const flags = ['--strict', '--module', 'nodenext', '--target', 'es2023', '--skipLibCheck'];
    await run('npx', ['tsc', ...flags, '--experimentalDecorators', '--emitDecoratorMetadata', ...files], {
      cwd,
    });
    upstream.received.length = 0;
    const port = await freePort();
    const env = { ...process.env, PORT: String(port) };
    const app = spawn(process.execPath, ['typed-0.js'], { cwd, env, stdio: ['ignore', 'ignore', 'inherit'] });
    try {
      await whenListening(() => fetch(`http://127.0.0.1:${port}/page?name=test`, { headers: { b3: '0' } }));
      expect(upstream.received.map(({ headers }) => [headers.user, headers.b3])).toEqual([[['test'], ['0']]]);
    } finally {
      app.kill();
    }
  });
});

/** Nest says that it has started before it listens, so the first answer is what tells. */
async function whenListening<T>(ask: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await ask();
    } catch {
      await sleep(100);
    }
  }
}

async function freePort(): Promise<number> {
  const server = await startEchoServer();
  await server.close();
  return server.port;
}

describe.each([12, 11])('in a fresh Nest %i application', (major) => {
  let cwd: string;

  beforeAll(async () => {
    const nest = ['common', 'core', 'platform-fastify', 'platform-express'].map(
      (name) => `@nestjs/${name}@${major}`,
    );
    const axios = `@nestjs/axios@${major === 12 ? 12 : 4}`;
    cwd = await install(`nest-${major}`, [
      ...nest,
      axios,
      'axios',
      'rxjs',
      'reflect-metadata',
      'typescript@5',
      '@types/node@24',
    ]);
    await writeFile(join(cwd, 'main.js'), APPLICATION);
    await writeFile(join(cwd, 'types.ts'), TYPES);
  }, 300_000);

  it.each(['fastify', 'express'])('sends the headers on through every client, on %s', async (adapter) => {
    const env = { ...process.env, UPSTREAM: `${upstream.url}/hello` };
    const app = spawn(process.execPath, ['main.js', adapter], {
      cwd,
      env,
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    try {
      const [line] = await once(app.stdout, 'data');
      for (const client of ['axios', 'fetch', 'http']) {
        const url = `http://127.0.0.1:${Number(line)}/${client}?name=${encodeURIComponent('张三')}`;
        const { headers } = await (
          await fetch(url, { headers: { b3: '0', authorization: 'Basic x' } })
        ).json();
        expect([client, headers.user, headers.b3, headers.authorization]).toEqual([
          client,
          ['\xe5\xbc\xa0\xe4\xb8\x89'],
          ['0'],
          undefined,
        ]);
      }
    } finally {
      app.kill();
      await once(app, 'exit');
    }
  });

  it('types what it takes', async () => {
    const flags = [
      '--noEmit',
      '--strict',
      '--module',
      'nodenext',
      '--target',
      'es2023',
      '--skipLibCheck',
      'types.ts',
    ];
    await expect(run('npx', ['tsc', ...flags], { cwd })).resolves.toBeDefined();
  });
});
