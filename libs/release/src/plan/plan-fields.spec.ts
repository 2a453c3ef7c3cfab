import { readFileSync } from 'node:fs';
import { readYaml, toJson } from '@grayscale/traffic-rules';
import { outcomesOfFields } from '../../../../tools/golden/deviations.js';
import { expectGolden } from '../../../../tools/golden/golden.js';
import { webhookTypes } from './plan.js';
import { planFromObject, type ReadPlan } from './read-plan.js';

const folder = new URL('../../test/golden/', import.meta.url);
const [document] = readYaml(readFileSync(new URL('plan.yaml', folder), 'utf8'), 'plan.yaml').documents;
const full = document?.value as object;

/** The values of fields that take a few words alone. */
const choices: Readonly<Record<string, readonly string[]>> = {
  'spec.noData.then': ['pause', 'abort'],
  'spec.onDrift': ['stop', 'restore'],
  'spec.guards.3.type': webhookTypes,
};

const issueLines = ({ issues }: ReadPlan) =>
  issues.map(({ severity, code, path, message }) => `${severity} ${code} ${path}: ${message}`);
const fieldLines = ({ plan }: ReadPlan) =>
  Object.entries(plan ?? {}).map(([field, value]) => `${field} ${toJson(value)}`);

it('a plan that says everything', () => {
  const read = planFromObject(full);
  expectGolden(new URL('plan.txt', folder), [...issueLines(read), ...fieldLines(read)]);
});

it('what each field of a plan changes', () => {
  const before = new Set(fieldLines(planFromObject(full)));
  const lines = outcomesOfFields(
    full,
    (path) => choices[path.join('.')],
    (changed) => {
      const read = planFromObject(changed);
      return [...issueLines(read), ...fieldLines(read).filter((line) => !before.has(line))];
    },
  );
  expectGolden(new URL('plan.fields.txt', folder), lines);
});

/** At and around every limit of what is written in text. */
const values: Readonly<Record<string, readonly unknown[]>> = {
  settle: ['0s', '1ms', '1.5s', '1h', '365d', '8760h', '8761h', '-1s', '1', '', 1, 'x'.repeat(40)],
  'noData.after': ['0s', '1s', '500ms', '1m30s', '1s1m'],
  'steps.0.percent': [
    0,
    0.0001,
    0.00001,
    '0.0001%',
    '0.00001%',
    '1%',
    '1',
    100,
    100.1,
    '100%',
    '1e1%',
    `1${'0'.repeat(30)}%`,
  ],
  'steps.0.requests': [0, 1, 1.5, 1e9, 1e15, 1e16, '7'],
  'guards.0.max': [
    '0%',
    '0.001%',
    '50%',
    '50.1%',
    '100%',
    '100.1%',
    '1.%',
    '1',
    1,
    `1.${'0'.repeat(12)}%`,
    `1.${'0'.repeat(40)}%`,
  ],
  'guards.0.ratio': [0, 1, 1.01, 10, 100, 101, -1],
  'guards.1.over': ['1ms', '500ms', '700ms', '1s', '0s', '10m'],
  'guards.2.query.stable': [{}, { bad: 'a' }, { all: 'b' }, { bad: 'a', all: 'b' }],
  'guards.2.query': [{}, { bad: 'a' }, { all: 'b' }, { bad: 'a', all: 'b' }],
  'risk.falseAbort': ['0%', '0.001%', '50%', '51%', '100%'],
  'sticky.digits': [0, 1, 2, 6, 7, 1.5],
  from: [0, 1, 100, 101],
  'abort.to': [0, 0.5, 100, 101],
  steps: [[], [{ percent: 100 }], [{ percent: 50 }, { percent: 50 }], [{ percent: 50 }, { percent: 10 }]],
  users: [
    [],
    [{ header: '', exact: 'a' }],
    [{ header: 'a', exact: [] }],
    [{ header: 'a', exact: 'x'.repeat(5000) }],
  ],
};

function withValue(document: object, [first = '', ...rest]: readonly string[], value: unknown): object {
  const copy = Array.isArray(document) ? [...document] : { ...document };
  const parts = copy as Record<string, unknown>;
  parts[first] = rest.length === 0 ? value : withValue(parts[first] as object, rest, value);
  return copy;
}

it('fields of a plan at their limits', () => {
  const before = new Set(fieldLines(planFromObject(full)));
  const lines = Object.entries(values).flatMap(([field, all]) =>
    all.flatMap((value) => {
      const read = planFromObject(withValue(full, `spec.${field}`.split('.'), value));
      const told = [...issueLines(read), ...fieldLines(read).filter((line) => !before.has(line))];
      return [`${field}: ${toJson(value).slice(0, 60)}`, ...told.map((line) => `  ${line.slice(0, 400)}`)];
    }),
  );
  expectGolden(new URL('plan.limits.txt', folder), lines);
});
