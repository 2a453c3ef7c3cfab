import { readFileSync } from 'node:fs';
import { formatPath, type Path } from '../../src/fields/path.js';

/** A document with one of its fields changed. */
export interface Deviation {
  /** As `spec.http[0].timeout`. */
  field: string;
  /** What stands there now: JSON, or what it is called. */
  value: string;
  document: unknown;
}

interface Schema {
  properties?: Record<string, Schema>;
  items?: Schema;
  additionalProperties?: Schema;
  enum?: unknown[];
}

const none = Symbol('none');

/** For each field of the document, at any depth, the values at the boundaries of what its type may be, one at a time. */
export function* deviationsOf(document: Record<string, unknown>): Generator<Deviation> {
  const schema = schemaOf(document);
  for (const [path, value] of fieldsOf(document))
    for (const [name, other] of Object.entries(otherValues(value, schemaAt(schema, path)?.enum)))
      if (other !== value)
        yield { field: formatPath(path), value: name, document: changed(document, path, other) };
}

function* fieldsOf(value: unknown, path: Path = []): Generator<[Path, unknown]> {
  if (path.length > 0 && !fixed.has(formatPath(path))) yield [path, value];
  if (typeof value !== 'object' || value === null) return;
  for (const [key, part] of Object.entries(value))
    yield* fieldsOf(part, [...path, Array.isArray(value) ? Number(key) : key]);
}

/** What makes a document another one. */
const fixed = new Set(['apiVersion', 'kind', 'metadata', 'metadata.name', 'metadata.namespace']);

/** By what they are called. */
function otherValues(value: unknown, choices: readonly unknown[] = []): Record<string, unknown> {
  if (Array.isArray(value)) return { none, empty: [], twice: [value[0], ...value], text: 'x' };
  if (typeof value === 'object') return { none, empty: {}, more: { ...value, nonsense: 1 } };
  return {
    none,
    ...Object.fromEntries(scalarsFor(value, choices).map((other) => [JSON.stringify(other), other])),
  };
}

function scalarsFor(value: unknown, choices: readonly unknown[]): unknown[] {
  if (choices.length > 0) return [...choices, 'other'];
  if (typeof value === 'number') return [-1, 0, 1, 65_536, 'x'];
  if (typeof value === 'boolean') return [!value, 'x'];
  if (/^[\d.]+(?:ns|us|ms|s|m|h)$/.test(String(value))) return ['0s', '-1s', '500us', 'x'];
  return ['', 'a b', 'other', 7, ...(/[.*/]/.test(String(value)) ? ['*'] : [])];
}

function changed(document: unknown, [step, ...rest]: Path, value: unknown): unknown {
  if (step === undefined) return value;
  if (Array.isArray(document)) {
    if (rest.length === 0 && value === none) return document.filter((_, index) => index !== step);
    return document.map((item, index) => (index === step ? changed(item, rest, value) : item));
  }
  const { [step]: old, ...others } = document as Record<string, unknown>;
  if (rest.length === 0 && value === none) return others;
  return { ...(document as object), [step]: changed(old, rest, value) };
}

function schemaOf({ apiVersion, kind }: Record<string, unknown>): Schema | undefined {
  const [group] = String(apiVersion).split('/');
  const name = group === 'networking.istio.io' ? 'istio' : 'gateway-api';
  const file = new URL(`../../schemas/${name}.json`, import.meta.url);
  const { kinds } = JSON.parse(readFileSync(file, 'utf8')) as { kinds: Record<string, Schema> };
  return kinds[String(kind)];
}

function schemaAt(schema: Schema | undefined, [step, ...rest]: Path): Schema | undefined {
  if (schema === undefined || step === undefined) return schema;
  const { properties, items, additionalProperties } = schema;
  return schemaAt(typeof step === 'number' ? items : (properties?.[step] ?? additionalProperties), rest);
}
