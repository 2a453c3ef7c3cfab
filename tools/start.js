// `npm start [-- internal|external|httproute]`: builds, then runs the two hellos, the local mesh, the release controller and the page until Ctrl-C. However it is told to
// end, and even when it is killed outright, it leaves no process behind.
import { once } from 'node:events';
import { DemoProcesses, spawnNode } from './demo-processes.js';
import './end-with-parent.js';

/** Where the rules and the plans of each mode are. */
const modes = {
  internal: { folder: 'k8s/internal', rule: 'virtual-service-v2-10.yaml', plans: 'k8s/release' },
  external: { folder: 'k8s/external', rule: 'virtual-service-v2-10.yaml', plans: 'k8s/release/external' },
  httproute: {
    folder: 'k8s/variants/internal-httproute',
    rule: 'http-route-v2-10.yaml',
    plans: 'k8s/release/httproute',
  },
};
const name = process.argv[2] ?? 'internal';
if (!Object.hasOwn(modes, name)) {
  console.error(
    `npm start: there is no mode "${name}"; write "npm start", or "npm start -- external" or "npm start -- httproute".`,
  );
  process.exit(64);
}
const { folder, rule, plans } = modes[name];

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
const rules = ['-f', folder, '-f', 'k8s/local'];
const demo = new DemoProcesses([
  { name: 'hello-1', args: ['apps/hello-1/dist/main.js'], env },
  { name: 'hello-2', args: ['apps/hello-2/dist/main.js'], env: { ...env, FAULT_CONTROL: 'on' } },
  { name: 'local-mesh', args: ['apps/local-mesh/bin/local-mesh.js', ...rules, '--drain-seconds', '2'] },
  {
    name: 'release-controller',
    args: ['apps/release-controller/dist/main.js'],
    env: { ...env, PLANS: plans, RULES: folder },
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
  The rules are ${folder}: edit the weights in ${folder}/${rule} and save${name === 'httproute' ? '' : ', or npm run rule:by-user'}
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
