import { type ChildProcessWithoutNullStreams, execFile, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { mkdir, rename } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';

const run = promisify(execFile);
const sources = join(import.meta.dirname, 'go-grpc');

/** A line of what the program tells. */
export type Fact = Readonly<Record<string, unknown>>;

/**
 * The client and server of Go's gRPC, built unless they are there: kept by what they are built from.
 * @returns the program's path; or why there is none on this machine
 * @throws what `go build` printed
 */
export async function buildGoGrpc(): Promise<{ path: string } | { missing: string }> {
  const folder = join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'grayscale', 'go-grpc');
  const path = join(folder, digest());
  if (existsSync(path)) return { path };
  try {
    await run('go', ['mod', 'download'], { cwd: sources });
  } catch (error) {
    const { code, stderr } = error as { code: unknown; stderr?: string };
    return { missing: code === 'ENOENT' ? 'Go is not installed' : `go mod download: ${stderr?.trim()}` };
  }
  await mkdir(folder, { recursive: true });
  const unfinished = `${path}.${process.pid}`;
  await run('go', ['build', '-trimpath', '-o', unfinished, '.'], {
    cwd: sources,
    env: { ...process.env, GOFLAGS: '-mod=readonly' },
  });
  await rename(unfinished, path);
  return { path };
}

function digest(): string {
  const hash = createHash('sha256');
  for (const file of readdirSync(sources).sort()) hash.update(readFileSync(join(sources, file)));
  return hash.digest('hex').slice(0, 16);
}

/** One run of the program: a server, or a client with its scenario. */
export class GoProgram implements AsyncDisposable {
  readonly #child: ChildProcessWithoutNullStreams;
  readonly #facts: Fact[] = [];
  readonly #exit: Promise<unknown>;
  #errors = '';
  #wake: () => void = () => {};
  #hasEnded = false;

  /** @param proxyPort of an HTTP proxy that Go finds in its environment */
  constructor(path: string, args: readonly string[], proxyPort?: number) {
    const proxy = proxyPort === undefined ? {} : { HTTPS_PROXY: `http://127.0.0.1:${proxyPort}` };
    this.#child = spawn(path, args, { env: { PATH: process.env.PATH, ...proxy } });
    this.#child.stderr.on('data', (data: Buffer) => {
      this.#errors += data;
    });
    createInterface(this.#child.stdout).on('line', (line) => {
      this.#facts.push(JSON.parse(line));
      this.#wake();
    });
    this.#exit = once(this.#child, 'close').then(() => {
      this.#hasEnded = true;
      this.#wake();
    });
  }

  /** The next thing that it tells; rejects with its errors when it ended without. */
  async next(): Promise<Fact> {
    for (;;) {
      const fact = this.#facts.shift();
      if (fact !== undefined) return fact;
      if (this.#hasEnded) throw new Error(`ended without a word: ${this.#errors}`);
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  /** Writes a line to its input. */
  tell(line: string): void {
    this.#child.stdin.write(`${line}\n`);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#child.kill('SIGKILL');
    await this.#exit;
  }
}
