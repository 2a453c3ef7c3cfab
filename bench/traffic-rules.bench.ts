// What one decision costs, how that grows with the table, and what compiling costs. Needs a build.
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { compile, listens, parse, type RouteRequest, type RouteTable, route } from '@grayscale/traffic-rules';

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

const workload = {
  namespace: 'hello-page',
  labels: { app: 'hello-page' },
  outboundTrafficPolicy: 'ALLOW_ANY',
} as const;

interface Scenario {
  name: string;
  table: RouteTable;
  requests: RouteRequest[];
}

const services = [1, 2]
  .map(
    (n) => `
apiVersion: v1
kind: Service
metadata: {name: hello, namespace: hello-${n}}
spec: {ports: [{name: http, port: 8080}, {name: http-80, port: 80}]}
---
apiVersion: discovery.k8s.io/v1
kind: EndpointSlice
metadata: {name: hello, namespace: hello-${n}, labels: {kubernetes.io/service-name: hello}}
addressType: IPv4
ports: [{name: http, port: 43990}, {name: http-80, port: 43990}]
endpoints: [{addresses: [127.0.0.1], conditions: {ready: true}}]
---`,
  )
  .join('');

function tableOf(yaml: string): RouteTable {
  const { resources, issues } = parse(services + yaml, 'bench.yaml');
  if (issues.length > 0) throw new Error(JSON.stringify(issues[0]));
  return compile(resources, workload);
}

function virtualService(name: string, host: string, http: string): string {
  return `
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: ${name}, namespace: hello-page}
spec: {hosts: ["${host}"], http: ${http}}
---`;
}

function to(n: number, weight = 1): string {
  return `{destination: {host: hello.hello-${n}.svc.cluster.local, port: {number: 8080}}, weight: ${weight}}`;
}

const split = `[{route: [${to(1, 90)}, ${to(2, 10)}]}]`;
const byUser = `[{match: [{headers: {user: {exact: test}}}], route: [${to(1)}]}, {route: [${to(2)}]}]`;

function request(authority: string, path = '/hello', headers: string[] = []): RouteRequest {
  const usual = [
    'accept',
    '*/*',
    'user-agent',
    'bench',
    'accept-encoding',
    'gzip',
    'x-request-id',
    '0-1-2-3',
  ];
  return { method: 'GET', scheme: 'http', authority, port: 80, path, headers: [...usual, ...headers] };
}

/** Nanoseconds for each decision: the best of rounds that take turns, so that noise hits all scenarios alike. */
function measure(scenarios: readonly Scenario[]): number[] {
  const best = scenarios.map(() => Number.POSITIVE_INFINITY);
  for (let round = 0; round < 15; round++) {
    scenarios.forEach((scenario, index) => {
      best[index] = Math.min(best[index] ?? 0, timeRound(scenario));
    });
  }
  return best;
}

const decisionsARound = 100_000;
let sink = 0;

function timeRound({ table, requests }: Scenario): number {
  const start = process.hrtime.bigint();
  for (let index = 0; index < decisionsARound; index++) {
    const asked = requests[index % requests.length] as RouteRequest;
    sink += route(table, asked, (index % 1000) / 1000).kind.length;
  }
  return Number(process.hrtime.bigint() - start) / decisionsARound;
}

/** Bytes of garbage for each decision. */
function allocation({ table, requests }: Scenario): number {
  const decisions = 2000;
  collectGarbage();
  const before = process.memoryUsage().heapUsed;
  for (let index = 0; index < decisions; index++) {
    sink += route(table, requests[index % requests.length] as RouteRequest, 0.5).kind.length;
  }
  return (process.memoryUsage().heapUsed - before) / decisions;
}

function print(title: string, scenarios: readonly Scenario[]): void {
  const times = measure(scenarios);
  const first = times[0] ?? 1;
  console.log(`\n${title}\n`);
  console.log('| scenario | ns a decision | times the first | bytes allocated |');
  console.log('| --- | ---: | ---: | ---: |');
  scenarios.forEach((scenario, index) => {
    const time = times[index] ?? 0;
    const row = [scenario.name, time.toFixed(0), (time / first).toFixed(2), allocation(scenario).toFixed(0)];
    console.log(`| ${row.join(' | ')} |`);
  });
}

const range = (length: number): number[] => Array.from({ length }, (_, index) => index);
/** A fixed order without a pattern. */
const shuffled = <T>(items: readonly T[]): T[] =>
  items.map((_, index) => items[(index * 7919) % items.length] as T);

/**
 * As many requests for every scenario, each an object of its own: else a scenario with more of them would
 * measure how the memory's caches cope with the requests, which a proxy has just read anyway.
 */
const requestCount = 10_000;
const requests = (ask: (index: number) => RouteRequest): RouteRequest[] =>
  shuffled(range(requestCount)).map(ask);

