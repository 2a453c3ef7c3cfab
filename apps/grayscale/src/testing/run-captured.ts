import { run } from '../program.js';

/** What a command printed, and its exit code. */
export interface Captured {
  code: number;
  out: string;
  err: string;
}

/** Runs a command in this process. */
export async function runCaptured(...argv: string[]): Promise<Captured> {
  const captured: Captured = { code: 0, out: '', err: '' };
  const keep = (stream: 'out' | 'err') => (text: string | Uint8Array) => {
    captured[stream] += String(text);
    return true;
  };
  const { stdout, stderr } = process;
  const [writeOut, writeErr] = [stdout.write, stderr.write];
  Object.assign(stdout, { write: keep('out') });
  Object.assign(stderr, { write: keep('err') });
  try {
    captured.code = await run(argv);
    return captured;
  } finally {
    Object.assign(stdout, { write: writeOut });
    Object.assign(stderr, { write: writeErr });
  }
}
