import type { Cursor } from './cursor.js';

/**
 * Turns an untyped value into a typed one, or reports what is wrong and gives undefined.
 * The rules are those of istiod's own decoder (protobuf's jsonpb): a field's `null` means "not written", a number may
 * be a string of digits, names may be snake_case, and an unknown name is an error.
 */
export type Decoder<T> = (value: unknown, at: Cursor) => T | undefined;

/** What a decoder reads of a value, as far as it has parts. */
export type Structure =
  | { kind: 'fields'; shape: Readonly<Record<string, Decoder<unknown>>> }
  | { kind: 'list'; item: Decoder<unknown> }
  | { kind: 'map'; item: Decoder<unknown> }
  /** What is read is checked and left out. */
  | { kind: 'checked'; of: Decoder<unknown> };

const structures = new WeakMap<Decoder<unknown>, Structure>();

/** The same decoder, of which it is known what it reads. */
export function withStructure<D extends Decoder<unknown>>(decoder: D, structure: Structure | undefined): D {
  if (structure !== undefined) structures.set(decoder, structure);
  return decoder;
}

/** Undefined for a value without parts. */
export function structureOf(decoder: Decoder<unknown>): Structure | undefined {
  return structures.get(decoder);
}
