import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { brotliCompressSync, gzipSync, constants as zlib } from 'node:zlib';
import type { Metafile } from 'esbuild';

/** The browsers that know all that the page uses (`light-dark()` is the youngest). */
const target = ['chrome123', 'firefox121', 'safari17.5'];

const source = import.meta.dirname;
const destination = join(source, '../dist/web');

/** Written last of what is served: its time is that at which the sources were read. */
const indexFile = join(destination, 'index.html');

/** The ending of a file that is still being written. */
const partial = '.partial';

/**
 * Builds the live page into dist/web: a script and a style sheet, and scripts that are loaded later, named by their content so that they may be cached for ever,
 * and each file a second and third time as Brotli and gzip.
 */
async function buildPage(): Promise<void> {
  const started = new Date();
  const { build } = await import('esbuild');
  const { outputFiles, metafile } = await build({
    entryPoints: [join(source, 'main.ts'), join(source, 'page.css')],
    outdir: destination,
    entryNames: 'page-[hash]',
    // What only some pages need is a script of its own, loaded when it is needed.
    chunkNames: 'part-[hash]',
    splitting: true,
    bundle: true,
    format: 'esm',
    minify: true,
    target,
    legalComments: 'none',
    write: false,
    metafile: true,
  });
  const html = await readFile(join(source, 'index.html'), 'utf8');
  const icon = await readFile(join(source, 'favicon.svg'));
  const iconName = `favicon-${createHash('sha256').update(icon).digest('hex').slice(0, 8)}.svg`;
  const assets = new Map(
    outputFiles.map(({ path, contents }) => [path.slice(destination.length + 1), Buffer.from(contents)]),
  );
  assets.set(iconName, icon);
  await mkdir(join(destination, 'assets'), { recursive: true });
  for (const [name, contents] of assets) await writeCompressed(join(destination, 'assets', name), contents);
  const page = withPreloads(withNames(html, [...assets.keys()]), metafile);
  await writeCompressed(indexFile, Buffer.from(page));
  await utimes(indexFile, started, started);
  await removeOthers([...assets.keys()]);
}

/** Whether the page was built after the last change to its sources, folders (for what was deleted) and dependencies. */
async function isBuilt(): Promise<boolean> {
  const names = await readdir(source, { recursive: true });
  const inputs = [
    source,
    join(source, '../../../package-lock.json'),
    ...names.map((name) => join(source, name)),
  ];
  const changes = await Promise.all(inputs.map(modificationTime));
  const built = await modificationTime(indexFile);
  return built !== undefined && changes.every((time) => time !== undefined && time < built);
}

async function modificationTime(file: string): Promise<number | undefined> {
  return (await stat(file).catch(() => undefined))?.mtimeMs;
}

/** Last, so that a server that runs meanwhile lacks nothing at any time. */
async function removeOthers(names: readonly string[]): Promise<void> {
  const kept = new Set(names.flatMap((name) => [name, `${name}.br`, `${name}.gz`]));
  for (const name of await readdir(join(destination, 'assets')))
    if (!kept.has(name) && !name.endsWith(partial))
      await rm(join(destination, 'assets', name), { force: true });
}

/** Replaces `/assets/page.js` by the name of the content that it stands for. */
function withNames(html: string, names: readonly string[]): string {
  return html.replace(/\/assets\/(\w+)\.(\w+)/g, (_, stem: string, extension: string) => {
    const name = names.find(
      (candidate) => candidate.startsWith(`${stem}-`) && candidate.endsWith(`.${extension}`),
    );
    if (!name) throw new Error(`index.html names ${stem}.${extension}, which is not built`);
    return `/assets/${name}`;
  });
}

/** What the page's script imports at once is asked for at once, not when the script has arrived. */
function withPreloads(html: string, { outputs }: Metafile): string {
  const entry = Object.values(outputs).find(({ entryPoint }) => entryPoint?.endsWith('main.ts'));
  const imported = entry?.imports.filter(({ kind }) => kind === 'import-statement') ?? [];
  const links = imported.map(
    ({ path }) => `    <link rel="modulepreload" href="/assets/${basename(path)}">\n`,
  );
  return html.replace('  </head>', `${links.join('')}  </head>`);
}

async function writeCompressed(file: string, contents: Buffer): Promise<void> {
  await replace(file, contents);
  await replace(`${file}.br`, brotliCompressSync(contents, { params: { [zlib.BROTLI_PARAM_QUALITY]: 11 } }));
  await replace(`${file}.gz`, gzipSync(contents, { level: 9 }));
}

/** A reader gets either the old content or the new, never half of it. */
async function replace(file: string, contents: Buffer): Promise<void> {
  const written = `${file}.${process.pid}${partial}`;
  await writeFile(written, contents);
  await rename(written, file);
}

if (!(await isBuilt())) await buildPage();
