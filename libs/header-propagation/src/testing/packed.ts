import { execFile } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

export const run = promisify(execFile);
const packageFolder = join(import.meta.dirname, '../..');

const npm = (args: string[], cwd: string) => run('npm', [...args, '--no-audit', '--no-fund'], { cwd });

/** Packs the package as it would be published, and gives the file. */
export async function pack(folder: string): Promise<string> {
  const { stdout } = await run('npm', ['pack', '--json', '--pack-destination', folder], {
    cwd: packageFolder,
  });
  const report = JSON.parse(stdout.slice(stdout.search(/^[[{]/m)));
  const [packed] = Array.isArray(report) ? report : Object.values(report);
  return join(folder, packed.filename.split('/').at(-1));
}

/** A new folder with these packages in it. */
export async function install(
  folder: string,
  name: string,
  packages: readonly string[],
  manifest: object = {},
): Promise<string> {
  const cwd = join(folder, name);
  await mkdir(cwd);
  await writeFile(join(cwd, 'package.json'), JSON.stringify({ name, private: true, ...manifest }));
  await npm(['install', ...packages], cwd);
  return cwd;
}

/** Node of several versions, by what was asked for, from the packages that hold its binary. */
export async function installNodes(
  folder: string,
  versions: readonly string[],
): Promise<Record<string, string>> {
  const binary = `node-${process.platform}-${process.arch}`;
  const cwd = await install(
    folder,
    'nodes',
    versions.map((version) => `n${version}@npm:${binary}@${version}`),
  );
  return Object.fromEntries(
    versions.map((version) => [version, join(cwd, `node_modules/n${version}/bin/node`)]),
  );
}
