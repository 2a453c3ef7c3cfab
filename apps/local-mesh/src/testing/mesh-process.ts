import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { join } from 'node:path';

const script = join(import.meta.dirname, '../../bin/local-mesh.js');

/** The built local mesh as a process of its own, as its users run it. */
export class MeshProcess {
  /** What it said to a person. */
  messages = '';
  /** Its access log. */
  log = '';
  readonly exit: Promise<{ code: number | null; signal: NodeJS.Signals | null }>;
  private readonly child: ChildProcessWithoutNullStreams;
  private waiting: Array<() => void> = [];
  /** Whether it has ended and everything that it printed is here: its exit is known before its last words are. */
  private isClosed = false;
  private static readonly running = new Set<MeshProcess>();

  constructor(...args: string[]) {
    const ofNode = args[0] === '--import' ? args.splice(0, 2) : [];
    this.child = spawn(process.execPath, [...ofNode, script, ...args]);
    const wake = () => {
      for (const resolve of this.waiting.splice(0)) resolve();
    };
    this.child.stderr.setEncoding('utf8').on('data', (text: string) => {
      this.messages += text;
      wake();
    });
    this.child.stdout.setEncoding('utf8').on('data', (text: string) => {
      this.log += text;
      wake();
    });
    MeshProcess.running.add(this);
    this.exit = new Promise((resolve) => {
      this.child.on('close', (code, signal) => {
        this.isClosed = true;
        MeshProcess.running.delete(this);
        resolve({ code, signal });
        wake();
      });
    });
  }

  /** Starts one on free ports and waits until it listens. */
  static async listening(...args: string[]): Promise<MeshProcess & { proxy: string; admin: string }> {
    const mesh = new MeshProcess(...args, '--port', '0', '--admin-port', '0');
    const [, proxy = '', admin = ''] = await mesh.said(/proxy on (\S+), admin on (\S+)\s/);
    return Object.assign(mesh, { proxy, admin });
  }

  /** As {@link listening}, with an engine that throws over a document in which it finds the field `engineFails`. */
  static async withFaultyEngine(...args: string[]): Promise<MeshProcess & { proxy: string; admin: string }> {
    const fault = `const { entries } = Object;
      Object.entries = (object) => {
        if (Object.hasOwn(object, 'engineFails')) throw new TypeError('the engine failed');
        return entries(object);
      };`;
    return await MeshProcess.listening(
      '--import',
      `data:text/javascript,${encodeURIComponent(fault)}`,
      ...args,
    );
  }

  /** Ends those that a failed test left behind. */
  static async endAll(): Promise<void> {
    await Promise.all([...MeshProcess.running].map((mesh) => mesh[Symbol.asyncDispose]()));
  }

  get pid(): number {
    return this.child.pid ?? 0;
  }

  get stdin() {
    return this.child.stdin;
  }

  /** Waits until a message matches; rejects when it ended without. */
  async said(pattern: RegExp, of: 'messages' | 'log' = 'messages'): Promise<RegExpExecArray> {
    for (;;) {
      const match = pattern.exec(this[of]);
      if (match !== null) return match;
      if (this.isClosed) throw new Error(`ended without ${pattern}: ${this.messages}`);
      await new Promise<void>((resolve) => this.waiting.push(resolve));
    }
  }

  signal(signal: NodeJS.Signals): void {
    this.child.kill(signal);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.child.kill('SIGKILL');
    await this.exit;
  }
}
