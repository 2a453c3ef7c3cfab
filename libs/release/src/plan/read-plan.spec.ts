import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { IssueKind } from '@grayscale/traffic-rules';
import { planOf } from '../testing/world.js';
import type { PlanIssue } from './plan-issue.js';
import { planIssues } from './plan-issues.js';
import { planFromObject, readPlan } from './read-plan.js';

const head = `apiVersion: grayscale.dev/v1alpha1
kind: GrayRelease
metadata: { name: hello-2, namespace: hello-page }
spec:
  targets:
    - virtualService: hello-ext-svc
      stable: hello.hello-1.svc.cluster.local
      canary: hello.hello-2.svc.cluster.local
`;

const full = `${head}  callers: [{ workload: hello-page, namespace: hello-page }]
  users: [{ header: User, exact: [test] }]
  sticky: { header: x-bucket, digits: 4 }
  steps:
    - { percent: 0.1, hold: 30m }
    - { percent: "10%", hold: 1h30m, requests: 700 }
    - { percent: 50, pause: true }
    - { percent: 100, hold: 10m }
  guards:
    - { name: failures, ratio: 1.5, max: 1% }
    - { name: slow, over: 500ms, ratio: 2 }
    - { name: cart, query: { bad: 'cart_failed_total', all: 'cart_total' } }
    - { name: gate, webhook: 'http://gate/ok', type: confirm-traffic-increase }
  risk: { falseAbort: 2%, falseAdvance: 10% }
  noData: { after: 5m, holdFor: 24h, then: abort }
  settle: 3s
  inForceWithin: 2m
  onDrift: restore
  from: 0
  abort: { to: 0 }
`;

const place = ({ code, path, line, column }: PlanIssue) => `${line}:${column} ${path} ${code}`;

describe('a plan', () => {
  it('that names targets alone has the usual steps, guard, risks and times', () => {
    const { plan, issues } = readPlan(head, 'plan.yaml');
    expect(issues).toEqual([]);
    expect(plan).toMatchObject({
      name: 'hello-2',
      namespace: 'hello-page',
      steps: [1, 10, 50, 100].map((percent) => ({ percent, hold: 600_000, pause: false })),
      guards: [{ kind: 'rate', name: 'failures', outcome: { kind: 'failed' }, ratio: 1.5, max: 0.01 }],
      risk: { falseAbort: 0.01, falseAdvance: 0.05 },
      noData: { holdFor: 86_400_000, afterwards: 'pause' },
      settle: 10_000,
      inForceWithin: 600_000,
      onDrift: 'stop',
      abort: {},
      suspend: false,
    });
  });

  it('may say everything', () => {
    const { plan, issues } = readPlan(full, 'plan.yaml');
    expect(issues).toEqual([]);
    expect(plan).toMatchObject({
      users: [{ header: 'user', exact: ['test'] }],
      sticky: { header: 'x-bucket', digits: 4 },
      steps: [
        { percent: 0.1, hold: 1_800_000 },
        { percent: 10, hold: 5_400_000, requests: 700 },
        { percent: 50, pause: true },
        { percent: 100 },
      ],
      guards: [
        { name: 'failures', ratio: 1.5, max: 0.01 },
        { name: 'slow', outcome: { kind: 'slow', over: 500 }, ratio: 2 },
        { name: 'cart', outcome: { kind: 'query' }, max: 0.01 },
        { kind: 'webhook', type: 'confirm-traffic-increase' },
      ],
      risk: { falseAbort: 0.02, falseAdvance: 0.1 },
      noData: { after: 300_000, afterwards: 'abort' },
      from: 0,
      abort: { to: 0 },
    });
  });

  it('is read in the same way from an object, and its places come from whoever has the text', () => {
    const object = {
      apiVersion: 'grayscale.dev/v1alpha1',
      kind: 'GrayRelease',
      metadata: { name: 'hello-2', namespace: 'hello-page', uid: '1', managedFields: [{}] },
      spec: {
        targets: [
          {
            virtualService: 'hello-ext-svc',
            stable: 'hello.hello-1.svc.cluster.local',
            canary: 'hello.hello-2.svc.cluster.local',
          },
        ],
      },
      status: { anything: 1 },
    };
    expect(planFromObject(object)).toEqual(readPlan(head, 'plan.yaml'));
    const wrong = { ...object, spec: { ...object.spec, settle: 10 } };
    const { issues } = planFromObject(wrong, (path) => ({ file: path, line: 3, column: 4 }));
    expect(issues).toMatchObject([
      {
        code: 'duration-syntax',
        file: 'spec.settle',
        line: 3,
        column: 4,
        resource: 'GrayRelease hello-page/hello-2',
      },
    ]);
  });

  it.each(['httpRoute', 'grpcRoute'])('may name a route: %s', (field) => {
    const route = head.replace('virtualService: ', `${field}: shop/`);
    const { plan, issues } = readPlan(route, 'plan.yaml');
    expect(issues).toEqual([]);
    expect(plan?.targets).toEqual([
      {
        [field]: { namespace: 'shop', name: 'hello-ext-svc' },
        stable: { host: 'hello.hello-1.svc.cluster.local' },
        canary: { host: 'hello.hello-2.svc.cluster.local' },
      },
    ]);
  });

  it('may have a VirtualService and a route of one name', () => {
    const { targets } = JSON.parse(
      JSON.stringify({
        targets: ['virtualService', 'httpRoute', 'grpcRoute'].map((field) => ({
          [field]: 'a',
          stable: 'b',
          canary: 'c',
        })),
      }),
    );
    const { issues } = planFromObject({
      apiVersion: 'grayscale.dev/v1alpha1',
      kind: 'GrayRelease',
      metadata: { name: 'one' },
      spec: { targets },
    });
    expect(issues).toEqual([]);
  });

  it('of users alone has no steps: a human ends the A/B test', () => {
    expect(readPlan(`${head}  users: [{ header: user, exact: test }]`, 'p').plan).toMatchObject({
      users: [{ header: 'user', exact: ['test'] }],
      steps: [],
    });
  });

  it('stands among other objects in one file, or as an item of a List', () => {
    const other = 'apiVersion: v1\nkind: Service\nmetadata: { name: a }\n---\n';
    expect(readPlan(other + head, 'p').plan?.name).toBe('hello-2');
    const item = head.replace(/^/gm, '    ').replace(/^ {4}/, '  - ');
    expect(readPlan(`apiVersion: v1\nkind: List\nitems:\n${item}`, 'p').plan?.name).toBe('hello-2');
  });

  it('gets a ratio or a max where a guard has neither', () => {
    const guards =
      '  guards: [{ name: a }, { name: b, over: 1s }, { name: c, query: { bad: x, all: z } }, { name: d, query: { bad: x, all: z, stable: { bad: v, all: w } } }]';
    const read = readPlan(`${head}${guards}`, 'p').plan?.guards ?? [];
    expect(read.map((guard) => guard.kind === 'rate' && [guard.ratio, guard.max])).toEqual([
      [1.5, 0.01],
      [1.5, undefined],
      [undefined, 0.01],
      [1.5, undefined],
    ]);
  });

  it('takes the largest and the smallest number that a field may have', () => {
    const fields =
      '  sticky: { header: x-bucket, digits: 6 }\n  guards: [{ name: a, ratio: 1 }, { name: b, ratio: 1000 }]';
    expect(readPlan(`${head}${fields}`, 'p').issues).toEqual([]);
  });
});

