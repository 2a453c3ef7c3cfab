import { describeValue, quote } from '../fields/describe.js';
import { parseDuration } from '../fields/duration.js';
import { suggest } from '../fields/suggestion.js';
import { mapped, message, wrongType } from './decode.js';
import type { Decoder } from './decoder.js';

/** A string; numbers and booleans are refused as istiod does, with the hint that quotes are missing. */
export const string: Decoder<string> = (value, at) => {
  if (value === null) return '';
  if (typeof value === 'string') return value;
  if (typeof value !== 'number' && typeof value !== 'boolean') return wrongType(at, value, 'a text');
  // YAML reads 1.10 as 1.1, and y, yes and on as true: show what was written.
  return wrongType(at, value, `a text in quotes, for instance ${quote(at.writtenText ?? String(value))}`);
};

/** A string of which the empty one means "not written", as everywhere in protobuf. */
export const text: Decoder<string> = mapped(string, (value) => (value === '' ? undefined : value));

export const boolean: Decoder<boolean> = (value, at) => {
  if (value === null) return false;
  return typeof value === 'boolean' ? value : wrongType(at, value, 'true or false');
};

const wholeNumber = /^\s*-?(?:0|[1-9]\d*)\s*$/;
const anyNumber = /^\s*-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?\s*$/;

function integer(from: number, to: number, example: string): Decoder<number> {
  return (value, at) => {
    if (value === null) return 0;
    const number = typeof value === 'string' && wholeNumber.test(value) ? Number(value) : value;
    if (typeof number !== 'number' || !Number.isInteger(number))
      return wrongType(at, value, `a whole number, for instance ${example}`);
    if (number < from || number > to) return wrongType(at, value, `a whole number from ${from} to ${to}`);
    return number === 0 ? 0 : number;
  };
}

/** A signed number of 32 bits. */
export const int32 = (example: string): Decoder<number> => integer(-(2 ** 31), 2 ** 31 - 1, example);

/** A number of 32 bits without a sign. */
export const uint32 = (example: string): Decoder<number> => integer(0, 2 ** 32 - 1, example);

/** A port that may be left out: protobuf cannot tell 0 from that. */
export const writtenPort = (example: string): Decoder<number> =>
  mapped(uint32(example), (port) => (port === 0 ? undefined : port));

/** A number without a sign of up to 64 bits, as far as JavaScript's numbers reach. */
export const uint64 = (example: string): Decoder<number> => integer(0, 2 ** 64, example);

export const double: Decoder<number> = (value, at) => {
  if (value === null) return 0;
  const number = typeof value === 'string' && anyNumber.test(value) ? Number(value) : value;
  if (typeof number === 'number' && Number.isFinite(number)) return number;
  return wrongType(at, value, 'a number, for instance 12.5');
};

/** Go's duration text, in milliseconds. */
export const duration: Decoder<number> = (value, at) => {
  if (value === null) return undefined;
  if (typeof value !== 'string')
    return wrongType(at, value, 'a text with a unit, for instance "5s" or "500ms"');
  const milliseconds = parseDuration(value);
  if (milliseconds !== undefined) return milliseconds;
  const unit = /^\d+(\.\d+)?$/.test(value) ? `"${value}s"` : '"5s", "500ms" or "1m30s"';
  return at.report(
    'duration-syntax',
    `${quote(value)} is not a duration; write a number with a unit, for instance ${unit}.`,
  );
};

/** One of the names; istiod also takes a name's number. */
export function choice<const Names extends readonly string[]>(
  names: Names,
  numbers: readonly number[] = names.map((_, index) => index),
): Decoder<Names[number]> {
  return (value, at) => {
    if (value === null) return names[0];
    const name = typeof value === 'number' ? names[numbers.indexOf(value)] : value;
    if (typeof name === 'string' && names.includes(name)) return name;
    const meant = typeof value === 'string' ? suggest(value, names) : undefined;
    const advice = meant === undefined ? `write one of ${names.join(', ')}.` : `did you mean ${meant}?`;
    return at.report('field-unknown-value', `${describeValue(value)} is not known here; ${advice}`);
  };
}

/** Bytes in base64. */
export const bytes: Decoder<Uint8Array> = (value, at) => {
  if (value === null) return new Uint8Array();
  if (typeof value !== 'string') return wrongType(at, value, 'a text in base64');
  const compact = value.replace(/[\r\n]/g, '');
  const valid = compact.length % 4 === 0 && /^[A-Za-z0-9+/]*={0,2}$/.test(compact);
  return valid ? new Uint8Array(Buffer.from(compact, 'base64')) : wrongType(at, value, 'a text in base64');
};

/** `{ value: 12.5 }`: a percentage. */
export const percent: Decoder<number> = mapped(message({ value: double }), ({ value }) => value ?? 0);
