import { HeaderPropagationError } from '../errors.js';
import { checkFunction, show } from '../option-checks.js';
import type { Accept } from './rule.js';

/** @throws HeaderPropagationError when it is neither `'all'`, `'none'` nor a synchronous function */
export function checkAccept(accept: Accept, path: string): void {
  if (accept === 'all' || accept === 'none') return;
  if (typeof accept !== 'function') throw unknownAccept(accept, path);
  checkFunction(accept, { path, code: 'INVALID_ACCEPT' });
}

function unknownAccept(accept: unknown, path: string): HeaderPropagationError {
  return new HeaderPropagationError(
    'INVALID_ACCEPT',
    `${path}: ${show(accept)} is unknown. Write 'all', 'none' or a function that returns a boolean.`,
  );
}

/** Whether a function of the application's said yes. A promise counts as no: its answer would come too late. */
export function saysYes(answer: unknown): boolean {
  return Boolean(answer) && typeof (answer as PromiseLike<unknown>).then !== 'function';
}
