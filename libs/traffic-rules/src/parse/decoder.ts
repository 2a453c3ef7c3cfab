import type { Cursor } from './cursor.js';

/**
 * Turns an untyped value into a typed one, or reports what is wrong and gives undefined.
 * The rules are those of istiod's own decoder (protobuf's jsonpb): a field's `null` means "not written", a number may
 * be a string of digits, names may be snake_case, and an unknown name is an error.
 */
export type Decoder<T> = (value: unknown, at: Cursor) => T | undefined;
