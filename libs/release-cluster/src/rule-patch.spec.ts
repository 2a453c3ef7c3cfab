import type { PatchOperation } from '@grayscale/cluster-client';
import { editedRules, type JsonObject, type RuleEdit } from '@grayscale/manifest-files';
import { Random } from '@grayscale/seeded-random';
import type { RuleObject } from './rule-objects.js';
import { rulePatch } from './rule-patch.js';

const objectWith = (http: JsonObject[]): RuleObject => ({
  metadata: { name: 'x', namespace: 'shop', resourceVersion: '7' },
  spec: { http },
});

/** RFC 6902, as far as these patches use it. */
function apply(object: RuleObject, patch: readonly PatchOperation[]): RuleObject {
  const whole = structuredClone(object);
  for (const operation of patch) {
    const path = operation.path
      .slice(1)
      .split('/')
      .map((part) => part.replaceAll('~1', '/'));
    const last = path.pop() ?? '';
    const parent = path.reduce((value, part) => (value as Record<string, unknown>)[part], whole as unknown);
    const fields = parent as Record<string, unknown>;
    if (operation.op === 'test') expect(fields[last]).toEqual(operation.value);
    else if (operation.op === 'remove') (parent as unknown[]).splice(Number(last), 1);
    else if (Array.isArray(parent) && operation.op === 'add') parent.splice(Number(last), 0, operation.value);
    else fields[last] = operation.value;
  }
  return whole;
}

it('a patch makes of the rules what the edits mean, in any mixture', () => {
  const random = new Random(9);
  const upTo = (count: number) => random.below(count);
  for (let round = 0; round < 500; round += 1) {
    const rules: JsonObject[] = Array.from({ length: 1 + upTo(6) }, (_, index) => ({
      name: `rule-${index}`,
      route: Array.from({ length: 1 + upTo(3) }, (__, arm) => ({
        destination: { host: `h${arm}` },
        weight: upTo(9),
      })),
    }));
    const edits: RuleEdit[] = rules.flatMap((rule, index): RuleEdit[] => {
      const inserted = Array.from({ length: upTo(3) }, (_, order): RuleEdit => {
        return { kind: 'insert-rule', before: index, value: { name: `new-${index}-${order}` } };
      });
      const changes: RuleEdit[] = [
        { kind: 'set-weights', rule: index, weights: (rule.route as unknown[]).map(() => upTo(100)) },
        { kind: 'replace-rule', rule: index, value: { name: `other-${index}` } },
        { kind: 'remove-rule', rule: index },
      ];
      const change = changes[upTo(4)];
      return change === undefined ? inserted : [...inserted, change];
    });
    const object = objectWith(rules);
    expect(apply(object, rulePatch(object, edits)).spec?.http).toEqual(editedRules(rules, edits));
  }
});

it('is guarded by each destination', () => {
  const object = objectWith([
    { route: [{ destination: { host: 'a' } }, { destination: { host: 'b' }, weight: 1 }] },
  ]);
  expect(rulePatch(object, [{ kind: 'set-weights', rule: 0, weights: [3, 1] }])).toEqual([
    { op: 'test', path: '/spec/http/0/route/0/destination', value: { host: 'a' } },
    { op: 'test', path: '/spec/http/0/route/1/destination', value: { host: 'b' } },
    { op: 'add', path: '/spec/http/0/route/0/weight', value: 3 },
    { op: 'add', path: '/spec/http/0/route/1/weight', value: 1 },
  ]);
});
