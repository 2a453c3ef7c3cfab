// node --import tools/loaded-packages.js PROGRAM: says at the end which packages PROGRAM has loaded, ours by their folders.
import { registerHooks } from 'node:module';

const urls = new Set();

registerHooks({
  resolve(specifier, context, next) {
    const found = next(specifier, context);
    urls.add(found.url);
    return found;
  },
});

process.on('exit', () => {
  const names = [...urls].map(packageOf);
  process.stderr.write(`LOADED ${JSON.stringify([...new Set(names)].filter(Boolean))}\n`);
});

/** `@scope/name`, `apps/name` or `libs/name`; undefined for what is in none. */
function packageOf(url) {
  const parts = url.split('/');
  const foreign = parts.lastIndexOf('node_modules') + 1;
  if (foreign > 0) return parts.slice(foreign, foreign + (parts[foreign].startsWith('@') ? 2 : 1)).join('/');
  const own = parts.findLastIndex((part) => part === 'apps' || part === 'libs');
  return own < 0 ? undefined : parts.slice(own, own + 2).join('/');
}
