import { toBytes, toReadableText } from '../bytes.js';
import type { Requirement, Test } from '../model/requirement.js';
import type { RouteRequest } from '../request.js';
import type { RequestView } from './request-view.js';
import { describeSubject, nameOf, subjectKey, subjects } from './subject.js';
import type { ExampleRequest, Listener, Values } from './subject-definition.js';
import {
  compileTest,
  describeHit,
  describeMiss,
  exampleOf,
  passes,
  quote,
  testImplies,
  type ValueTest,
} from './value-test.js';

/** A requirement, ready to be asked of requests. */
export interface Condition {
  holds(view: RequestView): boolean;
  /** Why it does not hold for this request, in words: `header user is "alice", not exactly "test"`. */
  failure(view: RequestView): string;
}

/** The requirement as a condition on requests; undefined for one that is settled by where they arrive ({@link holdsAt}). */
export function conditionOf(requirement: Requirement): Condition | undefined {
  const { subject, test } = requirement;
  const definition = subjects[subject.kind];
  if (definition.of === 'listener') return undefined;
  const read = definition.reader(nameOf(subject));
  const passes = verdict(requirement, compileTest(test));
  return {
    holds: (view) => passes(read(view)),
    failure: (view) => describeFailure(requirement, read(view)),
  };
}

const compiled = new WeakMap<Test, ValueTest>();

/** One rule is asked for every port and server there is. */
function compiledOnce(test: Test): ValueTest {
  const known = compiled.get(test) ?? compileTest(test);
  compiled.set(test, known);
  return known;
}

/** Whether a requirement on the place where requests arrive holds there; undefined for one on the requests themselves. */
export function holdsAt(requirement: Requirement, listener: Listener): boolean | undefined {
  const { subject, test } = requirement;
  const definition = subjects[subject.kind];
  if (definition.of === 'request') return undefined;
  return verdict(requirement, compiledOnce(test))(definition.read(listener, nameOf(subject)));
}

/** Why a requirement of {@link holdsAt} does not hold, in words. */
export function failureAt({ subject, test }: Requirement, listener: Listener): string {
  const definition = subjects[subject.kind];
  return definition.of === 'request' ? '' : definition.failure(listener, wantedOf(test), nameOf(subject));
}

/** Whether every request that meets all of `requirements` meets all of `others`. False where it cannot be told. */
export function implies(requirements: readonly Requirement[], others: readonly Requirement[]): boolean {
  return others.every(
    (other) =>
      isMetByAll(other) || requirements.some((requirement) => requirementImplies(requirement, other)),
  );
}

/** A request that meets the requirements, for a host and port; undefined where only a regular expression says what it looks like. */
export function exampleRequest(
  requirements: readonly Requirement[],
  host: string,
  port: number,
): RouteRequest | undefined {
  const request: ExampleRequest = {
    method: 'GET',
    scheme: 'http',
    authority: host.startsWith('*') ? `any${host.slice(1)}` : host,
    port,
    path: '/',
    headers: [],
    query: [],
  };
  for (const { subject, test, absent } of requirements) {
    if (absent) continue;
    const value = exampleOf(test);
    if (value === undefined) return undefined;
    subjects[subject.kind].give(request, value, nameOf(subject));
  }
  const { query, ...rest } = request;
  return query.length === 0 ? rest : { ...rest, path: `${rest.path}?${query.join('&')}` };
}

/** A value that a request must have to meet the requirement, by its subject's key in an index of rules. */
export function exactKeyOf({
  subject,
  test,
  absent,
}: Requirement): readonly [key: string, value: string] | undefined {
  const definition = subjects[subject.kind];
  if (definition.of === 'listener' || test.kind !== 'exact' || test.ignoreCase || absent) return undefined;
  const key = definition.indexKey(nameOf(subject));
  return key === undefined ? undefined : [key, toBytes(test.value)];
}

/** Whether the requirement is settled by where requests arrive. */
export function isOfListener({ subject }: Requirement): boolean {
  return subjects[subject.kind].of === 'listener';
}

/** Whether the requirement is on who sends requests: once it is met, all of one client's meet it. */
export function isOfClient({ subject }: Requirement): boolean {
  const definition = subjects[subject.kind];
  return definition.of === 'listener' && definition.isOfClient;
}

/** Whether every request meets the requirement, so that it needs no test. */
export function isMetByAll({ subject, test, absent }: Requirement): boolean {
  if (subject.kind !== 'path' || absent) return false;
  return (
    (test.kind === 'prefix' || test.kind === 'segment-prefix') && (test.value === '' || test.value === '/')
  );
}

/** A requirement in words: `header user exactly "test"`. */
export function describeRequirement({ subject, test, absent }: Requirement): string {
  const words = describeSubject(subject);
  const wanted = test.kind === 'present' ? words : `${words} ${describeHit(test)}`;
  return absent ? `no ${wanted}` : wanted;
}

function verdict({ test, absent }: Requirement, passes: ValueTest): (values: Values) => boolean {
  if (test.kind === 'present') return absent ? isMissing : isThere;
  if (absent) return (values = '') => !(typeof values === 'string' ? passes(values) : values.some(passes));
  return (values) => (typeof values === 'string' ? passes(values) : values?.some(passes) === true);
}

function isMissing(values: Values): boolean {
  return values === undefined;
}

function isThere(values: Values): boolean {
  return values !== undefined;
}

function describeFailure({ subject, test, absent }: Requirement, values: Values): string {
  const words = describeSubject(subject);
  const is = `${words} is ${describeValues(values)}`;
  const isPresence = test.kind === 'present';
  if (absent) return `${is}, which the rule excludes${isPresence ? '' : `: ${describeHit(test)}`}`;
  if (values === undefined) return isPresence ? is : `${is}, wanted: ${describeHit(test)}`;
  return `${is}, ${describeMiss(test)}`;
}

function describeValues(values: Values): string {
  if (values === undefined) return 'missing';
  const all = typeof values === 'string' ? [values] : values;
  return all.map((value) => quote(toReadableText(value))).join(' and ');
}

function wantedOf(test: Test): readonly string[] {
  if (test.kind === 'one-of') return test.values;
  return test.kind === 'present' ? [] : [test.value];
}

/**
 * For requirements on one subject. Negated, the one that excludes more implies the other; a missing value,
 * which is what `present` asks for then, counts as the empty text.
 */
function requirementImplies(requirement: Requirement, other: Requirement): boolean {
  if (subjectKey(requirement.subject) !== subjectKey(other.subject) || requirement.absent !== other.absent)
    return false;
  if (!other.absent) return testImplies(requirement.test, other.test);
  if (requirement.test.kind === 'present') return other.test.kind === 'present' || !passes(other.test, '');
  return testImplies(other.test, requirement.test);
}
