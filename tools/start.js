// `npm start [-- internal|external]`: builds, then runs the two hellos, the local mesh, the release controller and the page until Ctrl-C. However it is told to
// end, and even when it is killed outright, it leaves no process behind.
import { once } from 'node:events';
import { DemoProcesses, spawnNode } from './demo-processes.js';
import './end-with-parent.js';

const modes = ['internal', 'external'];
const mode = process.argv[2] ?? 'internal';
if (!modes.includes(mode)) {
  console.error(`npm start: there is no mode "${mode}"; write "npm start", or "npm start -- external".`);
  process.exit(64);
}

let end = () => process.exit(130);
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => end());
// The terminal may be gone before its processes are.
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {});

// Here and not in the script of package.json, which is `exec node`: a shell that stays does not pass signals on.
await run('tools/compile-schemas.js');
await run('node_modules/typescript/bin/tsc', '--build');
await run('apps/hello-page/web/build.ts');

const page = 'http://localhost:8080';
// They are on this machine: nobody has to look away before they end.
const env = { REQUEST_LOG: 'errors', SHUTDOWN_DELAY_MS: '0', SHUTDOWN_GRACE_MS: '2000' };
const plans = mode === 'internal' ? 'k8s/release' : 'k8s/release/external';
const rules = ['-f', `k8s/${mode}`, '-f', 'k8s/local'];
const demo = new DemoProcesses([
  { name: 'hello-1', args: ['apps/hello-1/dist/main.js'], env },
  { name: 'hello-2', args: ['apps/hello-2/dist/main.js'], env: { ...env, FAULT_CONTROL: 'on' } },
  { name: 'local-mesh', args: ['apps/local-mesh/bin/local-mesh.js', ...rules, '--drain-seconds', '2'] },
  {
    name: 'release-controller',
    args: ['apps/release-controller/dist/main.js'],
    env: { ...env, PLANS: plans, RULES: `k8s/${mode}` },
  },
  {
    name: 'hello-page',
    args: ['apps/hello-page/dist/main.js'],
    env: {
      ...env,
      HTTP_PROXY: 'http://127.0.0.1:15001',
      LOCAL_MESH_ADMIN: 'http://127.0.0.1:15000',
      RELEASE_CONTROLLER: 'http://127.0.0.1:8081',
      FAULT_CONTROL_URL: 'http://127.0.0.1:43991',
    },
  },
]);
end = () => demo.end();
const ended = demo.allEnd();
try {
  await demo.allListen();
  console.log(`
  Open ${page}: who answers, and a release to carry out. Or ask by hand: curl '${page}/page?name=test'
  The rules are k8s/${mode}: edit the weights in k8s/${mode}/virtual-service-v2-10.yaml and save, or npm run rule:by-user
  Ctrl-C ends it.
`);
} catch {
  // It has said why.
  process.exitCode = 1;
  end();
}
await ended;

/** Runs a step of the build to its end, or ends with its exit code. */
async function run(...args) {
  const child = spawnNode(args, { stdio: 'inherit' });
  end = () => child.kill();
  const [code] = await once(child, 'close');
  if (code !== 0) process.exit(code ?? 1);
}
