// Loaded first into the process that runs the tests. It loads TypeScript as Jest does (.swcrc), and takes every package of this workspace from
// the copy that holds the mutants: `node_modules` of the copy is a link to the original.
import { existsSync, readFileSync } from 'node:fs';
import { registerHooks } from 'node:module';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { transformSync } from '@swc/core';

const original = new URL('../../', import.meta.url).href;
const ours = (url: string) => url.startsWith('file:') && !url.includes('/node_modules/');

registerHooks({
  resolve(specifier, context, next) {
    if (specifier === '@jest/globals') return next(new URL('jest-object.ts', import.meta.url).href, context);
    const source = typeScriptOf(specifier, context.parentURL);
    if (source !== undefined) return { url: source, shortCircuit: true };
    const resolved = next(specifier, context);
    return { ...resolved, url: specifier.startsWith('@grayscale/') ? inCopy(resolved.url) : resolved.url };
  },
  load(url, context, next) {
    const { pathname } = new URL(url);
    if (!ours(url) || !pathname.endsWith('.ts')) return next(url, context);
    const filename = fileURLToPath(new URL(pathname, url));
    const { code } = transformSync(readFileSync(filename, 'utf8'), { filename });
    return { format: 'module', source: code, shortCircuit: true };
  },
});

/** Our imports name the file that the build makes. */
function typeScriptOf(specifier: string, parent = ''): string | undefined {
  if (!/^\.{1,2}\/.*\.js$/.test(specifier) || !ours(parent)) return undefined;
  const url = new URL(specifier.replace(/js$/, 'ts'), parent);
  return existsSync(url) ? url.href : undefined;
}

function inCopy(url: string): string {
  return ours(url) && url.startsWith(original)
    ? `${pathToFileURL(process.cwd()).href}/${url.slice(original.length)}`
    : url;
}
