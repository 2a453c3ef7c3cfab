import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ownEnvironment } from './own-environment.js';

const root = join(import.meta.dirname, '..');
const files = globSync('{apps,libs}/*/src/**/{settings,runtime-settings}.ts', { cwd: root });
const names = files.flatMap((file) =>
  [...readFileSync(join(root, file), 'utf8').matchAll(/^ {2,4}(\w+): [{\w]/gm)].map(
    ([, name]) => name as string,
  ),
);

it('has no setting of any service, and no proxy', () => {
  const settings = names.filter((name) => /^[A-Z_]+$|_proxy$/.test(name));
  expect(settings).toEqual(
    expect.arrayContaining(['PORT', 'HTTP_PROXY', 'PLANS', 'ERROR_RATE', 'NAMESPACES']),
  );
  const shell = [...settings, 'NODE_ENV', 'https_proxy', 'ALL_PROXY'].map((name) => [name, 'x']);
  expect(ownEnvironment(Object.fromEntries(shell))).toEqual({});
});

it('keeps everything else', () => {
  const environment = { PATH: '/bin', HOME: '/home/me', NODE_OPTIONS: '', REPORTS: 'a', XPORT: '1' };
  expect(ownEnvironment(environment)).toEqual(environment);
  expect(ownEnvironment(environment, [/^HOME$/])).not.toHaveProperty('HOME');
});
