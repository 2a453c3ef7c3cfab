import { boundText, bucketBounds } from '../plan/guards.js';
import { targetFields } from '../plan/named-object.js';
import type { Schema } from '../plan/reader.js';
import { oneObject } from '../plan/shape.js';
import type { Additions } from './structural-schema.js';

interface Rule {
  rule: string;
  message: string;
}

const rules = (...all: Rule[]): Schema => ({ 'x-kubernetes-validations': all });

/** A percentage as a text, `1%`: more than nothing. */
const upTo = (most: number): Schema =>
  rules({
    rule: `double(self.substring(0, self.size() - 1)) > 0.0 && double(self.substring(0, self.size() - 1)) <= ${most.toFixed(1)}`,
    message: `write more than 0% and at most ${most}%`,
  });

/** A duration that is longer than none. */
const moreThanNone = rules({ rule: "duration(self) > duration('0s')", message: 'write more than 0s' });

const sticky = rules(
  {
    rule: 'has(self.header) || has(self.cookie)',
    message: 'write a header, or a cookie',
  },
  {
    rule: '!(has(self.header) && has(self.cookie))',
    message: 'sticky takes a header or a cookie; remove one of the two',
  },
  {
    rule: '!(has(self.cookie) && has(self.digits))',
    message: 'digits applies to a header only; remove it',
  },
);

const guard = rules(
  {
    rule: '[has(self.over), has(self.query), has(self.webhook)].filter(given, given).size() <= 1',
    message: 'a guard has one of over, query, webhook; make a second guard of the other',
  },
  {
    rule: 'has(self.webhook) || !has(self.type)',
    message: 'only a webhook has a type; add webhook: URL or remove the type',
  },
  {
    rule: '!has(self.webhook) || has(self.type)',
    message: '"type" is missing; write for instance type: confirm-traffic-increase',
  },
  {
    rule: '!has(self.webhook) || !(has(self.ratio) || has(self.max))',
    message: 'a webhook guard takes neither ratio nor max; remove them',
  },
  {
    rule: '!(has(self.ratio) && has(self.query)) || has(self.query.stable)',
    message: 'a ratio compares with stable; add query.stable: { bad: PROMQL, all: PROMQL }, or write a max',
  },
  {
    rule: `!has(self.over) || duration(self.over) in [${bucketBounds.map((bound) => `duration('${bound}ms')`).join(', ')}]`,
    message: `Istio does not count requests over this time; its bounds are ${bucketBounds.map(boundText).join(', ')}`,
  },
);

/** Optional values would say it shortly, but the API server takes them for texts without an end. */
function isSame(field: string): string {
  return `(has(one.${field}) ? has(other.${field}) && other.${field} == one.${field} : !has(other.${field}))`;
}

const targets = rules({
  rule: `self.all(one, self.exists_one(other, ${[...targetFields, 'rule'].map(isSame).join(' && ')}))`,
  message: 'a rule is a target twice; remove one of the two',
});

const target = rules({
  rule: `[${targetFields.map((field) => `has(self.${field})`).join(', ')}].filter(given, given).size() == 1`,
  message: oneObject,
});

const spec = rules({
  rule: '!(has(self.steps) && self.steps.size() == 0) || (has(self.users) && self.users.size() > 0)',
  message: 'steps is empty; write at least one step, or leave it out for 1, 10, 50 and 100 percent',
});

/** What no field shows alone, as far as the API server's expressions (CEL) can say it: what reading a plan checks, in the same words. */
export const specAdditions: Additions = {
  spec,
  'spec.targets': { ...targets, 'x-kubernetes-list-type': 'atomic' },
  'spec.targets[]': target,
  'spec.noData.after': moreThanNone,
  'spec.inForceWithin': moreThanNone,
  'spec.sticky': sticky,
  'spec.guards': { 'x-kubernetes-list-type': 'map', 'x-kubernetes-list-map-keys': ['name'] },
  'spec.guards[]': guard,
  'spec.guards[].max': upTo(99),
  'spec.risk.falseAbort': upTo(50),
  'spec.risk.falseAdvance': upTo(50),
};

/** Rules over the object as a whole. */
export const objectRules = rules({
  rule: '!(has(self.status) && has(self.status.running) && self.status.running) || self.spec.targets == oldSelf.spec.targets',
  message:
    'the targets cannot change while the release runs; abort, undo or delete it first, or create another GrayRelease',
});
