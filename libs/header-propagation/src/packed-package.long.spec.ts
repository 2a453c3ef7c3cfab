import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from '../../../tools/free-port.js';
import { type EchoServer, startEchoServer } from './testing/echo-server.js';
import { install, pack, run } from './testing/packed.js';

const packageFolder = join(import.meta.dirname, '..');

const CORE_ONLY = `
import { HeaderPropagation } from '@grayscale/header-propagation';
const propagation = new HeaderPropagation({ rules: ['user'] });
console.log(JSON.stringify(propagation.inject(propagation.extract({ user: 'test' }, '/'), 'http://reviews/', {})));
`;

let folder: string;
let tarball: string;
let upstream: EchoServer;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'header-propagation-'));
  tarball = await pack(folder);
  upstream = await startEchoServer();
}, 300_000);

afterAll(async () => {
  await upstream.close();
  await rm(folder, { recursive: true, force: true });
});

describe('the packed package', () => {
  it('holds what is built and documented, with the sources that its maps name, and no test or key', async () => {
    const { stdout } = await run('tar', ['-tzf', tarball]);
    const files = stdout.trim().split('\n');
    expect(files).toEqual(
      expect.arrayContaining(['package/README.md', 'package/docs/api.md', 'package/dist/nest/index.d.ts']),
    );
    expect(files.filter((file) => /\.spec\.|testing\/|\.pem$|tsbuildinfo$/.test(file))).toEqual([]);
    expect(files).toEqual(
      expect.arrayContaining(['package/LICENSE', 'package/src/index.ts', 'package/dist/cjs/nest/index.d.ts']),
    );
  });

  it('needs no other package for its core', async () => {
    const cwd = await install(folder, 'core', [tarball], { type: 'module' });
    const { stdout } = await run(process.execPath, ['--input-type=module', '-e', CORE_ONLY], { cwd });
    expect(JSON.parse(stdout)).toEqual({ user: 'test' });
  });
});

const DOCUMENTS = ['docs/api.md', 'docs/clients.md'];

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
    cwd = await install(folder, 'examples', [tarball, ...nest, ...others], { type: 'module' });
  }, 300_000);

  it('in JavaScript run and send the header', async () => {
    const codes = (await Promise.all(['README.md', ...DOCUMENTS].map((name) => examples(name, 'js')))).flat();
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
    const codes = (await Promise.all(['README.md', ...DOCUMENTS].map((name) => examples(name, 'ts')))).flat();
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
