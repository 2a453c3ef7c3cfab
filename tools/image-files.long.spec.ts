import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { access, cp, mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const root = join(import.meta.dirname, '..');

/** What the Dockerfile does before it copies files into an image, without Docker. @returns the image's folder */
async function imageOf(app: string, folder: string): Promise<string> {
  const [installed, image] = [join(folder, 'installed'), join(folder, 'image')];
  const { stdout } = await run('git', ['ls-files', '--', 'package*.json', '*/package*.json'], { cwd: root });
  for (const file of stdout.trim().split('\n')) {
    await mkdir(dirname(join(installed, file)), { recursive: true });
    await cp(join(root, file), join(installed, file));
  }
  const quietly = ['--ignore-scripts', '--no-audit', '--no-fund', '--prefer-offline'];
  await run('npm', ['ci', ...quietly, '--omit=dev', `--workspace=apps/${app}`], { cwd: installed });
  await run(join(import.meta.dirname, 'image-files.sh'), [app, root, image], { cwd: installed });
  return image;
}

describe('the files of an image', () => {
  let folder: string;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'image-'));
  });

  afterEach(() => rm(folder, { recursive: true, force: true }));

  it.each<[app: string, programs: [script: string, args: string[], says: RegExp][]]>([
    ['hello-page', [['dist/main.js', [], /listens on/]]],
    [
      'release-controller',
      [
        ['dist/main.js', [], /listens on/],
        ['dist/cluster-main.js', [], /No kubeconfig was found/],
      ],
    ],
    [
      'local-mesh',
      [['dist/main.js', ['-f', join(root, 'k8s/internal'), '--port', '0', '--admin-port', '0'], /proxy on/]],
    ],
  ])('are enough for %s, and have nothing for tests', async (app, programs) => {
    const image = await imageOf(app, folder);
    for (const [script, args, says] of programs)
      await started(join(image, 'apps', app), [script, ...args], says);
    for (const absent of ['jest', 'typescript', '@grayscale/test-cluster'])
      await expect(access(join(image, 'node_modules', absent))).rejects.toThrow('ENOENT');
    expect(await readdir(image)).toEqual(['apps', 'libs', 'node_modules', 'package.json']);
  });
});

/** Starts a program with nothing around it, waits until it has said something, and ends it. */
async function started(cwd: string, args: string[], says: RegExp): Promise<void> {
  const env = { PATH: process.env.PATH ?? '', PORT: '0', HOST: '127.0.0.1', KUBECONFIG: '/nowhere' };
  const child = spawn(process.execPath, args, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
  const ended = once(child, 'close');
  let printed = '';
  await new Promise<void>((resolve) => {
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding('utf8').on('data', (text: string) => {
        printed += text;
        if (says.test(printed)) resolve();
      });
    void ended.then(() => resolve());
  });
  child.kill('SIGKILL');
  await ended;
  expect(printed).toMatch(says);
}
