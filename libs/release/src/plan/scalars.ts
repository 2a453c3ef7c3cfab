import { describeValue, parseDuration, suggest } from '@grayscale/traffic-rules';
import { type At, mapped, type Reader, wrongType } from './reader.js';

/** Longer than any selector or URL of a plan. */
const mostCharacters = 4096;
/** Longer than any duration or percentage. */
const mostDigits = 64;

export interface TextForm {
  is: RegExp;
  /** What to write instead of something else. */
  wanted: string;
}

/** @param most how many characters it may have: an API server evaluates rules over a text only if it knows that */
export function text(description: string, form?: TextForm, most = mostCharacters): Reader<string> {
  const pattern = form === undefined ? {} : { pattern: form.is.source };
  return {
    schema: { type: 'string', description, minLength: 1, maxLength: most, ...pattern },
    read(value, at) {
      if (typeof value !== 'string') return wrongType(at, value, `a text${quotedExample(value)}`);
      if (value === '') return wrongType(at, undefined, 'a text');
      if (value.length > most)
        return at.error(
          'value-out-of-range',
          `${at.name} has ${value.length} characters; write at most ${most}.`,
        );
      if (form !== undefined && !form.is.test(value)) return wrongType(at, value, form.wanted);
      return value;
    },
  };
}

/** What can have been meant: YAML reads y, yes and on as true. */
function quotedExample(value: unknown): string {
  if (value === true) return ' in quotes, for instance "true", "yes" or "y"';
  if (value === false) return ' in quotes, for instance "false", "no" or "n"';
  return typeof value === 'number' ? ` in quotes, "${value}"` : '';
}

export function flag(description: string): Reader<boolean> {
  return {
    schema: { type: 'boolean', description },
    read: (value, at) => (typeof value === 'boolean' ? value : wrongType(at, value, 'true or false')),
  };
}

export function wholeNumber(description: string, from: number, to: number): Reader<number> {
  return {
    schema: { type: 'integer', description, minimum: from, maximum: to },
    read(value, at) {
      if (typeof value !== 'number' || !Number.isInteger(value))
        return wrongType(at, value, `a whole number, for instance ${Math.max(from, 1)}`);
      return inRange(value, from, to, at);
    },
  };
}

export function numberFrom(description: string, from: number, to: number, example: string): Reader<number> {
  return {
    schema: { type: 'number', description, minimum: from, maximum: to },
    read(value, at) {
      if (typeof value !== 'number' || !Number.isFinite(value))
        return wrongType(at, value, `a number, for instance ${example}`);
      return inRange(value, from, to, at);
    },
  };
}

export function choice<const Names extends readonly string[]>(
  description: string,
  names: Names,
): Reader<Names[number]> {
  return {
    schema: { enum: names, description },
    read(value, at) {
      if (typeof value === 'string' && names.includes(value)) return value;
      const meant = typeof value === 'string' ? suggest(value, names) : undefined;
      const advice = meant === undefined ? `write one of ${names.join(', ')}.` : `did you mean "${meant}"?`;
      return at.error('field-unknown-value', `${at.name} is ${describeValue(value)}; ${advice}`);
    },
  };
}

const durationForm = /^\+?(0|(([0-9]+(\.[0-9]*)?|\.[0-9]+)(ns|us|µs|μs|ms|s|m|h)){1,20})$/;

/** Go's form of a duration, as everywhere in Kubernetes; read in milliseconds. */
export function duration(description: string): Reader<number> {
  return {
    schema: {
      type: 'string',
      description,
      pattern: durationForm.source,
      maxLength: mostDigits,
      examples: ['30s', '10m', '1h30m'],
    },
    read(value, at) {
      const isForm = typeof value === 'string' && value.length <= mostDigits && durationForm.test(value);
      const milliseconds = isForm ? parseDuration(value) : undefined;
      if (milliseconds !== undefined && milliseconds >= 0) return milliseconds;
      return at.error('duration-syntax', `${at.name} is ${describeValue(value)}; ${durationAdvice(value)}`);
    },
  };
}

