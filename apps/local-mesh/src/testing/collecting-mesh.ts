import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { MeshProcess } from './mesh-process.js';

/** Runs in the mesh: a full garbage collection for each piece that comes, in the turn of the event loop in which it comes. */
const collector = `
import { createServer } from 'node:net';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
setFlagsFromString('--expose-gc');
const gc = runInNewContext('gc');
const server = createServer((socket) => socket.on('data', () => gc()));
server.listen(0, '127.0.0.1', () => console.error('collects on ' + server.address().port + '.'));
`;
/** Each is read after what was sent before, whichever the system tells of first. */
const width = 3;

/** A mesh that collects its garbage right after it has read what a test sends it: where it would once in many thousand times. Linux only. */
export class CollectingMesh {
  private constructor(
    readonly mesh: MeshProcess & { proxy: string },
    private readonly collectors: readonly Socket[],
  ) {}

  static async listening(...args: string[]): Promise<CollectingMesh> {
    const preload = `data:text/javascript,${encodeURIComponent(collector)}`;
    const mesh = await MeshProcess.listening('--import', preload, ...args);
    const [, port] = await mesh.said(/collects on ([0-9]+)/);
    const collectors = Array.from({ length: width }, () => connect(Number(port), '127.0.0.1'));
    await Promise.all(collectors.map((socket) => once(socket, 'connect')));
    return new CollectingMesh(mesh, collectors);
  }

  get port(): number {
    return Number(new URL(this.mesh.proxy).port);
  }

  /** What is sent meanwhile is read in one turn of the event loop, and garbage collected at its end. */
  async collectAfter(send: () => void): Promise<void> {
    this.mesh.signal('SIGSTOP');
    while (!this.#isStopped) await delay(1);
    send();
    // In a turn of this process' own, so that it is written by then.
    await delay(5);
    for (const socket of this.collectors) socket.write('x');
    await delay(5);
    this.mesh.signal('SIGCONT');
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const socket of this.collectors) socket.destroy();
    await this.mesh[Symbol.asyncDispose]();
  }

  get #isStopped(): boolean {
    return readFileSync(`/proc/${this.mesh.pid}/stat`, 'utf8').includes(') T ');
  }
}
