// The local mesh beside Envoy and beside a bare undici proxy, under wrk: `npm run bench -- proxy`.
// BENCH_SECONDS (default 3) is the length of one run, BENCH_ROUNDS (default 3) how many; the median is shown.
import { type Load, median } from './proxy/load.ts';
import type { Program } from './proxy/program.ts';
import { isInstalled, Subjects } from './proxy/subjects.ts';
import { load } from './proxy/wrk.ts';

const seconds = Number(process.env.BENCH_SECONDS ?? 3);
const rounds = Number(process.env.BENCH_ROUNDS ?? 3);

if (!isInstalled('wrk')) console.log('skipped: wrk is not installed (apt-get install wrk)');
else {
  await using programs = new Subjects();
  await benchmark(programs);
}

async function benchmark(programs: Subjects): Promise<void> {
  const backend = await programs.node('bench/proxy/backend.mjs');
  const subjects: Array<[name: string, program: Program]> = [['direct, no proxy', backend]];
  subjects.push([
    'bare undici proxy',
    await programs.node('bench/proxy/bare-undici.mjs', String(backend.port)),
  ]);
  for (const rules of [2, 10_000]) {
    const all = { backendPort: backend.port, upstream: 'HTTP', more: rules - 2 } as const;
    for (const accessLog of rules === 2 ? [false, true] : [false]) {
      const setting = accessLog ? 'access log' : `${rules} rules`;
      const envoy = await programs.envoy(all, accessLog);
      if (envoy !== undefined) subjects.push([`Envoy, ${setting}`, envoy]);
      subjects.push([`local mesh, ${setting}`, await programs.mesh(all, accessLog)]);
    }
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
