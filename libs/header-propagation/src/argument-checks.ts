import { HeaderPropagationError } from './errors.js';
import { show } from './option-checks.js';

// Arguments of calls that a program makes while it runs, where a wrong type is a mistake in the program.

/** @throws HeaderPropagationError when it can hold no headers */
export function checkHeaders(headers: unknown, caller: string): void {
  if (typeof headers === 'object' && headers !== null && !Array.isArray(headers)) return;
  refuse(`${caller}: ${show(headers)} is not a record of headers`, '{ user: "test" } or a Headers');
}

/** @throws HeaderPropagationError when the value of a header is neither text, a list of texts nor left out */
export function checkText(value: unknown, path: string): void {
  if (value === undefined || value === null || typeof value === 'string') return;
  if (Array.isArray(value) && [...value].every((one) => typeof one === 'string')) return;
  refuse(`${path}: ${show(value)} is not text`, 'a string, or a list of strings for a repeated header');
}

/** @throws HeaderPropagationError when it is something else than `extract` and `captured()` give */
export function checkCaptured(captured: unknown, caller: string): void {
  if (captured === undefined || captured === null) return;
  if (typeof captured === 'object' && typeof (captured as { headers?: unknown }).headers === 'object') return;
  refuse(
    `${caller}: ${show(captured)} is not what extract() or captured() gave`,
    `${caller}(captured(), () => ...)`,
  );
}

/** @throws HeaderPropagationError when it cannot be called */
export function checkCallback(callback: unknown, caller: string): void {
  if (typeof callback === 'function') return;
  refuse(`${caller}: ${show(callback)} is not a function`, `${caller}(..., () => ...)`);
}

function refuse(what: string, instead: string): never {
  throw new HeaderPropagationError('INVALID_OPTION', `${what}. Write ${instead}.`);
}
