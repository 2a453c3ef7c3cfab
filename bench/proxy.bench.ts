// The local mesh beside Envoy and beside a bare undici proxy, under wrk: `npm run bench -- proxy`.
// BENCH_SECONDS (default 3) is the length of one run, BENCH_ROUNDS (default 3) how many; the median is shown.
// BENCH_CONNECTIONS (default 1,32,256) and BENCH_RULES (default 2,10000) choose a part of it.
import { load as loadAtRate } from './proxy/h2load.ts';
import { type Load, median } from './proxy/load.ts';
import type { Program } from './proxy/program.ts';
import { isInstalled, Subjects } from './proxy/subjects.ts';
import { load } from './proxy/wrk.ts';

const seconds = Number(process.env.BENCH_SECONDS ?? 3);
const rounds = Number(process.env.BENCH_ROUNDS ?? 3);
const connectionCounts = numbers(process.env.BENCH_CONNECTIONS ?? '1,32,256');
const ruleCounts = numbers(process.env.BENCH_RULES ?? '2,10000');

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
  for (const rules of ruleCounts) {
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
  const ratios: string[] = [];
  const equalRates: string[] = [];
  for (const connections of connectionCounts) {
    const runs = await alternate(subjects, connections);
    table.push(...rows(runs, connections));
    ratios.push(...besideEnvoy(runs, connections));
    if (isInstalled('h2load')) {
      equalRates.push(...besideEnvoy(await alternateAtOneRate(subjects, runs, connections), connections));
    }
  }
  console.log(
    '| connections | what | requests/s | p50 ms | p99 ms | added p50 ms | CPU us/request | errors |',
  );
  console.log('| --- | --- | --- | --- | --- | --- | --- | --- |');
  console.log(table.join('\n'));
  console.log('\nThe local mesh beside Envoy, medians of the ratios of the rounds (least to most):\n');
  console.log('| connections | with | requests/s | p50 | p99 | CPU |\n| --- | --- | --- | --- | --- | --- |');
  console.log(ratios.join('\n'));
  if (isInstalled('h2load')) {
    console.log('\nAt one rate for both, half of what Envoy reached:\n');
    console.log(
      '| connections | with | requests/s | p50 | p99 | CPU |\n| --- | --- | --- | --- | --- | --- |',
    );
    console.log(equalRates.join('\n'));
  }
  console.log('\n| what | MiB at rest | MiB after the load |\n| --- | --- | --- |');
  subjects.forEach(([name, program], index) => {
    console.log(`| ${name} | ${atRest[index]?.toFixed(0)} | ${program.memory().toFixed(0)} |`);
  });
}

/** What each subject did, round by round. */
type Runs = ReadonlyMap<string, Load[]>;

/** The subjects in turn, round after round, so that what else the machine does hits all of them. */
async function alternate(subjects: Array<[string, Program]>, connections: number): Promise<Runs> {
  const runs = new Map<string, Load[]>(subjects.map(([name]) => [name, []]));
  for (const [, program] of subjects) await load(program, connections, 1);
  for (let round = 0; round < rounds; round++) {
    for (const [name, program] of subjects) {
      runs.get(name)?.push(await load(program, connections, seconds));
    }
  }
  return runs;
}

/** Whoever answers faster is asked more often by a client that waits for answers; at one rate for both, their latencies compare. */
async function alternateAtOneRate(
  subjects: Array<[string, Program]>,
  fastest: Runs,
  connections: number,
): Promise<Runs> {
  const runs = new Map<string, Load[]>(subjects.map(([name]) => [name, []]));
  for (let round = 0; round < rounds; round++) {
    for (const [name, program] of subjects) {
      const envoy = fastest.get(`Envoy, ${name.split(', ')[1]}`);
      if (envoy === undefined) continue;
      const requestsPerSecond = Math.floor(median(envoy).requestsPerSecond / 2 / connections);
      const manner = { requestsPerSecond };
      runs.get(name)?.push(await loadAtRate(program, { connections, streams: 1 }, seconds, manner));
    }
  }
  return runs;
}

function rows(runs: Runs, connections: number): string[] {
  const direct = median(runs.get('direct, no proxy') ?? []);
  return [...runs].map(([name, loads]) => {
    const { requestsPerSecond, p50Ms, p99Ms, errors, cpuUs } = median(loads);
    const added = (p50Ms - direct.p50Ms).toFixed(2);
    return `| ${connections} | ${name} | ${requestsPerSecond.toFixed(0)} | ${p50Ms.toFixed(2)} | ${p99Ms.toFixed(2)} | ${added} | ${cpuUs.toFixed(0)} | ${errors} |`;
  });
}

/** A 99th percentile of one run is noisy, and so is the ratio of two medians: each round is a comparison of its own. */
function besideEnvoy(runs: Runs, connections: number): string[] {
  return [...runs].flatMap(([name, loads]) => {
    const [what, setting] = name.split(', ');
    const envoy = runs.get(`Envoy, ${setting}`);
    if (what !== 'local mesh' || envoy === undefined) return [];
    const cells = (['requestsPerSecond', 'p50Ms', 'p99Ms', 'cpuUs'] as const).map((figure) =>
      spread(loads.map((load, round) => load[figure] / (envoy[round] as Load)[figure])),
    );
    return `| ${connections} | ${setting} | ${cells.join(' | ')} |`;
  });
}

function spread(ratios: readonly number[]): string {
  const sorted = ratios.toSorted((a, b) => a - b).map((ratio) => ratio.toFixed(2));
  return `${sorted[Math.floor(sorted.length / 2)]} (${sorted[0]} to ${sorted.at(-1)})`;
}

function numbers(list: string): number[] {
  return list.split(',').map(Number);
}