/** A {@link duration} that is longer than none. */
export function positiveDuration(description: string): Reader<number> {
  const inner = duration(description);
  return {
    schema: inner.schema,
    read(value, at) {
      const milliseconds = inner.read(value, at);
      if (milliseconds !== 0) return milliseconds;
      return at.error('value-out-of-range', `${at.name} is ${describeValue(value)}; write more than 0s.`);
    },
  };
}

function durationAdvice(value: unknown): string {
  const days = typeof value === 'string' ? /^(\d+)d$/.exec(value)?.[1] : undefined;
  if (days !== undefined) return `days have no unit; write "${Number(days) * 24}h".`;
  if (/^\d+$/.test(String(value)))
    return `the unit is missing; write for instance "${String(value)}s" or "${String(value)}m".`;
  return 'write a number with a unit, for instance "30s", "10m" or "1h30m".';
}

/** A share of something as people write it, `1%`; read as a fraction of 1. A bare number would leave open which of the two is meant. */
export function rate(description: string, most: number): Reader<number> {
  return {
    schema: {
      type: 'string',
      description,
      pattern: '^[0-9]+(\\.[0-9]+)?%$',
      maxLength: mostDigits,
      examples: ['1%'],
    },
    read(value, at) {
      const isText = typeof value === 'string' && value.length <= mostDigits;
      const number = isText ? /^(\d+(?:\.\d+)?)%$/.exec(value)?.[1] : undefined;
      if (number === undefined)
        return at.error(
          'field-wrong-type',
          `${at.name} is ${describeValue(value)}; write a percentage with its sign, for instance "${rateExample(value)}".`,
        );
      const fraction = Number(number) / 100;
      if (fraction > 0 && fraction <= most) return fraction;
      return at.error(
        'value-out-of-range',
        `${at.name} is ${describeValue(value)}; write more than 0% and at most ${most * 100}%.`,
      );
    },
  };
}

function rateExample(value: unknown): string {
  return typeof value === 'number' && value > 0 && value <= 100 ? `${value}%` : '1%';
}

/** The canary's share: `10`, `0.25` or `"10%"`, with at most four decimals. */
export const percent: Reader<number> = {
  schema: {
    description: 'percent of the rule’s requests that go to the canary, with at most four decimals',
    anyOf: [
      { type: 'number', minimum: 0, maximum: 100 },
      { type: 'string', pattern: '^[0-9]+(\\.[0-9]{1,4})?%$' },
    ],
  },
  read(value, at) {
    const written = typeof value === 'string' ? /^(\d+(?:\.\d+)?)%$/.exec(value)?.[1] : value;
    const number = Number(written);
    if (
      written === undefined ||
      typeof written === 'object' ||
      typeof written === 'boolean' ||
      !Number.isFinite(number)
    )
      return wrongType(at, value, 'a percentage, for instance 10 or 0.5');
    if (number < 0 || number > 100)
      return at.error('value-out-of-range', `${at.name} is ${number}; write a percentage from 0 to 100.`);
    const rounded = Math.round(number * 10_000) / 10_000;
    if (rounded !== number)
      return at.error(
        'percent-too-fine',
        `${at.name} is ${number}; write at most four decimals, such as ${rounded === 0 ? 0.0001 : rounded}.`,
      );
    return number;
  },
};

function inRange(value: number, from: number, to: number, at: At): number | undefined {
  if (value >= from && value <= to) return value;
  return at.error('value-out-of-range', `${at.name} is ${value}; write a number from ${from} to ${to}.`);
}

/** Names are told apart without regard to case, as HTTP does. */
export const headerName: Reader<string> = mapped(
  text('name of a request header', {
    is: /^[A-Za-z0-9!#$%&'*+.^_`|~-]+$/,
    wanted: 'the name of a header, for instance "user"',
  }),
  (name) => name.toLowerCase(),
);
