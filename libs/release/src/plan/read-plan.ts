import {
  describeValue,
  formatPath,
  isObject,
  type Location,
  objectsIn,
  readYaml,
} from '@grayscale/traffic-rules';
import { completePlan } from './complete.js';
import { type Plan, planApiVersion, planKind } from './plan.js';
import type { PlanIssue } from './plan-issue.js';
import { At, type Problem } from './reader.js';
import { planShape } from './shape.js';

/** What came of reading a plan. */
export interface ReadPlan {
  /** Absent when there is an error. */
  plan?: Plan;
  /** All of them at once. */
  issues: PlanIssue[];
}

/**
 * Reads a plan from YAML or JSON, which may hold other objects too (a folder's manifests in one file).
 * Never throws: whatever is wrong is an issue with file, line and column.
 * @param file name to show in issues.
 */
export function readPlan(text: string, file: string): ReadPlan {
  const { documents, issues } = readYaml(text, file);
  const plans = documents
    .flatMap((document) => [...objectsIn(document)])
    .filter(({ value }) => isPlan(value));
  const [first, second] = plans;
  if (first !== undefined && second === undefined) {
    const read = planFromObject(first.value, (path) => first.source.locate(path));
    return { ...read, issues: [...issues, ...read.issues] };
  }
  if (issues.some(({ severity }) => severity === 'error')) return { issues };
  return {
    issues: [...issues, first === undefined ? noPlan(file) : secondPlan(second?.source ?? nowhere(file))],
  };
}

/**
 * Reads a plan from an object, for instance of a cluster. The same reading as of a text.
 * @param locate where a field stands, by its path (`spec.steps[0].percent`; empty: the object as a whole).
 */
export function planFromObject(
  value: unknown,
  locate: (path: string) => Location = () => nowhere('plan'),
): ReadPlan {
  const problems: Problem[] = [];
  const plan = readObject(value, new At([], problems));
  const resource = nameOf(value);
  const issues = problems.map(({ path, ...problem }): PlanIssue => {
    const text = formatPath(path);
    const { file, line, column } = locate(text);
    return { ...problem, path: text, resource, file, line, column };
  });
  const failed = plan === undefined || issues.some(({ severity }) => severity === 'error');
  return failed ? { issues } : { plan, issues };
}

function readObject(value: unknown, at: At): Plan | undefined {
  const written = planShape.read(value, at);
  if (written === undefined) return undefined;
  if (written.kind !== undefined && written.kind !== planKind)
    at.within('kind').error(
      'field-unknown-value',
      `kind is ${describeValue(written.kind)}; write ${planKind}.`,
    );
  if (written.apiVersion !== undefined && written.apiVersion !== planApiVersion)
    at.within('apiVersion').error(
      'api-version-unknown',
      `apiVersion is ${describeValue(written.apiVersion)}; write ${planApiVersion}.`,
    );
  if (written.spec === undefined) return undefined;
  const { name = '', namespace = 'default' } = written.metadata ?? {};
  return completePlan(name, namespace, written.spec, at.within('spec'));
}

/** A document that means to be a plan: mistakes in the apiVersion are then told. */
function isPlan(value: unknown): boolean {
  return isObject(value) && (value.kind === planKind || String(value.apiVersion).startsWith('grayscale.'));
}

function nameOf(value: unknown): string {
  const metadata = isObject(value) && isObject(value.metadata) ? value.metadata : {};
  if (typeof metadata.name !== 'string') return planKind;
  return `${planKind} ${typeof metadata.namespace === 'string' ? metadata.namespace : 'default'}/${metadata.name}`;
}

function nowhere(file: string): Location {
  return { file, line: 1, column: 1 };
}

function noPlan(file: string): PlanIssue {
  return planIssue(
    'plan-missing',
    nowhere(file),
    `there is no plan here; a plan starts with "apiVersion: ${planApiVersion}" and "kind: ${planKind}".`,
  );
}

function secondPlan({ file, line, column }: Location): PlanIssue {
  return planIssue(
    'plan-repeated',
    { file, line, column },
    'this is the second plan in the file; keep each plan in a file of its own.',
  );
}

function planIssue(code: 'plan-missing' | 'plan-repeated', place: Location, message: string): PlanIssue {
  return { ...place, code, severity: 'error', resource: '', path: '', message };
}
