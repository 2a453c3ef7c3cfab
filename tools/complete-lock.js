// `npm run lock:complete`, after `npm install` has changed package-lock.json: adds the packages for other platforms that npm left out, as
// it does where a registry's mirror does not carry them (npm/cli#4828). `npm ci` refuses a lock without them.
import { readFileSync, writeFileSync } from 'node:fs';

const file = process.argv[2] ?? 'package-lock.json';
const lock = JSON.parse(readFileSync(file, 'utf8'));
const platform =
  /[-/](?<os>android|darwin|freebsd|linux|openharmony|win32)-(?<cpu>arm64|arm|ia32|loong64|ppc64|riscv64|s390x|x64)\b/;

const added = [];
for (const [path, { dev, optionalDependencies = {} }] of Object.entries(lock.packages)) {
  for (const [name, version] of Object.entries(optionalDependencies)) {
    const { os, cpu } = platform.exec(name)?.groups ?? {};
    const places = [`node_modules/${name}`, `${path}/node_modules/${name}`];
    if (os === undefined || places.some((place) => place in lock.packages)) continue;
    lock.packages[places[0]] = { version, cpu: [cpu], ...(dev ? { dev } : {}), optional: true, os: [os] };
    added.push(name);
  }
}

if (added.length > 0) {
  // In npm's own order, so that its next change shows as nothing but that.
  const entries = Object.entries(lock.packages).sort(([a], [b]) => a.localeCompare(b, 'en'));
  writeFileSync(file, `${JSON.stringify({ ...lock, packages: Object.fromEntries(entries) }, null, 2)}\n`);
}
console.log(`${file}: ${added.length} packages for other platforms added.`);
