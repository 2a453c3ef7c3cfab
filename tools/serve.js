// What an app's `serve` script runs again on each change of its sources: builds it (0.7 s; its libraries too), then starts it.
import { spawnSync } from 'node:child_process';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

const tsc = resolve(import.meta.dirname, '../node_modules/.bin/tsc');
const { status } = spawnSync(tsc, ['--build'], { stdio: 'inherit' });
// An error stands in the terminal; `node --watch` waits for the next change.
if (status === 0) await import(pathToFileURL(resolve('dist/main.js')).href);
else process.exitCode = 1;
