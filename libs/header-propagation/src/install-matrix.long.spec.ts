import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type EchoServer, startEchoServer } from './testing/echo-server.js';
import { install, installNodes, pack, run } from './testing/packed.js';

/** A fresh application as its user writes it, without decorators' syntax so that Node runs it as it is. */
const APPLICATION = `
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
const LOADERS = {
  import: { file: 'main.mjs', text: 'const load = (name) => import(name);' },
  require: { file: 'main.cjs', text: 'const load = async (name) => require(name);' },
} as const;

const TYPES = `
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

const JEST_SPEC = `
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
const JEST = {
  moduleFileExtensions: ['js', 'json', 'ts'],
  rootDir: 'src',
  testRegex: '.*\\.spec\\.ts$',
  transform: { '^.+\\.(t|j)s$': 'ts-jest' },
  testEnvironment: 'node',
};
const NEST_TSCONFIG = {
  10: { module: 'commonjs', target: 'ES2021' },
  11: {
    module: 'nodenext',
    moduleResolution: 'nodenext',
    resolvePackageJsonExports: true,
    isolatedModules: true,
    target: 'ES2023',
  },
};

/** All of the matrix in a soak; in the long suite the oldest and the newest Node, and each way with one adapter. */
const WHOLE = process.env.SUITE === 'soak';
const NODES = WHOLE ? ['20.19.0', '22', '24', '26'] : ['20.19.0', '26'];
const NESTS = [10, 11, 12] as const;
type Nest = (typeof NESTS)[number];

let folder: string;
let tarball: string;
let upstream: EchoServer;
let nodes: Record<string, string>;
const rows: string[] = [];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'install-matrix-'));
  [tarball, nodes, upstream] = await Promise.all([
    pack(folder),
    installNodes(folder, NODES),
    startEchoServer(),
  ]);
}, 300_000);
afterAll(async () => {
  await upstream.close();
  await rm(folder, { recursive: true, force: true });
  process.stdout.write(`install matrix:\n${rows.map((row) => `  ${row}\n`).join('')}`);
});

const packagesOf = (nest: Nest) => [
  tarball,
  ...['common', 'core', 'platform-fastify', 'platform-express', 'testing'].map(
    (name) => `@nestjs/${name}@${nest}`,
  ),
  `@nestjs/axios@${{ 10: 3, 11: 4, 12: 12 }[nest]}`,
  ...['axios', 'rxjs@7', 'reflect-metadata', 'typescript@5', '@types/node@22', 'undici@7'],
  ...{
    10: ['jest@29', 'ts-jest@29', '@types/jest@29'],
    11: ['jest@30', 'ts-jest@29', '@types/jest@30'],
    12: [],
  }[nest],
];

describe.each(NESTS)('with Nest %i', (nest) => {
  let cwd: string;

  beforeAll(async () => {
    cwd = await install(folder, `nest-${nest}`, packagesOf(nest));
    for (const { file, text } of Object.values(LOADERS)) await writeFile(join(cwd, file), text + APPLICATION);
  }, 300_000);

  const ways = NODES.flatMap((node) =>
    (['import', 'require'] as const).flatMap((way) =>
      (['fastify', 'express'] as const)
        .filter((adapter) => WHOLE || (adapter === 'fastify') === (way === 'import'))
        .map((adapter) => [node, way, adapter] as const),
    ),
  );

  it.each(ways)('on Node %s, by %s, on %s, every client sends the headers', async (node, way, adapter) => {
    const env = { ...process.env, UPSTREAM: `${upstream.url}/hello` };
    const app = spawn(nodes[node] as string, [LOADERS[way].file, adapter], {
      cwd,
      env,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let errors = '';
    app.stderr.setEncoding('utf8').on('data', (text) => {
      errors += text;
    });
    const line = await Promise.race([once(app.stdout, 'data'), once(app, 'exit').then(() => undefined)]);
    expect([errors, line]).toEqual(['', expect.anything()]);
    try {
      for (const client of ['axios', 'fetch', 'http']) {
        const url = `http://127.0.0.1:${Number(line)}/${client}?name=${encodeURIComponent('张三')}`;
        const answer = await fetch(url, { headers: { b3: '0', authorization: 'Basic x' } });
        const { headers } = (await answer.json()) as { headers: Record<string, string[]> };
        expect([client, headers.user, headers.b3, headers.authorization]).toEqual([
          client,
          ['\xe5\xbc\xa0\xe4\xb8\x89'],
          ['0'],
          undefined,
        ]);
      }
      const one = await (await fetch(`http://127.0.0.1:${Number(line)}/one?name=test`)).json();
      expect(one).toEqual({ one: true, current: { user: 'test' } });
      rows.push(`Nest ${nest}, Node ${node}, ${way}, ${adapter}: runs`);
    } finally {
      app.kill();
    }
  });

  const kinds = {
    node10: { flags: ['--module', 'commonjs', '--moduleResolution', 'node10'], files: ['types.ts'] },
    node16: { flags: ['--module', 'node16'], files: ['types.cts', 'types.mts'] },
    nodenext: { flags: ['--module', 'nodenext'], files: ['types.cts', 'types.mts'] },
    bundler: { flags: ['--module', 'esnext', '--moduleResolution', 'bundler'], files: ['types.ts'] },
  };

  it.each(Object.keys(kinds) as (keyof typeof kinds)[])('types what it takes: %s', async (kind) => {
    // Nest 12 has types for ES modules alone: neither node10 nor node16's CommonJS finds them.
    const files = kinds[kind].files.filter(
      (file) => nest < 12 || !/node1/.test(kind) || file.endsWith('.mts'),
    );
    for (const file of files) {
      await writeFile(join(cwd, file), TYPES);
      const flags = ['--noEmit', '--strict', '--target', 'es2022', '--esModuleInterop', '--skipLibCheck'];
      const { stdout } = await run('npx', ['tsc', ...flags, ...kinds[kind].flags, file], { cwd }).catch(
        (error) => error,
      );
      expect([kind, file, stdout]).toEqual([kind, file, '']);
    }
    rows.push(
      `Nest ${nest}, moduleResolution ${kind}: ${files.length > 0 ? `types of ${files.join(' and ')}` : 'not offered by Nest 12'}`,
    );
  });

  if (nest !== 12) {
    it('loads under Jest as nest new sets it up', async () => {
      const compilerOptions = {
        ...NEST_TSCONFIG[nest],
        experimentalDecorators: true,
        emitDecoratorMetadata: true,
        esModuleInterop: true,
        skipLibCheck: true,
        strictNullChecks: true,
        types: ['jest', 'node'],
      };
      await run('mkdir', ['-p', join(cwd, 'src')]);
      await writeFile(join(cwd, 'tsconfig.json'), JSON.stringify({ compilerOptions }));
      await writeFile(join(cwd, 'jest.config.json'), JSON.stringify(JEST));
      await writeFile(join(cwd, 'src/app.spec.ts'), JEST_SPEC);
      const env = { ...process.env, UPSTREAM: `${upstream.url}/hello`, NODE_OPTIONS: '' };
      const { stdout, stderr } = await run(
        nodes[NODES[0] as string] as string,
        ['node_modules/.bin/jest', '--config', 'jest.config.json'],
        { cwd, env },
      ).catch((error) => error);
      expect(`${stdout}${stderr}`).toMatch(/1 passed, 1 total/);
      rows.push(`Nest ${nest}, Jest as nest new sets it up: passes`);
    });
  }
});

it('is clean for attw and publint', async () => {
  const cwd = await install(folder, 'checks', ['@arethetypeswrong/cli@0.18', 'publint@0.3']);
  const { stdout: types } = await run('npx', ['attw', '--format', 'ascii', tarball], { cwd }).catch(
    (error) => error,
  );
  expect(types).not.toMatch(/💀|🚭|🐛|❌|⚠|👺|🤨|🎭/u);
  expect(types.match(/🟢/gu)?.length).toBeGreaterThan(30);
  const { stdout: lint } = await run('npx', ['publint', tarball], { cwd }).catch((error) => error);
  expect(lint).toContain('All good!');
  rows.push('attw and publint: clean');
});
