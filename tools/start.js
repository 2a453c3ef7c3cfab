// `npm start [-- internal|external]`: the two hellos, the local mesh and the page, on built code, until Ctrl-C.
import { spawn } from 'node:child_process';
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

const { commands: services, result } = concurrently(commands, {
  prefixColors: ['cyan', 'magenta', 'yellow', 'green'],
  // A process group of their own: Ctrl-C reaches each of them once, through concurrently, and each can drain.
  spawn: (command, options) => spawn(command, [], { ...options, shell: true, detached: true }),
});

// What each of them prints once it can be asked.
const listening = /listens on http|proxy on http/;
const waiting = new Set(services);
let failed = false;
for (const service of services) {
  for (const output of [service.stdout, service.stderr])
    output.subscribe((chunk) => {
      if (listening.test(chunk) && waiting.delete(service) && waiting.size === 0) invite();
    });
  service.close.subscribe(() => {
    // One that cannot start ends all; one that dies later leaves the others to show what a dead backend looks like.
    if (!waiting.has(service) || failed) return;
    failed = true;
    for (const other of services) other.kill('SIGTERM');
  });
}
result.catch(() => {
  if (failed) process.exitCode = 1;
});

function invite() {
  console.log(`
  Open ${page}, or ask by hand: curl '${page}/page?name=test'
  The rules are k8s/${mode}: edit the weights in k8s/${mode}/virtual-service-v2-10.yaml and save, or npm run rule:by-user
  Ctrl-C ends it.
`);
}
