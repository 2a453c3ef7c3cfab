import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

const program = join(import.meta.dirname, '../../../../apps/local-mesh/bin/local-mesh.js');

/** The built local mesh as a process of its own, with rules in a file. */
export class LocalMesh {
  proxy = '';
  private admin = '';
  private child: ChildProcess | undefined;

  private constructor(private readonly folder: string) {}

  static async with(rules: string): Promise<LocalMesh> {
    const mesh = new LocalMesh(await mkdtemp(join(tmpdir(), 'request-counts-')));
    await writeFile(mesh.file, rules);
    await mesh.start();
    return mesh;
  }

  get metrics(): URL {
    return new URL('/stats/prometheus', this.admin);
  }

  /** Changes the rules, and waits until they are in force. */
  async write(rules: string): Promise<void> {
    await writeFile(`${this.file}.new`, rules);
    await rename(`${this.file}.new`, this.file);
    await this.counted(/^local_mesh_rule_reloads_total\{result="accepted"\} 1$/m);
  }

  /** Waits until its metrics say something. */
  async counted(pattern: RegExp): Promise<void> {
    while (!pattern.test(await (await fetch(this.metrics)).text())) {
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  /** Ends it and starts it again on the same ports, with new counters. */
  async restart(): Promise<void> {
    await this.stop();
    await this.start(new URL(this.proxy).port, new URL(this.admin).port);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
    await rm(this.folder, { recursive: true, force: true });
  }

  private get file(): string {
    return join(this.folder, 'rules.yaml');
  }

  private async start(port = '0', adminPort = '0'): Promise<void> {
    const child = spawn(process.execPath, [
      program,
      '-f',
      this.file,
      '--port',
      port,
      '--admin-port',
      adminPort,
    ]);
    this.child = child;
    for await (const line of createInterface(child.stderr)) {
      const [, proxy, admin] = /proxy on (\S+), admin on (\S+)/.exec(line) ?? [];
      if (proxy === undefined || admin === undefined) continue;
      this.proxy = proxy;
      this.admin = admin;
      child.stderr.resume();
      return;
    }
    throw new Error('the local mesh ended before it listened; is it built?');
  }

  private async stop(): Promise<void> {
    if (this.child === undefined) return;
    const exit = once(this.child, 'exit');
    this.child.kill('SIGKILL');
    await exit;
  }
}