const mistakes: [name: string, text: string, expected: string[], words: RegExp][] = [
  ['an unknown field', `${head}  stepss: []`, ['9:3 spec.stepss field-unknown'], /did you mean "steps"\?/],
  [
    'an unknown field of a step',
    `${head}  steps: [{ percent: 1, holds: 3s }]`,
    ['9:25 spec.steps[0].holds field-unknown'],
    /did you mean "hold"\?/,
  ],
  [
    'a prototype as a field',
    `${head}  constructor: 1`,
    ['9:3 spec.constructor field-unknown'],
    /the fields here are targets/,
  ],
  [
    'a duration without a unit',
    `${head}  settle: 10`,
    ['9:3 spec.settle duration-syntax'],
    /write for instance "10s" or "10m"/,
  ],
  ['days', `${head}  noData: { holdFor: 7d }`, ['9:13 spec.noData.holdFor duration-syntax'], /write "168h"/],
  ['a negative duration', `${head}  settle: -3s`, ['9:3 spec.settle duration-syntax'], /"-3s"/],
  [
    'a percentage of more than all',
    `${head}  steps: [{ percent: 101 }]`,
    ['9:13 spec.steps[0].percent value-out-of-range'],
    /from 0 to 100/,
  ],
  [
    'five decimals',
    `${head}  steps: [{ percent: 0.12345 }]`,
    ['9:13 spec.steps[0].percent percent-too-fine'],
    /write at most four decimals, such as 0\.123[45]\./,
  ],
  [
    'a percentage in words',
    `${head}  steps: [{ percent: ten }]`,
    ['9:13 spec.steps[0].percent field-wrong-type'],
    /for instance 10 or 0\.5/,
  ],
  [
    'a duration of many digits',
    `${head}  settle: ${'0'.repeat(1000)}1s`,
    ['9:3 spec.settle duration-syntax'],
    /settle is "0{10}/,
  ],
  [
    'a word that is near one of the words',
    `${head}  onDrift: restor`,
    ['9:3 spec.onDrift field-unknown-value'],
    /did you mean "restore"\?/,
  ],
  [
    'a word that is near none of them',
    `${head}  onDrift: whatever`,
    ['9:3 spec.onDrift field-unknown-value'],
    /write one of stop, restore\./,
  ],
  [
    'a number where a text is meant',
    `${head}  callers: [{ workload: 5, namespace: a }]`,
    ['9:15 spec.callers[0].workload field-wrong-type'],
    /in quotes, "5"/,
  ],
  [
    'a percentage that is none',
    `${head}  steps: [{ percent: [1] }]`,
    ['9:13 spec.steps[0].percent field-wrong-type'],
    /a list/,
  ],
  [
    'steps that fall',
    `${head}  steps: [{ percent: 10 }, { percent: 10 }]`,
    ['9:30 spec.steps[1].percent steps-not-rising'],
    /step 2 has 10 percent after 10/,
  ],
  ['no steps', `${head}  steps: []`, ['9:3 spec.steps field-missing'], /at least one step/],
  [
    'a bare ceiling',
    `${head}  guards: [{ name: a, max: 1 }]`,
    ['9:23 spec.guards[0].max field-wrong-type'],
    /"1%"/,
  ],
  [
    'a ceiling of everything',
    `${head}  guards: [{ name: a, max: 100% }]`,
    ['9:23 spec.guards[0].max value-out-of-range'],
    /at most 99%/,
  ],
  [
    'a ratio below 1',
    `${head}  guards: [{ name: a, ratio: 0.5 }]`,
    ['9:23 spec.guards[0].ratio value-out-of-range'],
    /from 1/,
  ],
  [
    'a bound that Istio does not count',
    `${head}  guards: [{ name: a, over: 400ms }]`,
    ['9:23 spec.guards[0].over bucket-bound-unknown'],
    /500ms/,
  ],
  [
    'two guards of one name',
    `${head}  guards: [{ name: a }, { name: a }]`,
    ['9:27 spec.guards[1].name guard-repeated'],
    /"a"/,
  ],
  [
    'a guard of two kinds',
    `${head}  guards: [{ name: a, over: 1s, webhook: 'http://x' }, { name: b }]`,
    ['9:33 spec.guards[0].webhook field-conflict'],
    /a second guard/,
  ],
  [
    'a ratio without stable',
    `${head}  guards: [{ name: a, ratio: 2, query: { bad: x, all: z } }]`,
    ['9:23 spec.guards[0].ratio field-missing'],
    /query\.stable/,
  ],
  [
    'a webhook without a type',
    `${head}  guards: [{ name: a }, { name: b, webhook: 'http://x' }]`,
    ['9:25 spec.guards[1] field-missing'],
    /confirm-traffic-increase/,
  ],
  [
    'an unknown type',
    `${head}  guards: [{ name: a }, { name: b, webhook: 'http://x', type: rolback }]`,
    ['9:57 spec.guards[1].type field-unknown-value', '9:25 spec.guards[1] field-missing'],
    /did you mean "rollback"/,
  ],
  [
    'two ways to be sticky',
    `${head}  sticky: { header: a, cookie: b }`,
    ['9:3 spec.sticky field-conflict'],
    /remove one/,
  ],
  [
    'a silence of no time',
    `${head}  noData: { after: 0s }\n  inForceWithin: 0ms`,
    ['9:13 spec.noData.after value-out-of-range', '10:3 spec.inForceWithin value-out-of-range'],
    /after is "0s"; write more than 0s\./,
  ],
  [
    'a bucket of one digit that is too coarse',
    `${head}  sticky: { header: a, digits: 1 }\n  steps: [{ percent: 25 }]`,
    ['10:13 spec.steps[0].percent percent-too-fine'],
    /^a bucket of 1 digit cannot hold 25 percent of the users; write 30, or more digits\.$/,
  ],
  [
    'a bucket that is too coarse',
    `${head}  sticky: { header: a, digits: 2 }\n  steps: [{ percent: 0.5 }]`,
    ['10:13 spec.steps[0].percent percent-too-fine'],
    /write 1, or more digits|; write more digits/,
  ],
  [
    'no object',
    head.replace('- virtualService: hello-ext-svc\n     ', '-'),
    ['6:7 spec.targets[0] field-missing'],
    /name the object that has the rule: write one of virtualService, httpRoute and grpcRoute/,
  ],
  [
    'two objects',
    head.replace('hello-ext-svc\n', 'hello-ext-svc\n      httpRoute: hello-ext-svc\n'),
    ['7:7 spec.targets[0].httpRoute field-conflict'],
    /there is virtualService already/,
  ],
  [
    'another kind',
    head.replace('virtualService', 'httpRoutes'),
    ['6:7 spec.targets[0].httpRoutes field-unknown', '6:7 spec.targets[0] field-missing'],
    /did you mean "httpRoute"\?/,
  ],
  [
    'a subset of a backend',
    head
      .replace('virtualService', 'grpcRoute')
      .replace('canary: hello.hello-2.svc.cluster.local', 'canary: { host: hello, subset: v2 }'),
    ['8:30 spec.targets[0].canary.subset field-conflict'],
    /the backends of GRPCRoutes have no subsets/,
  ],
  [
    'arms that are one',
    head.replace('hello-2.svc', 'hello-1.svc'),
    ['8:7 spec.targets[0].canary arms-same'],
    /two different/,
  ],
  [
    'a target twice',
    head + head.split('\n').slice(5, 8).join('\n'),
    ['9:7 spec.targets[1] target-repeated'],
    /remove one/,
  ],
  [
    'a missing arm',
    head.replace(/ +canary.*\n/, ''),
    ['6:7 spec.targets[0] field-missing'],
    /"canary" is missing/,
  ],
  [
    'no targets',
    head.replace(/targets:[\s\S]*/, 'targets: []'),
    ['5:3 spec.targets field-missing'],
    /at least one/,
  ],
  [
    'another version',
    head.replace('v1alpha1', 'v2'),
    ['1:1 apiVersion api-version-unknown'],
    /write grayscale\.dev\/v1alpha1/,
  ],
  [
    'a misspelt kind',
    head.replace('kind: GrayRelease', 'kind: GreyRelease'),
    ['2:1 kind field-unknown-value'],
    /write GrayRelease/,
  ],
  ['no plan at all', 'a: 1', ['1:1  plan-missing'], /there is no plan here/],
  ['an empty text', '', ['1:1  plan-missing'], /there is no plan here/],
  ['two plans', `${head}---\n${head}`, ['10:1  plan-repeated'], /a file of its own/],
  ['a text that is no YAML', `${head}  x: [`, ['9:8  yaml-syntax'], /not valid YAML/],
];

