import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { styleText } from 'node:util';
import { ownEnvironment } from './own-environment.ts';

const colours = ['cyan', 'magenta', 'yellow', 'blue', 'green'];
/** What each prints once it can be asked. */
const listening = /listens on http|proxy on http/;
/** What is left of them this long after they were told to end is ended outright. */
const patienceMs = 4000;

/**
 * Node programs side by side: their output with their names before it, and one end for all of them. They are started without a
 * shell, which would die of a signal and leave its child, and in process groups of their own: Ctrl-C reaches each once, through here. Their
 * settings are those that they are given here, whatever the user's shell has.
 */
export class DemoProcesses {
  #running = new Map();
  #ending = false;
  #allListened = false;

  /** Starts `{ name, args, env }` each. */
  constructor(programs) {
    for (const [index, { name, args, env = {} }] of programs.entries()) {
      const child = spawnNode(['--import', './tools/end-with-parent.js', ...args], {
        env: { ...ownEnvironment(), ...env },
        stdio: ['ignore', 'pipe', 'pipe'],
        detached: true,
      });
      this.#running.set(name, child);
      child.on('exit', (code, signal) => this.#ended(name, code ?? signal));
      const prefix = styleText(colours[index % colours.length], `[${name}]`, { stream: process.stdout });
      for (const stream of [child.stdout, child.stderr])
        createInterface({ input: stream }).on('line', (line) => console.log(`${prefix} ${line}`));
    }
  }

  /** Resolves when all of them listen; rejects when one ends before. */
  async allListen() {
    await Promise.all([...this.#running].map(([name, child]) => untilListening(name, child)));
    this.#allListened = true;
  }

  /** Resolves when all of them have ended. */
  async allEnd() {
    await Promise.all([...this.#running.values()].map((child) => once(child, 'close')));
  }

  /** Tells all of them to end, and makes them. */
  end() {
    if (this.#ending) return this.#signal('SIGKILL');
    this.#ending = true;
    this.#signal('SIGTERM');
    setTimeout(() => this.#signal('SIGKILL'), patienceMs).unref();
  }

  #signal(signal) {
    for (const child of this.#running.values()) child.kill(signal);
  }

  #ended(name, how) {
    this.#running.delete(name);
    if (this.#allListened && !this.#ending)
      console.log(`[${name}] ended with ${how}; the others go on, to show what that looks like.`);
  }
}

/** This very Node.js: the one on the PATH may be older. */
export function spawnNode(args, options) {
  return spawn(process.execPath, args, options);
}

async function untilListening(name, child) {
  await new Promise((resolve, reject) => {
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (chunk) => listening.test(chunk) && resolve());
    child.on('exit', () => reject(new Error(`${name} could not start`)));
  });
}
