// `npm start [-- internal|external]`: the two hellos, the local mesh and the page, on built code, until Ctrl-C.
import { spawn } from 'node:child_process';
import { setTimeout as wait } from 'node:timers/promises';
import { concurrently } from 'concurrently';

const modes = ['internal', 'external'];
const mode = process.argv[2] ?? 'internal';
if (!modes.includes(mode)) {
  console.error(`npm start: there is no mode "${mode}"; write "npm start", or "npm start -- external".`);
  process.exit(64);
}

const page = 'http://localhost:8080';
// This very Node.js: the one on the PATH may be older than the workspace's own.
const node = JSON.stringify(process.execPath);
const quiet = { REQUEST_LOG: 'errors' };
const commands = [
  { name: 'hello-1', command: `${node} apps/hello-1/dist/main.js`, env: quiet },
  { name: 'hello-2', command: `${node} apps/hello-2/dist/main.js`, env: quiet },
  { name: 'local-mesh', command: `${node} apps/local-mesh/bin/local-mesh.js -f k8s/${mode} -f k8s/local` },
  {
    name: 'hello-page',
    command: `${node} apps/hello-page/dist/main.js`,
    env: { ...quiet, HTTP_PROXY: 'http://127.0.0.1:15001', LOCAL_MESH_ADMIN: 'http://127.0.0.1:15000' },
  },
];

const { result } = concurrently(commands, {
  killOthersOn: ['failure', 'success'],
  prefixColors: ['cyan', 'magenta', 'yellow', 'green'],
  // A process group of their own: Ctrl-C reaches each of them once, through concurrently, and each can drain.
  spawn: (command, options) => spawn(command, [], { ...options, shell: true, detached: true }),
});

let running = true;
result
  .catch((ended) => {
    const stopped = ended.every(({ exitCode }) => exitCode === 0 || ['SIGINT', 'SIGTERM'].includes(exitCode));
    process.exitCode = stopped ? 0 : 1;
  })
  .finally(() => {
    running = false;
  });

while (running && !(await isReady())) await wait(50);
if (running)
  console.log(`
  Open ${page}, or ask by hand: curl '${page}/page?name=test'
  The rules are k8s/${mode}: edit the weights in k8s/${mode}/virtual-service-v2-10.yaml and save, or npm run rule:by-user
  Ctrl-C ends it.
`);

async function isReady() {
  return fetch(`${page}/readyz`).then(
    (response) => response.ok,
    () => false,
  );
}
