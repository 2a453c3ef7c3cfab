/** Injects the text that a version answers. */
export const HELLO_TEXT = Symbol('HELLO_TEXT');

/** Injects the source of draws in [0, 1). */
export const RANDOM = Symbol('RANDOM');
