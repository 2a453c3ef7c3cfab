// Runs Jest as native ES modules need it: node tools/test.js [unit|long|soak|cluster|e2e] [jest arguments].
import { spawnSync } from 'node:child_process';
import { ownEnvironment } from './own-environment.ts';

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
// What takes long installs packages, and may need the user's proxy for that; nothing here asks a service of ours by https.
const proxy = process.env.HTTPS_PROXY || process.env.https_proxy;
const kept = ['long', 'soak'].includes(suite) && proxy ? { HTTPS_PROXY: proxy } : {};
// Tests have repositories and clusters of their own. In a hook of git its variables would lead them to the user's.
const others = [/^GIT_/, /^KUBECONFIG$/];
const git = gitSettings({
  'commit.gpgSign': 'false',
  'core.autocrlf': 'false',
  'core.excludesFile': '/dev/null',
  'core.hooksPath': '.git/hooks',
});
const { status } = spawnSync(
  process.execPath,
  ['--experimental-vm-modules', '--no-warnings', 'node_modules/jest/bin/jest.js', ...jestArguments],
  { stdio: 'inherit', env: { ...ownEnvironment(process.env, others), ...kept, ...git, SUITE: suite } },
);
process.exitCode = status ?? 1;

/** Settings that go before those of the user, as git reads them from the environment. */
function gitSettings(settings) {
  const pairs = Object.entries(settings).flatMap(([key, value], index) => [
    [`GIT_CONFIG_KEY_${index}`, key],
    [`GIT_CONFIG_VALUE_${index}`, value],
  ]);
  return { GIT_CONFIG_COUNT: String(pairs.length / 2), ...Object.fromEntries(pairs) };
}
