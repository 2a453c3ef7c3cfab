import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { Agent, get } from 'node:http';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as after } from 'node:timers/promises';
import { freePort } from '../tools/free-port.ts';
import { type Program, start } from './proxy/program.ts';

// The slowest request while a running local mesh takes 10,000 changed VirtualServices over, beside the slowest in as long a
// time without a reload; the two take turns. Requests leave at a fixed rate and are measured from when they were due.
//   npm run build && npm run bench -- reload        ROUNDS=7 RATE=500 LAYOUT='one file' in the environment

const services = 10_000;
const rounds = Number(process.env.ROUNDS ?? 7);
const rate = Number(process.env.RATE ?? 500);
const mesh = resolve(import.meta.dirname, '../apps/local-mesh/bin/local-mesh.js');
const backend = resolve(import.meta.dirname, 'proxy/backend.mjs');

function entry(backendPort: number): string {
  return `apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: { name: hello, namespace: shop }
spec:
  hosts: [hello.com]
  ports: [{ number: 80, name: http, protocol: HTTP }]
  resolution: STATIC
  endpoints: [{ address: 127.0.0.1, ports: { http: ${backendPort} } }]
`;
}

function virtualService(index: number, weight: number): string {
  return `---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: { name: app-${index}, namespace: shop }
spec:
  hosts: [app-${index}.example.com]
  http:
    - match: [{ headers: { user: { exact: test } } }]
      route: [{ destination: { host: hello.com } }]
    - route:
        - { destination: { host: hello.com }, weight: ${weight} }
        - { destination: { host: other.com }, weight: ${100 - weight} }
`;
}

/** How the 10,000 are written: their files, each with the numbers of its VirtualServices. */
const layouts: Readonly<Record<string, number>> = { 'one file': 1, '1,000 files': 1000 };

/** Writes all of them anew, as a checkout of another branch does. */
function write(folder: string, files: number, weight: number): void {
  const each = services / files;
  for (let file = 0; file < files; file++) {
    const documents = Array.from({ length: each }, (_, index) => virtualService(file * each + index, weight));
    writeFileSync(join(folder, `rules-${file}.yaml`), documents.join(''));
  }
}

const agent = new Agent({ keepAlive: true, maxSockets: 256 });

/** Sends requests at the fixed rate until told to stop. @returns how long each took from when it was due, in milliseconds */
async function underLoad(port: number, until: () => Promise<unknown>): Promise<number[]> {
  const times: number[] = [];
  let isOver = false;
  const waiting: Promise<void>[] = [];
  const from = performance.now();
  const ends = until().then(() => {
    isOver = true;
  });
  for (let sent = 0; !isOver; sent++) {
    const due = from + (1000 * sent) / rate;
    const early = due - performance.now();
    if (early > 1) await after(early);
    waiting.push(ask(port).then(() => void times.push(performance.now() - due)));
  }
  await ends;
  await Promise.all(waiting);
  return times;
}

async function ask(port: number): Promise<void> {
  const request = get({ agent, host: '127.0.0.1', port, path: '/', headers: { host: 'hello.com' } });
  const [response] = await once(request, 'response');
  response.resume();
  await once(response, 'end');
  if (response.statusCode !== 200) throw new Error(`answered ${response.statusCode}`);
}

/** How often rules were put in force. */
async function reloads(admin: string): Promise<string> {
  const metrics = await (await fetch(`${admin}/stats/prometheus`)).text();
  const [, count = ''] = /^local_mesh_rule_reloads_total\{result="accepted"\} (\d+)/m.exec(metrics) ?? [];
  return count;
}

async function reload(admin: string, change: () => void): Promise<void> {
  const before = await reloads(admin);
  change();
  while ((await reloads(admin)) === before) await after(250);
  // What is found about the new rules follows behind.
  await after(1500);
}

async function measure(layout: string, files: number, upstream: Program): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'reload-'));
  writeFileSync(join(folder, 'entry.yaml'), entry(upstream.port));
  write(folder, files, 90);
  const adminPort = String(await freePort());
  const admin = `http://127.0.0.1:${adminPort}`;
  const args = [mesh, '-f', folder, '--port', '0', '--admin-port', adminPort, '--access-log', 'off'];
  const program = await start(process.execPath, args, /proxy on http:\/\/[^\s]*:(\d+), admin on/);
  const slowest: Record<'with' | 'without', number[]> = { with: [], without: [] };
  const all: Record<'with' | 'without', number[]> = { with: [], without: [] };
  try {
    await underLoad(program.port, () => after(3000));
    for (let round = 0; round < rounds; round++) {
      const began = performance.now();
      const changed = await underLoad(program.port, () =>
        reload(admin, () => write(folder, files, 10 + round)),
      );
      const took = performance.now() - began;
      const quiet = await underLoad(program.port, () => after(took));
      for (const [kind, times] of [
        ['with', changed],
        ['without', quiet],
      ] as const) {
        slowest[kind].push(Math.max(...times));
        all[kind].push(...times);
      }
    }
  } finally {
    await program.stop();
    rmSync(folder, { recursive: true });
  }
  for (const kind of ['with', 'without'] as const)
    console.log(
      `| ${layout} | ${kind} reload | ${at(slowest[kind], 0.5)} | ${at(slowest[kind], 1)} | ${at(all[kind], 0.99)} | ${all[kind].length} |`,
    );
}

function at(values: readonly number[], part: number): string {
  const sorted = values.toSorted((a, b) => a - b);
  return (sorted[Math.min(sorted.length - 1, Math.floor(part * sorted.length))] ?? 0).toFixed(0);
}

const upstream = await start(process.execPath, [backend]);
console.log(`${services} VirtualServices, ${rate} requests a second, ${rounds} rounds. Milliseconds.\n`);
console.log('| written in | | slowest request, median of rounds | slowest of all | 99 % below | requests |');
console.log('| --- | --- | --- | --- | --- | --- |');
for (const [layout, files] of Object.entries(layouts).filter(
  ([name]) => (process.env.LAYOUT ?? name) === name,
))
  await measure(layout, files, upstream);
await upstream.stop();
agent.destroy();
