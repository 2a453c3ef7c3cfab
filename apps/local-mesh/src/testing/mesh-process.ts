import { NodeProcess } from '../../../../tools/node-process.js';

/** The built local mesh as a process of its own, as its users run it. */
export class MeshProcess extends NodeProcess {
  static readonly #running = new Set<MeshProcess>();

  constructor(...args: string[]) {
    const nodeArguments = args[0] === '--import' ? args.splice(0, 2) : [];
    super('apps/local-mesh/bin/local-mesh.js', args, { nodeArguments, hasInput: true });
    MeshProcess.#running.add(this);
    void this.ended.then(() => MeshProcess.#running.delete(this));
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
    await Promise.all([...MeshProcess.#running].map((mesh) => mesh[Symbol.asyncDispose]()));
  }

  /** What it said to a person. */
  get messages(): string {
    return this.stderr;
  }

  set messages(text: string) {
    this.stderr = text;
  }

  /** Its access log. */
  get log(): string {
    return this.stdout;
  }

  override said(pattern: RegExp, of: 'stdout' | 'stderr' = 'stderr'): Promise<RegExpExecArray> {
    return super.said(pattern, of);
  }
}
