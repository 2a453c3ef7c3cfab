// Runs Jest as native ES modules need it: node tools/test.js [unit|long|soak|cluster|e2e] [jest arguments].
import { spawnSync } from 'node:child_process';

const [first, ...rest] = process.argv.slice(2);
const named = ['unit', 'long', 'soak', 'cluster', 'e2e'].includes(first);
const suite = named ? first : 'unit';
const jestArguments = named || first === undefined ? rest : [first, ...rest];
// Tests of processes run what is built: it must be what the sources say now. A second's work where nothing changed.
const built = spawnSync('npm', ['run', '-s', 'build'], {
  stdio: 'inherit',
  shell: process.platform === 'win32',
});
if (built.status !== 0) process.exit(1);
const { status } = spawnSync(
  process.execPath,
  ['--experimental-vm-modules', '--no-warnings', 'node_modules/jest/bin/jest.js', ...jestArguments],
  { stdio: 'inherit', env: { ...process.env, SUITE: suite } },
);
process.exitCode = status ?? 1;
