import { Agent, get } from 'node:http';
import { text } from 'node:stream/consumers';
import { setTimeout as delay } from 'node:timers/promises';
import { HelloProcess } from './hello-process.js';

const CLIENTS = 6;
const PROBE_EVERY_MS = 20;

/** What the clients saw. */
export interface Outcome {
  readonly answered: number;
  /** What went wrong, and how often. */
  readonly lost: Readonly<Record<string, number>>;
}

/** One of two instances behind the balancer: a port that outlives its processes. */
interface Slot {
  process: HelloProcess;
  readonly port: number;
  ready: boolean;
}

/**
 * Restarts two hello-1 processes in turn under load. The clients keep their connections open and go, request by
 * request, to an instance whose last readiness probe was good: what a Service of Kubernetes does.
 */
export async function restartUnderLoad(restarts: number): Promise<Outcome> {
  const slots = await Promise.all([startSlot(), startSlot()]);
  const stop = new AbortController();
  const agent = new Agent({ keepAlive: true });
  const probing = slots.map((slot) => probe(slot, stop.signal));
  await until(() => slots.every(({ ready }) => ready));
  const clients = Array.from({ length: CLIENTS }, (_, index) => client(slots, index, agent, stop.signal));
  try {
    for (let index = 0; index < restarts; index++) await restart(slots, index % 2);
  } finally {
    stop.abort();
  }
  const outcomes = await Promise.all(clients);
  await Promise.all(probing);
  agent.destroy();
  await Promise.all(slots.map(({ process }) => process.end('SIGKILL')));
  return {
    answered: outcomes.reduce((sum, { answered }) => sum + answered, 0),
    lost: countEach(outcomes.flatMap(({ lost }) => lost)),
  };
}

function countEach(texts: readonly string[]): Record<string, number> {
  const groups = [...Map.groupBy(texts, (text) => text)];
  return Object.fromEntries(groups.map(([text, all]) => [text, all.length]));
}

async function startSlot(): Promise<Slot> {
  const process = await launch('0');
  return { process, port: process.port, ready: false };
}

/** A little latency, so that every stop finds requests in flight. */
function launch(port: string): Promise<HelloProcess> {
  return HelloProcess.start({ PORT: port, LATENCY_MS: '20' });
}

async function restart(slots: readonly Slot[], index: number): Promise<void> {
  const slot = slots[index] as Slot;
  slot.process.signal('SIGTERM');
  const { code } = await slot.process.ended;
  if (code !== 0) throw new Error(`hello-1 ended with ${code}:\n${slot.process.output}`);
  slot.process = await launch(String(slot.port));
  await until(() => slot.ready);
}

async function probe(slot: Slot, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    slot.ready = await fetch(`http://127.0.0.1:${slot.port}/readyz`).then(
      async (response) => (await response.text()) !== '' && response.ok,
      () => false,
    );
    await delay(PROBE_EVERY_MS);
  }
}

async function client(
  slots: readonly Slot[],
  first: number,
  agent: Agent,
  signal: AbortSignal,
): Promise<{ answered: number; lost: string[] }> {
  let answered = 0;
  const lost: string[] = [];
  for (let turn = first; !signal.aborted; turn++) {
    const ready = slots.filter((slot) => slot.ready);
    const chosen = ready[turn % ready.length] ?? slots[turn % 2];
    const outcome = await ask(chosen?.port ?? 0, agent);
    if (outcome === 'hello 1') answered++;
    else lost.push(outcome);
  }
  return { answered, lost };
}

function ask(port: number, agent: Agent): Promise<string> {
  return new Promise((resolve) => {
    get({ host: '127.0.0.1', port, path: '/hello', agent }, (response) => {
      text(response).then(resolve, (error: Error) => resolve(error.message));
    }).once('error', (error) => resolve(error.message));
  });
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await delay(5);
}
