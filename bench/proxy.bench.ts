// The local mesh beside Envoy and beside a bare undici proxy, under wrk: `npm run bench -- proxy`.
// BENCH_SECONDS (default 3) is the length of one run, BENCH_ROUNDS (default 3) how many; the median is shown.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findEnvoy } from './proxy/envoy.ts';
import { type Program, start } from './proxy/program.ts';
import { envoyConfig, istioRules } from './proxy/rules.ts';
import { type Load, load, median } from './proxy/wrk.ts';

const seconds = Number(process.env.BENCH_SECONDS ?? 3);
const rounds = Number(process.env.BENCH_ROUNDS ?? 3);
const folder = mkdtempSync(join(tmpdir(), 'grayscale-bench-'));
const running: Program[] = [];
const envoy = findEnvoy();

if (!isInstalled('wrk')) console.log('skipped: wrk is not installed (apt-get install wrk)');
else {
  try {
    await benchmark();
  } finally {
    await Promise.all(running.map((program) => program.stop()));
    rmSync(folder, { recursive: true });
  }
}

async function benchmark(): Promise<void> {
  if ('reason' in envoy) console.log(`Envoy is left out, it could not be installed: ${envoy.reason}\n`);
  const backend = await run(process.execPath, ['bench/proxy/backend.mjs']);
  const subjects: Array<[name: string, program: Program]> = [['direct, no proxy', backend]];
  subjects.push([
    'bare undici proxy',
    await run(process.execPath, ['bench/proxy/bare-undici.mjs', String(backend.port)]),
  ]);
  for (const rules of [2, 10_000]) {
    if ('path' in envoy) {
      subjects.push([`Envoy, ${rules} rules`, await runEnvoy(envoy.path, backend.port, rules, false)]);
      if (rules === 2)
        subjects.push(['Envoy, access log', await runEnvoy(envoy.path, backend.port, rules, true)]);
    }
    subjects.push([`local mesh, ${rules} rules`, await runMesh(backend.port, rules, 'off')]);
    if (rules === 2) subjects.push(['local mesh, access log', await runMesh(backend.port, rules, 'all')]);
  }
  const atRest = subjects.map(([, program]) => program.memory());
  const table: string[] = [];
  for (const connections of [1, 32, 256]) table.push(...(await rows(subjects, connections)));
  console.log(
    '| connections | what | requests/s | p50 ms | p99 ms | added p50 ms | CPU us/request | errors |',
  );
  console.log('| --- | --- | --- | --- | --- | --- | --- | --- |');
  console.log(table.join('\n'));
  console.log('\n| what | MiB at rest | MiB after the load |\n| --- | --- | --- |');
  subjects.forEach(([name, program], index) => {
    console.log(`| ${name} | ${atRest[index]?.toFixed(0)} | ${program.memory().toFixed(0)} |`);
  });
}

/** The subjects in turn, round after round, so that what else the machine does hits all of them. */
async function rows(subjects: Array<[string, Program]>, connections: number): Promise<string[]> {
  const runs = subjects.map(() => [] as Load[]);
  for (const [, program] of subjects) await load(program, connections, 1);
  for (let round = 0; round < rounds; round++) {
    for (const [index, [, program]] of subjects.entries()) {
      runs[index]?.push(await load(program, connections, seconds));
    }
  }
  const direct = median(runs[0] as Load[]);
  return subjects.map(([name], index) => {
    const { requestsPerSecond, p50Ms, p99Ms, errors, cpuUs } = median(runs[index] as Load[]);
    const added = (p50Ms - direct.p50Ms).toFixed(2);
    return `| ${connections} | ${name} | ${requestsPerSecond.toFixed(0)} | ${p50Ms.toFixed(2)} | ${p99Ms.toFixed(2)} | ${added} | ${cpuUs.toFixed(0)} | ${errors} |`;
  });
}

/** Metrics are always on. */
/** Its access log, where wanted, goes to /dev/null, as Envoy's does: a reader would take part of the two cores. */
async function runMesh(backendPort: number, rules: number, accessLog: 'off' | 'all'): Promise<Program> {
  const file = join(folder, `rules-${rules}.yaml`);
  writeFileSync(file, istioRules(backendPort, rules - 2));
  const port = await freePort();
  const args = ['-f', file, '--port', String(port), '--admin-port', '0', '--access-log', accessLog];
  return run(process.execPath, ['apps/local-mesh/bin/local-mesh.js', ...args], port);
}

async function runEnvoy(
  path: string,
  backendPort: number,
  rules: number,
  accessLog: boolean,
): Promise<Program> {
  const port = await freePort();
  const file = join(folder, `envoy-${port}.yaml`);
  writeFileSync(file, envoyConfig(backendPort, port, rules - 2, accessLog));
  const args = ['-c', file, '--concurrency', '1', '--disable-hot-restart'];
  return { ...(await run(path, args, /(starting main dispatch loop)/)), port };
}

async function run(command: string, args: string[], port?: RegExp | number): Promise<Program> {
  const program = await start(command, args, port);
  running.push(program);
  return program;
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve(port));
    });
  });
}

function isInstalled(command: string): boolean {
  try {
    execFileSync('which', [command], { stdio: 'pipe' });
    return true;
  } catch {
    return false;
  }
}
