import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type EchoServer, startEchoServer } from './echo-server.js';
import {
  APPLICATION,
  JEST,
  JEST_SPEC,
  LOADERS,
  NEST_TSCONFIG,
  NESTS,
  type Nest,
  TYPES,
} from './fresh-application.js';
import { install, installNodes, pack, run } from './packed.js';

const packagesOf = (tarball: string, nest: Nest) => [
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

/** What is tried: every Nest on these Nodes, by import and by require. */
export interface InstallMatrix {
  readonly nodeVersions: readonly string[];
  /** Whether each way is tried on Fastify and Express, not on one of them. */
  readonly everyAdapter: boolean;
  /** The types are tried with these: compilers take their time. */
  readonly typesWith: readonly Nest[];
}

/** Tests that install the packed package as its users do, and print what ran. */
export function testInstallMatrix({ nodeVersions, everyAdapter, typesWith }: InstallMatrix): void {
  let folder: string;
  let tarball: string;
  let upstream: EchoServer;
  let nodes: Record<string, string>;
  const rows: string[] = [];

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'install-matrix-'));
    [tarball, nodes, upstream] = await Promise.all([
      pack(folder),
      installNodes(folder, nodeVersions),
      startEchoServer(),
    ]);
  }, 300_000);
  afterAll(async () => {
    await upstream.close();
    await rm(folder, { recursive: true, force: true });
    process.stdout.write(`install matrix:\n${rows.map((row) => `  ${row}\n`).join('')}`);
  });

  describe.each(NESTS)('with Nest %i', (nest) => {
    let cwd: string;

    beforeAll(async () => {
      cwd = await install(folder, `nest-${nest}`, packagesOf(tarball, nest));
      for (const { file, text } of Object.values(LOADERS))
        await writeFile(join(cwd, file), text + APPLICATION);
    }, 300_000);

    const ways = nodeVersions.flatMap((node) =>
      (['import', 'require'] as const).flatMap((way) =>
        (['fastify', 'express'] as const)
          .filter((adapter) => everyAdapter || (adapter === 'fastify') === (way === 'import'))
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

    const tried = typesWith.includes(nest) ? (Object.keys(kinds) as (keyof typeof kinds)[]) : [];
    if (tried.length > 0)
      it.each(tried)('types what it takes: %s', async (kind) => {
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
          nodes[nodeVersions[0] as string] as string,
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
}
