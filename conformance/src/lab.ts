import type { TryOutcome } from '@grayscale/traffic-rules';

/** What a backend of the recordings does with one try. */
export interface LabAnswer {
  outcome: TryOutcome;
  delayMs: number;
}

/** The backends' behaviour, which the request header `x-lab` chooses; see README.md. */
export function labAnswer(headers: readonly string[], backend: string, attempt: number): LabAnswer {
  if (backend.startsWith('dead:')) return { outcome: { kind: 'connect-failure' }, delayMs: 0 };
  const order = headers[headers.indexOf('x-lab') + 1] ?? '';
  const [, word, value] = /^(delay|fail|close)=(.*)$/.exec(headers.includes('x-lab') ? order : '') ?? [];
  if (word === 'close' && attempt <= Number(value)) {
    return { outcome: { kind: 'reset', requestSent: true }, delayMs: 0 };
  }
  const [status = '200', times = 'Infinity'] = word === 'fail' ? (value ?? '').split('x') : [];
  const fails = word === 'fail' && attempt <= Number(times);
  return {
    outcome: { kind: 'response', status: fails ? Number(status) : 200, headers: [] },
    delayMs: word === 'delay' ? Number(value) : 0,
  };
}

/** Headers of every answer of a backend. */
export function backendHeaders(backend: string): string[] {
  return ['content-type', 'application/json', 'x-backend', backend, 'x-from', 'a', 'x-from', 'b'];
}
