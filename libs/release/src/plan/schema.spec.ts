import { Ajv2020 } from 'ajv/dist/2020.js';
import { planFromObject } from './read-plan.js';
import { planSchema } from './schema.js';

const accepts = new Ajv2020({ strict: true, allErrors: true, strictTypes: false }).compile(planSchema());

const targets = [{ virtualService: 'a', stable: 'b', canary: 'c' }];

function plan(spec: object): object {
  return {
    apiVersion: 'grayscale.dev/v1alpha1',
    kind: 'GrayRelease',
    metadata: { name: 'hello-2', labels: { a: 'b' } },
    spec: { targets, ...spec },
  };
}

const good: object[] = [
  plan({}),
  plan({
    steps: [
      { percent: 0.1, hold: '30m' },
      { percent: '10%', pause: true, requests: 3 },
    ],
  }),
  plan({
    guards: [
      { name: 'a', max: '1%' },
      { name: 'b', over: '500ms', ratio: 2 },
    ],
  }),
  plan({ guards: [{ name: 'c', query: { bad: 'x', all: 'z', stable: { bad: 'x', all: 'z' } } }] }),
  plan({ guards: [{ name: 'c' }, { name: 'g', webhook: 'http://x', type: 'event' }] }),
  plan({ targets: [{ httpRoute: 'a', stable: 'b', canary: 'c' }] }),
  plan({ targets: [{ grpcRoute: 'a/b', rule: 0, stable: 'b', canary: 'c' }] }),
  plan({ users: [{ header: 'user', exact: ['test'] }], sticky: { cookie: 'gs' } }),
  plan({ risk: { falseAbort: '1%' }, noData: { holdFor: '1h' }, abort: { to: 0 }, suspend: true }),
];

const bad: object[] = [
  {},
  plan({ targets: [] }),
  plan({ targets: undefined, step: [] }),
  plan({ targets: [{ stable: 'b', canary: 'c' }] }),
  plan({ targets: [{ virtualService: 'a', httpRoute: 'a', stable: 'b', canary: 'c' }] }),
  plan({ steps: [{ hold: '3s' }] }),
  plan({ steps: [{ percent: 101 }] }),
  plan({ steps: [{ percent: 1, hold: 3 }] }),
  plan({ guards: [{ max: '1%' }] }),
  plan({ guards: [{ name: 'a', max: 1 }] }),
  plan({ guards: [{ name: 'a', ratio: 0 }] }),
  plan({ users: [{ header: 'a' }] }),
  plan({ onDrift: 'fight' }),
  { ...plan({}), kind: 'Other' },
  { ...plan({}), apiVersion: 'grayscale.dev/v2' },
  { ...plan({}), metadata: { name: 'A B' } },
];

describe('the JSON Schema of a plan', () => {
  it.each(good)('takes what reading takes: %j', (value) => {
    expect(planFromObject(value).plan).toBeDefined();
    accepts(value);
    expect(accepts.errors).toBeNull();
  });

  it.each(bad)('refuses what reading refuses: %j', (value) => {
    const plain = JSON.parse(JSON.stringify(value));
    expect(planFromObject(plain).plan).toBeUndefined();
    expect(accepts(plain)).toBe(false);
  });
});
