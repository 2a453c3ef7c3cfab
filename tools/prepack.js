// `npm pack` and `npm publish` run this in each package: builds it anew, for dist keeps what sources of the past became, and lays the licence
// beside it, which npm takes from the package's own folder only.
import { spawnSync } from 'node:child_process';
import { copyFileSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';

const root = resolve(import.meta.dirname, '..');
for (const made of ['dist', 'tsconfig.tsbuildinfo']) rmSync(made, { recursive: true, force: true });
copyFileSync(join(root, 'LICENSE'), 'LICENSE');
const { status } = spawnSync(join(root, 'node_modules/.bin/tsc'), ['--build'], { stdio: ['ignore', 2, 2] });
process.exitCode = status ?? 1;