function seeds(): Scenario[] {
  const hello = requests(() => request('hello.com'));
  return [
    { name: 'no rule: the host is nobody’s', table: tableOf(''), requests: hello },
    { name: '90/10', table: tableOf(virtualService('seed', 'hello.com', split)), requests: hello },
    {
      name: 'by user, test and alice in turn',
      table: tableOf(virtualService('seed', 'hello.com', byUser)),
      requests: requests((index) =>
        request('hello.com', '/hello', ['user', index % 2 === 0 ? 'test' : 'alice']),
      ),
    },
  ];
}

function manyHosts(): Scenario[] {
  const hosts = (count: number) =>
    range(count)
      .map((index) => virtualService(`rule-${index}`, `host-${index}.example`, split))
      .join('');
  const few = tableOf(hosts(10));
  const many = tableOf(hosts(10_000));
  const asked = (step: number, hosts: number) =>
    requests((index) => request(`host-${(index * step) % hosts}.example`));
  return [
    { name: '10 hosts, asked for all', table: few, requests: asked(1, 10) },
    { name: '10,000 hosts, asked for 10 of them', table: many, requests: asked(1000, 10_000) },
    {
      name: '10,000 hosts, asked for all in no order (more than the caches hold)',
      table: many,
      requests: asked(1, 10_000),
    },
  ];
}

function manyRules(key: (index: number) => string, ask: (index: number) => RouteRequest): Scenario[] {
  const rules = (count: number) =>
    tableOf(
      virtualService(
        'rules',
        'hello.com',
        `[${range(count)
          .map((index) => `{match: [${key(index)}], route: [${to(1)}]}`)
          .join(', ')}, {route: [${to(2)}]}]`,
      ),
    );
  const few = rules(10);
  const many = rules(1000);
  return [
    { name: '10 rules, all in no order', table: few, requests: requests((index) => ask(index % 10)) },
    {
      name: '1,000 rules, the last ten',
      table: many,
      requests: requests((index) => ask(990 + (index % 10))),
    },
    { name: '1,000 rules, all in no order', table: many, requests: requests((index) => ask(index % 1000)) },
    { name: '1,000 rules, none matches', table: many, requests: requests(() => ask(5000)) },
  ];
}

function printCompile(): void {
  console.log('\nCompiling 10,000 VirtualServices\n');
  console.log('| where | parse, s | compile, s | heap of the table, MB |');
  console.log('| --- | ---: | ---: | ---: |');
  const entries = (ports: string) => `
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: entry-NAME, namespace: hello-page}
spec: {hosts: ["host-NAME.example"], ports: [${ports}], resolution: NONE}
---`;
  const http = (port: number) => `{number: ${port}, name: http-${port}, protocol: HTTP}`;
  const sets: Array<[string, string]> = [
    ['hosts that are nobody’s, port 80', ''],
    ['hosts of a ServiceEntry each, port 80', entries(http(80))],
    ['hosts of a ServiceEntry each, ports 80 and 8080', entries(`${http(80)}, ${http(8080)}`)],
  ];
  for (const [name, entry] of sets) console.log(`| ${[name, ...measureCompile(entry)].join(' | ')} |`);
}

function measureCompile(entry: string): string[] {
  const yaml = range(10_000)
    .map(
      (index) =>
        virtualService(`rule-${index}`, `host-${index}.example`, byUser) +
        entry.replaceAll('NAME', `${index}`),
    )
    .join('');
  const start = performance.now();
  const { resources } = parse(services + yaml, 'bench.yaml');
  const parsed = performance.now();
  collectGarbage();
  const before = process.memoryUsage().heapUsed;
  const compileStart = performance.now();
  const table = compile(resources, workload);
  const compileEnd = performance.now();
  collectGarbage();
  const heap = (process.memoryUsage().heapUsed - before) / 1e6;
  sink += Number(listens(table, 80)) + resources.length;
  return [
    ((parsed - start) / 1000).toFixed(2),
    ((compileEnd - compileStart) / 1000).toFixed(2),
    heap.toFixed(0),
  ];
}

print('A decision on the seed’s rules', seeds());
print('Hosts', manyHosts());
print(
  'Rules that ask for an exact header in one VirtualService',
  manyRules(
    (index) => `{headers: {user: {exact: user-${index}}}}`,
    (index) => request('hello.com', '/hello', ['user', `user-${index}`]),
  ),
);
print(
  'Rules that ask for an exact path in one VirtualService',
  manyRules(
    (index) => `{uri: {exact: /path-${index}}}`,
    (index) => request('hello.com', `/path-${index}`),
  ),
);
printCompile();
console.log(`\n(${sink > 0 ? 'every' : 'no'} decision was used)`);
