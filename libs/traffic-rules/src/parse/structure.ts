import type { Decoder } from './decode.js';

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