describe('a plan with a mistake gives no plan, and says where and what to write:', () => {
  it.each(mistakes)('%s', (_, text, expected, words) => {
    const { plan, issues } = readPlan(text, 'plan.yaml');
    expect(plan).toBeUndefined();
    expect(issues.map(place)).toEqual(expected);
    expect(issues[0]?.message).toMatch(words);
  });

  it('all mistakes at once', () => {
    const { issues } = readPlan(`${head}  settle: 1\n  onDrift: stopp\n  step: []\n`, 'plan.yaml');
    expect(issues.map(({ path }) => path)).toEqual(['spec.settle', 'spec.onDrift', 'spec.step']);
  });

  it('and a plan that nothing watches is warned of, not refused', () => {
    const { plan, issues } = readPlan(`${head}  guards: []`, 'plan.yaml');
    expect(plan?.guards).toEqual([]);
    expect(issues).toMatchObject([{ code: 'guards-missing', severity: 'warning' }]);
  });
});

it('no text at all makes reading throw', () => {
  const texts = [
    '\u0000',
    '{',
    'null',
    '[]',
    'kind: GrayRelease',
    'kind: GrayRelease\nspec: []',
    `${head}  steps: 3`,
    `${head}  guards: {}`,
    'kind: GrayRelease\nmetadata: 1\nspec: { targets: [null] }',
  ];
  for (const text of texts) expect(readPlan(text, 'p').plan).toBeUndefined();
});

it('every kind of issue stands in docs/plan-issues.md as in the code, and no other', () => {
  const text = readFileSync(join(import.meta.dirname, '../../../../docs/plan-issues.md'), 'utf8');
  const entries = Object.entries<IssueKind>(planIssues.kinds).map(
    ([code, { severity, refusedBy, why, wrong, right }]) => {
      const verdict = `${severity === 'error' ? 'Error' : 'Warning'}${refusedBy === undefined ? '' : ', grayscale refuses it'}`;
      return `### \`${code}\`\n\n${verdict}. ${why}\n\nWrong: \`${wrong}\`<br>\nRight: \`${right}\`\n`;
    },
  );
  expect(text.slice(text.indexOf('###'))).toBe(entries.join('\n'));
});

it('the helper of other tests makes plans by the same reading', () => {
  expect(planOf({ settle: '3s' }).settle).toBe(3000);
});
