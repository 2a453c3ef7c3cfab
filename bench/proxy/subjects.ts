import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../../tools/free-port.ts';
import { findEnvoy } from './envoy.ts';
import { type Program, start } from './program.ts';
import { envoyConfig, istioRules, type Rules } from './rules.ts';

/** The programs of one benchmark; all of them end with it. */
export class Subjects implements AsyncDisposable {
  readonly #folder = mkdtempSync(join(tmpdir(), 'grayscale-bench-'));
  readonly #running: Program[] = [];
  readonly #envoy = findEnvoy();
  #files = 0;

  constructor() {
    if ('reason' in this.#envoy)
      console.log(`Envoy is left out, it could not be installed: ${this.#envoy.reason}\n`);
  }

  /** A program that prints where it listens. */
  node(file: string, ...args: string[]): Promise<Program> {
    return this.#run(process.execPath, [file, ...args]);
  }

  /** Metrics are always on. Its access log, where wanted, goes to /dev/null, as Envoy's does: a reader would take part of the two cores. */
  async mesh(rules: Rules, accessLog: boolean): Promise<Program> {
    const file = this.#write(istioRules(rules));
    const port = await freePort();
    const args = ['-f', file, '--port', String(port), '--admin-port', '0'];
    return this.#run(
      process.execPath,
      ['apps/local-mesh/bin/local-mesh.js', ...args, '--access-log', accessLog ? 'all' : 'off'],
      port,
    );
  }

  /** With one worker; undefined where there is none. */
  async envoy(rules: Rules, accessLog: boolean): Promise<Program | undefined> {
    if ('reason' in this.#envoy) return undefined;
    const port = await freePort();
    const file = this.#write(envoyConfig(rules, port, accessLog));
    const args = ['-c', file, '--concurrency', '1', '--disable-hot-restart'];
    return { ...(await this.#run(this.#envoy.path, args, /(starting main dispatch loop)/)), port };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#running.map((program) => program.stop()));
    rmSync(this.#folder, { recursive: true });
  }

  async #run(command: string, args: string[], port?: RegExp | number): Promise<Program> {
    const program = await start(command, args, port);
    this.#running.push(program);
    return program;
  }

  #write(text: string): string {
    const file = join(this.#folder, `${this.#files++}.yaml`);
    writeFileSync(file, text);
    return file;
  }
}

export function isInstalled(command: string): boolean {
  try {
    execFileSync('which', [command], { stdio: 'pipe' });
    return true;
  } catch {
    return false;
  }
}
