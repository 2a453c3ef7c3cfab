import { HeaderPropagationError } from '../errors.js';

/** What is said at the start when a client is to be connected whose package is not there. */
export function missingPackage(client: string, name: string): HeaderPropagationError {
  return new HeaderPropagationError(
    'INVALID_OPTION',
    `clients.${client}: the package ${name} is not installed. Install it, or remove clients.${client}.`,
  );
}

/** Whether it is what `import` and `require` throw for a package that is not there, rather than one of its own errors. */
export function isMissing(error: unknown, name: string): boolean {
  const { code, message } = error as NodeJS.ErrnoException;
  return /^(ERR_)?MODULE_NOT_FOUND$/.test(code ?? '') && message.includes(name);
}
