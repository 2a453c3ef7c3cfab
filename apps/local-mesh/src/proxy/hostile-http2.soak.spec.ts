import { readFileSync } from 'node:fs';
import { Random } from '@grayscale/seeded-random';
import { HostileBackend } from '../../test/hostile-backend.js';
import { sendHostileHttp2 } from '../../test/hostile-http2.js';
import { HostileHttp2Server } from '../../test/hostile-http2-server.js';
import { answersAgain, sendOrdinary, stillAnswers } from '../../test/hostile-run.js';
import { attack, attacks } from '../../test/http2-attacks.js';
import { http2Upgrade, rulesText } from '../../test/rules.js';
import { RuleFile } from '../testing/manifests.js';
import { MeshProcess } from '../testing/mesh-process.js';

/** SOAK_REQUESTS sends another number of connections, SOAK_SEED the same ones again. */
const count = Number(process.env.SOAK_REQUESTS ?? 100_000);
const seed = Number(process.env.SOAK_SEED ?? Date.now() % 2 ** 31);
const batch = 1000;
/** A hundred frames each. */
const rounds = 2000;
const attackers = 4;
/** Of the process while it is attacked; at rest it has about 120. */
const mostMebibytes = 700;

/** Its largest memory so far. */
function peakMebibytes(pid: number): number {
  return Number(/VmHWM:\s+([0-9]+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1024;
}

describe('a running mesh under hostile clients in HTTP/2', () => {
  let backend: HostileBackend;
  let rules: RuleFile;
  let mesh: MeshProcess & { proxy: string };
  let port: number;

  beforeEach(async () => {
    backend = new HostileBackend();
    rules = await RuleFile.with(rulesText([await backend.listen()], '', http2Upgrade));
    mesh = await MeshProcess.listening('-f', rules.path, '--access-log', 'off');
    port = Number(new URL(mesh.proxy).port);
  });

  afterEach(async () => {
    await mesh[Symbol.asyncDispose]();
    await rules[Symbol.asyncDispose]();
    await backend.stop();
  });

  it(`${count} connections with frames in any order (seed ${seed})`, async () => {
    const random = new Random(seed);
    for (let sent = 0; sent < count; sent += batch) {
      await sendHostileHttp2(port, { count: Math.min(batch, count - sent), random, patienceMs: 100 });
      expect(await stillAnswers(port)).toBe(true);
    }
    const peak = peakMebibytes(mesh.pid);
    console.log(
      `${count} connections, ${backend.requests} requests reached the backend, at most ${peak.toFixed(0)} MiB`,
    );
    expect(peak).toBeLessThan(mostMebibytes);
  });

  it.each(attacks)(`$name, ${attackers} clients, ${rounds * 100} frames each`, async (one) => {
    await Promise.all(Array.from({ length: attackers }, () => attack(port, one, rounds)));
    expect(await stillAnswers(port)).toBe(true);
    const peak = peakMebibytes(mesh.pid);
    console.log(
      `${one.name}: ${backend.requests} requests reached the backend, at most ${peak.toFixed(0)} MiB`,
    );
    expect(peak).toBeLessThan(mostMebibytes);
  });
});

it(`${count} answers of a hostile server in HTTP/2 (seed ${seed})`, async () => {
  const server = new HostileHttp2Server(seed);
  await using rules = await RuleFile.with(rulesText([await server.listen()], '', http2Upgrade));
  await using mesh = await MeshProcess.listening('-f', rules.path, '--access-log', 'off');
  const port = Number(new URL(mesh.proxy).port);
  try {
    for (let sent = 0; sent < count; sent += batch) {
      server.isHostile = true;
      await sendOrdinary(port, { count: Math.min(batch, count - sent), patienceMs: 300 });
      server.isHostile = false;
      server.endConnections();
      expect(await answersAgain(port)).toBe(true);
    }
    const peak = peakMebibytes(mesh.pid);
    console.log(`${server.answers} answers, at most ${peak.toFixed(0)} MiB`);
    expect(peak).toBeLessThan(mostMebibytes);
  } finally {
    await server.stop();
  }
});
