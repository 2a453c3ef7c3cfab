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
