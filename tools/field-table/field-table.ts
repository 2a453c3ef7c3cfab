import { readFileSync } from 'node:fs';
import { Laboratory, type Outcome, type Sample } from './experiment.ts';
import { others, samplesOf } from './samples.ts';
import {
  type Field,
  type FieldSchema,
  fieldsOf,
  type GroupSchemas,
  type Occurrence,
  occurrencesIn,
  strangersIn,
} from './schema-fields.ts';

/** A kind, and what was found of its fields. */
export interface KindOfFields {
  kind: string;
  group: string;
  /** Release of the schema. */
  version: string;
  rows: readonly Row[];
}

/** A field, or one of its values where they are told apart. */
export interface Row {
  /** `spec.http[].match[].uri.exact` */
  field: string;
  value?: string;
  outcome: Outcome;
}

/** Files of the samples where they are not called as their kind. */
const fileOf: Readonly<Record<string, string>> = {
  'gateway.networking.k8s.io/Gateway': 'kubernetes-gateway',
};

/** Fields whose values are told apart although no schema lists them. */
const byValue = /\.(kind|protocol)$/;

/** @throws Error for a field that no sample writes, and for a sample that is refused although it does not say so */
export function tryAllFields(): KindOfFields[] {
  const laboratory = new Laboratory(others);
  const kinds = schemas().flatMap(({ group, version, kinds: ofGroup }) =>
    Object.entries(ofGroup).map(([kind, schema]) => ({
      ...{ kind, group, version, schema },
      samples: samplesOf(fileOf[`${group}/${kind}`] ?? hyphenated(kind)),
    })),
  );
  const problems = kinds.flatMap(({ samples }) =>
    samples.flatMap((sample) => problemsOf(sample, laboratory)),
  );
  if (problems.length > 0) throw new Error(problems.join('\n'));
  return kinds.map(({ schema, samples, ...kind }) => ({
    ...kind,
    rows: rowsOf(schema.properties?.spec ?? {}, samples, laboratory),
  }));
}

function problemsOf(sample: Sample, laboratory: Laboratory): string[] {
  const errors = laboratory.issuesOf(sample).filter(({ severity }) => severity === 'error');
  const text = JSON.stringify(sample.document);
  if (sample.isRefused) return errors.length > 0 ? [] : [`not refused: ${text}`];
  return errors.map(({ path, message }) => `${path}: ${message} ${text}`);
}

function schemas(): GroupSchemas[] {
  const folder = new URL('../../libs/traffic-rules/schemas/', import.meta.url);
  return ['istio', 'gateway-api'].map((name) =>
    JSON.parse(readFileSync(new URL(`${name}.json`, folder), 'utf8')),
  );
}

function hyphenated(kind: string): string {
  return kind
    .replace(
      /([a-z])([A-Z])|([A-Z])([A-Z][a-z])/g,
      (_, a = '', b = '', c = '', d = '') => `${a}${c}-${b}${d}`,
    )
    .toLowerCase();
}

/** A field as a sample has it. */
interface Find extends Occurrence {
  sample: Sample;
}

function rowsOf(schema: FieldSchema, samples: readonly Sample[], laboratory: Laboratory): Row[] {
  const finds = samples.flatMap((sample) =>
    occurrencesIn(specOf(sample), schema, 'spec', ['spec']).map(
      (occurrence): Find => ({ ...occurrence, sample }),
    ),
  );
  const strangers = samples.flatMap((sample) =>
    strangersIn(specOf(sample), schema, 'spec', ['spec']).map(
      (occurrence): Find => ({ ...occurrence, sample }),
    ),
  );
  const byPath = Map.groupBy(finds, ({ path }) => path);
  const rows = fieldsOf(schema, 'spec').flatMap((field) => {
    const found = byPath.get(field.path);
    if (found === undefined) throw new Error(`no sample writes ${field.path}`);
    const isPlain = typeof found[0]?.value === 'string' || typeof found[0]?.value === 'number';
    return isPlain && (field.values.length > 0 || byValue.test(field.path))
      ? valueRows(field, found, laboratory)
      : [{ field: field.path, outcome: tryAll(found, laboratory) }];
  });
  return [...rows, ...strangers.map((find) => ({ field: find.path, outcome: tryAll([find], laboratory) }))];
}

function specOf({ document }: Sample): unknown {
  return (document as { spec: unknown }).spec;
}

/** What no sample writes of the values is written in the place of another. */
function valueRows({ path, values }: Field, found: readonly Find[], laboratory: Laboratory): Row[] {
  const written = Map.groupBy(found, ({ value }) => value);
  const [first] = found;
  const all = [...new Set([...values, ...written.keys()])];
  return all.map((value) => {
    const finds = written.get(value) ?? (first === undefined ? [] : [{ ...first, value }]);
    const others = all.filter((other) => other !== value);
    return { field: path, value: String(value), outcome: tryAll(finds, laboratory, others) };
  });
}

/** All that some sample shows. */
function tryAll(finds: readonly Find[], laboratory: Laboratory, others?: readonly unknown[]): Outcome {
  const outcomes = finds.map((find) => laboratory.try(find.sample, find, others));
  const together = (pick: (outcome: Outcome) => ReadonlySet<string>) =>
    new Set(outcomes.flatMap((one) => [...pick(one)]));
  return {
    refused: together(({ refused }) => refused),
    warned: together(({ warned }) => warned),
    noted: together(({ noted }) => noted),
    isObeyed: outcomes.some(({ isObeyed }) => isObeyed),
  };
}
