import { describeValue } from '../fields/describe.js';
import { isObject } from '../fields/object.js';
import { suggest } from '../fields/suggestion.js';
import type { Severity } from '../issue.js';
import type { Cursor } from './cursor.js';
import type { Decoder } from './decoder.js';

export type Shape = Readonly<Record<string, Decoder<unknown>>>;

/** What a message with these fields decodes to: a field is there when it was written. */
export type Decoded<S extends Shape> = { [Field in keyof S]?: S[Field] extends Decoder<infer T> ? T : never };

/**
 * An object with these fields; any other is an error, or passed over where `others` says so.
 * @param reserved names of fields that Istio had once: its decoder passes over them (protobuf's `reserved`)
 */
export function message<S extends Shape>(
  shape: S,
  others: 'refused' | 'ignored' = 'refused',
  reserved: readonly string[] = [],
): Decoder<Decoded<S>> {
  const names = new Map<string, string>();
  for (const field of Object.keys(shape)) names.set(snakeCase(field), field).set(field, field);
  const passedOver = new Set(reserved.flatMap((name) => [name, snakeCase(name)]));
  return (value, at) => {
    if (value === null) return {};
    if (!isObject(value)) return wrongType(at, value, 'an object with fields');
    const decoded: Record<string, unknown> = {};
    for (const [key, raw] of Object.entries(value)) {
      const field = names.get(key);
      if (field === undefined && (others === 'ignored' || passedOver.has(key))) continue;
      at.within(key, () => {
        if (field === undefined) return unknownField(at, key, Object.keys(shape));
        if (raw === null) return;
        const result = shape[field]?.(raw, at);
        if (result !== undefined) decoded[field] = result;
      });
    }
    return decoded as Decoded<S>;
  };
}

/** A decoder for each field of `T`, which the type checker asks for when it gets another, and for fields of which nothing is kept. */
export type FieldsOf<T> = { readonly [Field in keyof T]-?: Decoder<NonNullable<T[Field]>> } & Shape;

/** What the fields of `T` that are always there hold when they are not written. */
export type UnwrittenOf<T> = {
  readonly [Field in keyof T as undefined extends T[Field] ? never : Field]: T[Field];
};

/** A {@link message} whose fields are called as those of what it becomes. */
export function messageOf<T extends object>(
  fields: FieldsOf<T>,
  unwritten: UnwrittenOf<T>,
  ...rest: [others?: 'refused' | 'ignored', reserved?: readonly string[]]
): Decoder<T> {
  return mapped(message(fields, ...rest), (decoded) => ({ ...unwritten, ...decoded }) as T);
}

/** A list; a `null` in it counts as an empty item. */
export function list<T>(item: Decoder<T>): Decoder<T[]> {
  return (value, at) => {
    if (!Array.isArray(value)) return wrongType(at, value, 'a list; start each item with "- "');
    const items: T[] = [];
    value.forEach((raw: unknown, index) => {
      const result = at.within(index, () => item(raw, at));
      if (result !== undefined) items.push(result);
    });
    return items;
  };
}

/** An object whose keys are the user's own. Keys such as `__proto__` stay ordinary keys. */
export function map<T>(item: Decoder<T>): Decoder<Record<string, T>> {
  return (value, at) => {
    if (!isObject(value)) return wrongType(at, value, 'an object of names and values');
    const entries: [string, T][] = [];
    for (const [key, raw] of Object.entries(value)) {
      const result = at.within(key, () => item(raw, at));
      if (result !== undefined) entries.push([key, result]);
    }
    return Object.fromEntries(entries);
  };
}

/** Decodes, then reshapes. */
export function mapped<T, U>(
  decode: Decoder<T>,
  reshape: (decoded: T, at: Cursor) => U | undefined,
): Decoder<U> {
  return (value, at) => {
    const decoded = decode(value, at);
    return decoded === undefined ? undefined : reshape(decoded, at);
  };
}

/** Checks a field that does not concern routing, and leaves it out. */
export function checked(decode: Decoder<unknown>): Decoder<never> {
  return (value, at) => {
    decode(value, at);
    return undefined;
  };
}

/**
 * A field that a cluster obeys and that has no effect here: whoever writes it is told so.
 * @param effect what is otherwise here, in full sentences
 * @param severity `info` where no request is answered otherwise
 */
export function notModelled<T>(
  decode: Decoder<T>,
  effect: string,
  { severity = 'warning' as Severity, unless = (_decoded: T): boolean => false } = {},
): Decoder<T> {
  return (value, at) => {
    const decoded = decode(value, at);
    if (decoded !== undefined && !unless(decoded)) at.report('field-not-modelled', effect, severity);
    return decoded;
  };
}

/** A field that Istio has and does nothing with. */
export function ignoredByIstio<T>(decode: Decoder<T>): Decoder<T> {
  return (value, at) => {
    const decoded = decode(value, at);
    if (decoded !== undefined)
      at.report('field-ignored', 'Istio does nothing with this field; leave it out.', 'warning');
    return decoded;
  };
}

export function wrongType(at: Cursor, value: unknown, wanted: string): undefined {
  return at.report('field-wrong-type', `${lastStep(at)} is ${describeValue(value)}; write ${wanted}.`);
}

function unknownField(at: Cursor, key: string, known: readonly string[]): undefined {
  if (at.isFull) return undefined;
  const meant = suggest(key, known);
  const advice =
    meant === undefined ? `the fields here are ${known.join(', ')}.` : `did you mean "${meant}"?`;
  return at.report('field-unknown', `there is no field ${JSON.stringify(key.slice(0, 80))} here; ${advice}`);
}

function lastStep(at: Cursor): string {
  const { path } = at;
  return path.slice(path.endsWith(']') ? 0 : path.lastIndexOf('.') + 1) || 'the document';
}

function snakeCase(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}
