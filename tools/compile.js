// `nx serve` compiles with this: builds, and builds again at each change of a source, until it is ended.
// TypeScript 7.0's own `tsc --build --watch` did not notice edits where this was tried.
import './end-with-nx.js';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, watch } from 'node:fs';

const folders = ['apps', 'libs']
  .flatMap((group) => readdirSync(group).map((name) => `${group}/${name}`))
  .flatMap((project) => [`${project}/src`, `${project}/web`])
  .filter((folder) => existsSync(folder));

let building = false;
let changed = false;
let timer;

async function build() {
  building = true;
  changed = false;
  const [code] = await once(spawn('npm', ['run', '-s', 'build'], { stdio: 'inherit' }), 'close');
  console.log(
    code === 0 ? 'Compiled.' : 'Not compiled: the errors stand above; waiting for the next change.',
  );
  building = false;
  if (changed) build();
}

for (const folder of folders)
  watch(folder, { recursive: true }, () => {
    changed = true;
    // An editor's save is several events.
    clearTimeout(timer);
    timer = setTimeout(() => building || build(), 100);
  });
console.log(`Watching ${folders.length} folders of sources.`);
