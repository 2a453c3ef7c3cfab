import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Backend } from './testing/backend.js';
import { helloManifest } from './testing/manifests.js';

const root = join(import.meta.dirname, '../../..');
const run = promisify(execFile);
const packages = ['@grayscale/traffic-rules', '@grayscale/manifest-files', 'local-mesh', 'grayscale'];
let folder: string;

/** Packs what a user needs and installs it into an empty folder, outside this workspace. */
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'packaging-'));
  const selection = packages.flatMap((name) => ['--workspace', name]);
  const { stdout } = await run('npm', ['pack', '--json', '--pack-destination', folder, ...selection], {
    cwd: root,
  });
  const archives = Object.values(
    JSON.parse(stdout.slice(stdout.search(/^[[{]/m))) as Array<{ filename: string }>,
  );
  await writeFile(join(folder, 'package.json'), '{"private": true}');
  const files = archives.map(({ filename }) => join(folder, filename));
  await run('npm', ['install', '--no-audit', '--no-fund', '--prefer-offline', ...files], { cwd: folder });
}, 300_000);

afterAll(() => rm(folder, { recursive: true, force: true }));

describe('the packages, installed into an empty folder', () => {
  it.each(packages)('%s needs nothing of this workspace', async (name) => {
    const text = await readFile(join(folder, 'node_modules', name, 'package.json'), 'utf8');
    const { dependencies } = JSON.parse(text) as { dependencies: Record<string, string> };
    expect(
      Object.values(dependencies).filter((version) => /^(workspace|file|link):|^\*$/.test(version)),
    ).toEqual([]);
  });

  it("check and explain a user's own manifests", async () => {
    await mkdir(join(folder, 'mine'));
    await writeFile(join(folder, 'mine/rules.yaml'), helloManifest());
    const check = await run('npx', ['grayscale', 'check', '-f', 'mine'], { cwd: folder });
    expect(check.stdout).toMatch(/0 errors, \d+ warnings? in 1 file/);
    const explain = await run('npx', ['grayscale', 'explain', '-f', 'mine', 'http://hello.com/'], {
      cwd: folder,
    });
    expect(explain.stdout).toContain('90 %  hello-1.external:80');
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
