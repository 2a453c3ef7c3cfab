// `npm start [-- internal|external]`: the two hellos, the local mesh and the page, on built code, until Ctrl-C.
import { spawn } from 'node:child_process';
import { concurrently } from 'concurrently';

const mode = process.argv[2] ?? 'internal';
const rules = {
  internal: '--filename k8s/internal --filename k8s/local',
  external: '--filename k8s/external --filename k8s/local',
}[mode];
if (rules === undefined) {
  console.error(`npm start: there is no mode "${mode}"; write "npm start", or "npm start -- external".`);
  process.exit(64);
}

const page = {
  HTTP_PROXY: 'http://127.0.0.1:15001',
  NO_PROXY: 'localhost,127.0.0.1',
  LOCAL_MESH_ADMIN: 'http://127.0.0.1:15000',
};
const commands = [
  { name: 'hello-1', command: 'node apps/hello-1/dist/main.js' },
  { name: 'hello-2', command: 'node apps/hello-2/dist/main.js' },
  { name: 'local-mesh', command: `node apps/local-mesh/bin/local-mesh.js ${rules}` },
  { name: 'hello-page', command: 'node apps/hello-page/dist/main.js', env: page },
];

const { result } = concurrently(commands, {
  killOthersOn: ['failure', 'success'],
  prefixColors: ['cyan', 'magenta', 'yellow', 'green'],
  // A process group of their own: Ctrl-C then reaches each of them once, through concurrently, and each can drain.
  spawn: (command, options) => spawn(command, [], { ...options, shell: true, detached: true }),
});
result.then(
  () => {},
  (ended) => {
    const interrupted = ended.every(
      ({ exitCode }) => exitCode === 0 || exitCode === 'SIGINT' || exitCode === 'SIGTERM',
    );
    process.exitCode = interrupted ? 0 : 1;
  },
);
