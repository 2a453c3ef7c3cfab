import type { Guard, GuardedOutcome, RateGuard } from './plan.js';
import type { At } from './reader.js';
import type { WrittenGuard } from './shape.js';

/** What guards a plan that names no guard, and an outcome for which neither a ratio nor a max is written. */
const usual = { ratio: 1.5, max: 0.01 };

/** Upper bounds of the buckets of Istio's istio_request_duration_milliseconds. */
export const bucketBounds = [
  0.5, 1, 5, 10, 25, 50, 100, 250, 500, 1000, 2500, 5000, 10_000, 30_000, 60_000, 300_000, 600_000, 1_800_000,
  3_600_000,
];

export const defaultGuards: readonly Guard[] = [
  { kind: 'rate', name: 'failures', outcome: { kind: 'failed' }, ...usual },
];

/** The guards of a plan with their defaults; those of a plan that names none. */
export function completeGuards(written: readonly WrittenGuard[] | undefined, at: At): Guard[] {
  if (written === undefined) return [...defaultGuards];
  const names = new Set<string>();
  written.forEach(({ name = '' }, index) => {
    if (names.has(name))
      at.within(index)
        .within('name')
        .error('guard-repeated', `two guards are named "${name}"; give each its own name.`);
    names.add(name);
  });
  const guards = written.flatMap((guard, index) => completeGuard(guard, at.within(index)) ?? []);
  if (!written.some(({ webhook }) => webhook === undefined))
    at.warn(
      'guards-missing',
      'no guard here watches the requests, so nothing takes a bad canary back; add for instance { name: failures, max: 1% }.',
    );
  return guards;
}

/** The field that says what a guard looks at; a guard has at most one of them. */
const subjects = ['over', 'query', 'webhook'] as const;

function completeGuard(written: WrittenGuard, at: At): Guard | undefined {
  const { name = '', webhook, type, ratio, max } = written;
  const [subject, second] = subjects.filter((field) => written[field] !== undefined);
  if (second !== undefined)
    return at
      .within(second)
      .error(
        'field-conflict',
        `a guard has one of ${subjects.join(', ')}; make a second guard of "${second}".`,
      );
  if (webhook === undefined && type !== undefined)
    return at
      .within('type')
      .error('field-conflict', 'only a webhook has a type; add webhook: URL or remove the type.');
  if (webhook === undefined) return rateGuard(name, written, at);
  if (ratio !== undefined || max !== undefined)
    return at.error('field-conflict', `a ${subject} guard takes neither ratio nor max; remove them.`);
  if (type === undefined)
    return at.error('field-missing', '"type" is missing; write for instance type: confirm-traffic-increase.');
  return { kind: 'webhook', name, url: webhook, type };
}

function rateGuard(name: string, written: WrittenGuard, at: At): RateGuard | undefined {
  const outcome = outcomeOf(written, at);
  if (outcome === undefined) return undefined;
  if (written.ratio !== undefined && outcome.kind === 'query' && outcome.stable === undefined)
    return at
      .within('ratio')
      .error(
        'field-missing',
        'a ratio compares with stable; add query.stable: { bad: PROMQL, all: PROMQL }, or write a max.',
      );
  return { kind: 'rate', name, outcome, ...limits(written, outcome) };
}

function limits({ ratio, max }: WrittenGuard, outcome: GuardedOutcome): Pick<RateGuard, 'ratio' | 'max'> {
  if (ratio === undefined && max === undefined) {
    if (outcome.kind === 'failed') return usual;
    return outcome.kind === 'query' && outcome.stable === undefined
      ? { max: usual.max }
      : { ratio: usual.ratio };
  }
  return { ...(ratio === undefined ? {} : { ratio }), ...(max === undefined ? {} : { max }) };
}

function outcomeOf({ over, query }: WrittenGuard, at: At): GuardedOutcome | undefined {
  if (over !== undefined) return slowOutcome(over, at.within('over'));
  if (query === undefined) return { kind: 'failed' };
  const { bad, all, stable } = query;
  if (bad === undefined || all === undefined) return undefined;
  if (stable === undefined) return { kind: 'query', canary: { bad, all } };
  if (stable.bad === undefined || stable.all === undefined) return undefined;
  return { kind: 'query', canary: { bad, all }, stable: { bad: stable.bad, all: stable.all } };
}

function slowOutcome(over: number, at: At): GuardedOutcome | undefined {
  if (bucketBounds.includes(over)) return { kind: 'slow', over };
  const nearest = bucketBounds.reduce((best, bound) =>
    Math.abs(Math.log(bound / over)) < Math.abs(Math.log(best / over)) ? bound : best,
  );
  return at.error(
    'bucket-bound-unknown',
    `Istio does not count requests over this time; its next bound is ${boundText(nearest)} (all: ${bucketBounds.map(boundText).join(', ')}).`,
  );
}

/** As a plan writes it. */
export function boundText(milliseconds: number): string {
  return milliseconds < 1000 ? `${milliseconds}ms` : `${milliseconds / 1000}s`;
}
