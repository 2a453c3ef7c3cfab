// `npm run bench [-- NAME...]`: runs the benchmarks of bench/ one after the other and prints their tables.
import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';

const wanted = process.argv.slice(2);
const names = readdirSync('bench')
  .filter((file) => /\.bench\.(js|ts)$/.test(file))
  .filter((file) => wanted.length === 0 || wanted.some((name) => file.startsWith(name)));
for (const name of names) {
  console.log(`\n## ${name}\n`);
  const { status } = spawnSync(process.execPath, [`bench/${name}`], { stdio: 'inherit' });
  if (status !== 0) process.exitCode = 1;
}
