import { describeValue, isObject, type Path, suggest } from '@grayscale/traffic-rules';
import type { PlanIssue } from './plan-issue.js';

/** A part of a JSON Schema. */
export type Schema = { [keyword: string]: unknown };

/** What is wrong with one field, before its place is looked up. */
export interface Problem {
  code: PlanIssue['code'];
  severity: PlanIssue['severity'];
  path: Path;
  message: string;
}

/** Where reading stands in a plan; problems go to one list. */
export class At {
  constructor(
    readonly path: Path,
    private readonly problems: Problem[],
  ) {}

  within(step: string | number): At {
    return new At([...this.path, step], this.problems);
  }

  error(code: Problem['code'], message: string): undefined {
    this.problems.push({ code, severity: 'error', path: this.path, message });
    return undefined;
  }

  warn(code: Problem['code'], message: string): undefined {
    this.problems.push({ code, severity: 'warning', path: this.path, message });
    return undefined;
  }

  /** The last name of the path, for messages. */
  get name(): string {
    return String(this.path.findLast((step) => typeof step === 'string') ?? 'the document');
  }
}

/** Reads an untyped value, or says what is wrong with it; and the schema of what it accepts, so that the two cannot part. */
export interface Reader<T> {
  read(value: unknown, at: At): T | undefined;
  schema: Schema;
}

export type ReadBy<R> = R extends Reader<infer T> ? T : never;

/** An object with these fields; `required` ones must be there. Another field is an error with a suggestion. */
export function object<Fields extends Record<string, Reader<unknown>>>(
  description: string,
  fields: Fields,
  required: readonly (keyof Fields & string)[] = [],
): Reader<{ [Name in keyof Fields]?: ReadBy<Fields[Name]> }> {
  const names = Object.keys(fields);
  return {
    schema: {
      type: 'object',
      description,
      properties: Object.fromEntries(names.map((name) => [name, fields[name]?.schema])),
      additionalProperties: false,
      ...(required.length > 0 ? { required } : {}),
    },
    read(value, at) {
      if (!isObject(value)) return wrongType(at, value, 'an object with fields');
      const result: Record<string, unknown> = {};
      for (const [name, raw] of Object.entries(value)) {
        const field = Object.hasOwn(fields, name) ? fields[name] : undefined;
        if (field === undefined) unknownField(at.within(name), name, names);
        else if (raw !== null && raw !== undefined) result[name] = field.read(raw, at.within(name));
      }
      for (const name of required)
        if (value[name] === null || value[name] === undefined)
          at.error('field-missing', `"${name}" is missing; it is needed here.`);
      return result as { [Name in keyof Fields]?: ReadBy<Fields[Name]> };
    },
  };
}

/** An object that has exactly one of these fields. @param advice what to do otherwise, as `write one of a and b` */
export function oneOf<Fields extends Record<string, unknown>>(
  inner: Reader<Fields>,
  names: readonly (keyof Fields & string)[],
  advice: string,
): Reader<Fields> {
  return {
    schema: {
      ...inner.schema,
      oneOf: names.map((name) => ({ required: [name], properties: { [name]: {} } })),
    },
    read(value, at) {
      const read = inner.read(value, at);
      if (read === undefined || !isObject(value)) return read;
      const given = names.filter((name) => value[name] !== null && value[name] !== undefined);
      if (given.length === 0) at.error('field-missing', `${advice}.`);
      for (const name of given.slice(1))
        at.within(name).error('field-conflict', `there is ${given[0]} already; ${advice}.`);
      return read;
    },
  };
}

/** More items than any plan needs. An API server evaluates rules over a list only if it knows how long it may be. */
const mostItems = 100;

/** A list with at least so many items. */
export function list<T>(item: Reader<T>, description: string, least = 0): Reader<T[]> {
  const size = { ...(least > 0 ? { minItems: least } : {}), maxItems: mostItems };
  return {
    schema: { type: 'array', description, items: item.schema, ...size },
    read(value, at) {
      if (!Array.isArray(value)) return wrongType(at, value, 'a list; start each item with "- "');
      if (value.length < least)
        return at.error('field-missing', `${at.name} is empty; write at least one item.`);
      if (value.length > mostItems)
        return at.error(
          'value-out-of-range',
          `${at.name} has ${value.length} items; write at most ${mostItems}.`,
        );
      return value.flatMap((raw: unknown, index) => item.read(raw, at.within(index)) ?? []);
    },
  };
}

/** One of two forms, told apart by `first`. */
export function either<A, B>(first: (value: unknown) => boolean, a: Reader<A>, b: Reader<B>): Reader<A | B> {
  return {
    schema: { anyOf: [a.schema, b.schema] },
    read: (value, at): A | B | undefined => (first(value) ? a.read(value, at) : b.read(value, at)),
  };
}

/** The same, with what a missing field means; reading leaves it out, and `completePlan` fills it in. */
export function withDefault<T>(inner: Reader<T>, value: unknown): Reader<T> {
  return { ...inner, schema: { ...inner.schema, default: value } };
}

/** What `inner` reads, turned into something else, or refused. */
export function mapped<T, U>(inner: Reader<T>, turn: (value: T, at: At) => U | undefined): Reader<U> {
  return {
    schema: inner.schema,
    read(value, at) {
      const read = inner.read(value, at);
      return read === undefined ? undefined : turn(read, at);
    },
  };
}

/** Anything: it belongs to somebody else. */
export const anything: Reader<unknown> = { schema: {}, read: (value) => value };

export function wrongType(at: At, value: unknown, wanted: string): undefined {
  return at.error('field-wrong-type', `${at.name} is ${describeValue(value)}; write ${wanted}.`);
}

function unknownField(at: At, name: string, known: readonly string[]): undefined {
  const meant = suggest(name, known);
  const advice =
    meant === undefined ? `the fields here are ${known.join(', ')}.` : `did you mean "${meant}"?`;
  return at.error('field-unknown', `there is no field ${JSON.stringify(name.slice(0, 80))} here; ${advice}`);
}
