import { jest } from '@jest/globals';
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
  const spies = [
    jest.spyOn(process.stdout, 'write').mockImplementation(keep('out')),
    jest.spyOn(process.stderr, 'write').mockImplementation(keep('err')),
  ];
  try {
    captured.code = await run(argv);
    return captured;
  } finally {
    for (const spy of spies) spy.mockRestore();
  }
}
