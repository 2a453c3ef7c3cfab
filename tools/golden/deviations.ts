import { formatPath, type Path } from '@grayscale/traffic-rules';

/** A document with one of its fields changed. */
export interface Deviation {
  /** As `spec.http[0].timeout`. */
  field: string;
  /** What stands there now: JSON, or what it is called. */
  value: string;
  document: unknown;
}

const none = Symbol('none');

/** The values that a field is said to take, where they are counted. */
export type ChoicesAt = (path: Path) => readonly unknown[] | undefined;

/** For each field of the document, at any depth, the values at the boundaries of what its type may be, one at a time. */
export function* deviationsOf(document: object, choicesAt: ChoicesAt): Generator<Deviation> {
  for (const [path, value] of fieldsOf(document))
    for (const [name, other] of Object.entries(otherValues(value, choicesAt(path))))
      if (other !== value)
        yield { field: formatPath(path), value: name, document: changed(document, path, other) };
}

/**
 * What comes of each change of one field: a line for the field and the values that come to the same, and below it the lines of their
 * outcome.
 * @param outcomeOf the lines for a changed document; none: it changes nothing
 */
export function outcomesOfFields(
  document: object,
  choicesAt: ChoicesAt,
  outcomeOf: (document: unknown) => readonly string[],
): string[] {
  const outcomes = new Map<string, string[]>();
  for (const { field, value, document: changed } of deviationsOf(document, choicesAt)) {
    const lines = outcomeOf(changed).map((line) => `\n  ${line.replaceAll(` ${field}: `, ': ')}`);
    const key = `${field}\0${lines.join('')}`;
    outcomes.set(key, [...(outcomes.get(key) ?? []), value]);
  }
  return [...outcomes].map(([key, values]) => key.replace('\0', `: ${values.join(', ')}`));
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
