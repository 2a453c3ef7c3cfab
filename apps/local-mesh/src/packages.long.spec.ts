import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { globSync, readFileSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { Backend } from './testing/backend.js';
import { helloManifest } from './testing/manifests.js';

const root = join(import.meta.dirname, '../../..');
const run = promisify(execFile);

interface Manifest {
  name: string;
  private?: boolean;
  dependencies?: Record<string, string>;
}

const manifests = new Map(
  globSync('{libs,apps}/*/package.json', { cwd: root }).map((file) => {
    const manifest = JSON.parse(readFileSync(join(root, file), 'utf8')) as Manifest;
    return [manifest.name, { ...manifest, folder: dirname(file) }] as const;
  }),
);

/** Everything that is published: the two programs and the libraries. They depend on nothing of ours that is not (docs/packages.spec.ts). */
const packages = [...manifests].flatMap(([name, manifest]) => (manifest.private === true ? [] : [name]));
let folder: string;
let archives: Map<string, string>;

/** Packs what a user needs and installs it into an empty folder, outside this workspace. */
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'packages-'));
  const selection = packages.flatMap((name) => ['--workspace', name]);
  const { stdout } = await run('npm', ['pack', '--json', '--pack-destination', folder, ...selection], {
    cwd: root,
    maxBuffer: 1 << 28,
  });
  const packed = Object.values(
    JSON.parse(stdout.slice(stdout.search(/^[[{]/m))) as Array<{ name: string; filename: string }>,
  );
  archives = new Map(packed.map(({ name, filename }) => [name, join(folder, filename)]));
  await writeFile(join(folder, 'package.json'), '{"private": true}');
  await run('npm', ['install', '--no-audit', '--no-fund', '--prefer-offline', ...archives.values()], {
    cwd: folder,
  });
}, 600_000);

afterAll(() => rm(folder, { recursive: true, force: true }));

describe.each(packages)('%s, as it is packed', (name) => {
  const installed = () => join(folder, 'node_modules', name);

  it('is meant for others, and says what it is', async () => {
    const manifest = JSON.parse(await readFile(join(installed(), 'package.json'), 'utf8'));
    expect(manifest).toMatchObject({
      description: expect.stringMatching(/./),
      license: 'Apache-2.0',
      repository: { type: 'git', url: expect.any(String), directory: manifests.get(name)?.folder },
    });
    expect(manifest.private).toBeUndefined();
  });

  it('needs nothing of this workspace', async () => {
    const { dependencies = {} } = JSON.parse(
      await readFile(join(installed(), 'package.json'), 'utf8'),
    ) as Manifest;
    const bound = Object.values(dependencies).filter((version) =>
      /^(workspace|file|link):|^\*$/.test(version),
    );
    expect(bound).toEqual([]);
  });

  it('has a licence and a README, and no source map that leads nowhere', async () => {
    const files = await readdir(installed(), { recursive: true });
    expect(files).toEqual(expect.arrayContaining(['LICENSE', 'README.md', 'package.json']));
    for (const file of files.filter((one) => one.endsWith('.js') && !one.includes('node_modules'))) {
      const [, map] =
        /^\/\/# sourceMappingURL=(.+)$/m.exec(await readFile(join(installed(), file), 'utf8')) ?? [];
      if (map === undefined) continue;
      const { sourcesContent } = JSON.parse(await readFile(join(installed(), dirname(file), map), 'utf8'));
      expect(sourcesContent).toEqual([expect.any(String)]);
    }
    expect(files.filter((file) => /\.spec\.|testing\//.test(file))).toEqual([]);
  });

  it('shows nothing in its types that is meant for itself alone', async () => {
    const types = (await readdir(installed(), { recursive: true })).filter((file) => file.endsWith('.d.ts'));
    const texts = await Promise.all(types.map((file) => readFile(join(installed(), file), 'utf8')));
    expect(types.filter((_, index) => texts[index]?.includes('@internal'))).toEqual([]);
  });

  it('is found in order by publint', async () => {
    const { publint } = await import('publint');
    const { messages } = await publint({ pkgDir: installed(), pack: false, strict: true });
    expect(messages).toEqual([]);
  });

  it('has types that resolve, as Are The Types Wrong finds', async () => {
    const { exports } = JSON.parse(await readFile(join(installed(), 'package.json'), 'utf8'));
    if (exports === undefined) return expect(name).toBe('grayscale');
    const ofWorkspace = Object.entries(exports).flatMap(([path, entry]) =>
      Object.keys(entry as object).join() === '@grayscale/source' ? [path.slice(2)] : [],
    );
    expect(ofWorkspace).toEqual(name === 'local-mesh' ? ['proxy'] : []);
    const others = ofWorkspace.length === 0 ? [] : ['--exclude-entrypoints', ...ofWorkspace];
    const attw = join(root, 'node_modules/.bin/attw');
    // Its exit status tells; a problem of CommonJS is none of ours, who have ES modules alone.
    await run(attw, [archives.get(name) ?? '', '--profile', 'esm-only', ...others], { cwd: folder });
  });
});

describe('the programs, installed into an empty folder', () => {
  it("check and explain a user's own manifests, and set their weights", async () => {
    await mkdir(join(folder, 'mine'));
    await writeFile(join(folder, 'mine/rules.yaml'), helloManifest());
    const check = await run('npx', ['grayscale', 'check', '-f', 'mine'], { cwd: folder });
    expect(check.stdout).toMatch(/0 errors, \d+ warnings? in 1 file/);
    const explain = await run('npx', ['grayscale', 'explain', '-f', 'mine', 'http://hello.com/'], {
      cwd: folder,
    });
    expect(explain.stdout).toContain('90 %  hello-1.external:80');
    const set = ['grayscale', 'weight', 'set', 'hello', '--to', 'hello-2=25', '-f', 'mine', '-o', 'diff'];
    expect((await run('npx', set, { cwd: folder })).stdout).toMatch(/^\+.*weight: 75/m);
  });

  it('route by them', async () => {
    await using backend = await Backend.named('hello 1');
    await mkdir(join(folder, 'some'));
    await writeFile(
      join(folder, 'some/rules.yaml'),
      helloManifest({ share: 100, ports: [backend.port, backend.port] }),
    );
    const mesh = spawn('npx', ['local-mesh', '-f', 'some/', '--port', '0', '--admin-port', '0'], {
      cwd: folder,
      detached: true,
    });
    const ended = once(mesh, 'close');
    try {
      let said = '';
      for await (const text of mesh.stderr.setEncoding('utf8')) {
        said += text;
        if (said.includes('proxy on ')) break;
      }
      const [, proxy = ''] = /proxy on (\S+),/.exec(said) ?? [];
      const { stdout } = await run('curl', [
        '--silent',
        '--show-error',
        '--proxy',
        proxy,
        'http://hello.com/hello',
      ]);
      expect(stdout).toBe('hello 1');
    } finally {
      process.kill(-(mesh.pid ?? 0), 'SIGTERM');
      await ended;
    }
  });
});
