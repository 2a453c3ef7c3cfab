// Clients in HTTP/2, the local mesh beside Envoy, under h2load: `npm run bench -- http2`.
// BENCH_SECONDS (default 3) is the length of one run, BENCH_ROUNDS (default 3) how many; the median is shown.
import { type Concurrency, load } from './proxy/h2load.ts';
import { type Load, median } from './proxy/load.ts';
import type { Program } from './proxy/program.ts';
import { isInstalled, Subjects } from './proxy/subjects.ts';

const seconds = Number(process.env.BENCH_SECONDS ?? 3);
const rounds = Number(process.env.BENCH_ROUNDS ?? 3);
const concurrencies: readonly Concurrency[] = [
  { connections: 1, streams: 1 },
  { connections: 1, streams: 32 },
  { connections: 8, streams: 32 },
];

if (!isInstalled('h2load')) console.log('skipped: h2load is not installed (apt-get install nghttp2-client)');
else {
  await using programs = new Subjects();
  await benchmark(programs);
}

async function benchmark(programs: Subjects): Promise<void> {
  const backends = {
    HTTP: await programs.node('bench/proxy/backend.mjs'),
    HTTP2: await programs.node('bench/proxy/http2-backend.mjs'),
  } as const;
  const subjects: Array<[name: string, program: Program]> = [['direct, no proxy', backends.HTTP2]];
  for (const upstream of ['HTTP2', 'HTTP'] as const) {
    const rules = { backendPort: backends[upstream].port, upstream, more: 0 };
    const version = upstream === 'HTTP2' ? 'HTTP/2' : 'HTTP/1.1';
    const envoy = await programs.envoy(rules, false);
    if (envoy !== undefined) subjects.push([`Envoy, ${version} upstream`, envoy]);
    subjects.push([`local mesh, ${version} upstream`, await programs.mesh(rules, false)]);
  }
  console.log('| connections x streams | what | requests/s | p50 ms | p99 ms | CPU us/request | errors |');
  console.log('| --- | --- | --- | --- | --- | --- | --- |');
  for (const concurrency of concurrencies) console.log((await rows(subjects, concurrency)).join('\n'));
}

/** The subjects in turn, round after round, so that what else the machine does hits all of them. */
async function rows(subjects: ReadonlyArray<[string, Program]>, concurrency: Concurrency): Promise<string[]> {
  const runs = subjects.map(() => [] as Load[]);
  for (const [, program] of subjects) await load(program, concurrency, 1);
  for (let round = 0; round < rounds; round++) {
    for (const [index, [, program]] of subjects.entries()) {
      runs[index]?.push(await load(program, concurrency, seconds));
    }
  }
  return subjects.map(([name], index) => {
    const { requestsPerSecond, p50Ms, p99Ms, cpuUs, errors } = median(runs[index] as Load[]);
    const { connections, streams } = concurrency;
    return `| ${connections} x ${streams} | ${name} | ${requestsPerSecond.toFixed(0)} | ${p50Ms.toFixed(2)} | ${p99Ms.toFixed(2)} | ${cpuUs.toFixed(0)} | ${errors} |`;
  });
}
