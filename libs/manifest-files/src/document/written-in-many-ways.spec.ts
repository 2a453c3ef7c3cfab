import { documentNamed, editWeights, outcome } from './testing/edit-weights.js';

/**
 * How the weights 90 and 10 of a VirtualService `hello` can be written, and what 75 and 25 make of it: `«90|75»` stands for the
 * first before and the second after the edit. Nothing else may change.
 */
const head =
  'apiVersion: networking.istio.io/v1\nkind: VirtualService\nmetadata: {name: hello, namespace: shop}\n';
const a = 'destination: {host: a.x}';
const b = 'destination: {host: b.x}';

function spec(...lines: string[]): string {
  return `${head}spec:\n${lines.map((line) => `${line}\n`).join('')}`;
}

function rule(...lines: string[]): string {
  return spec('  http:', '  - route:', ...lines.map((line) => `    ${line}`));
}

const ways: Array<[string, string]> = [
  ['the weight first', rule('- weight: «90|75»', `  ${a}`, '- weight: «10|25»', `  ${b}`)],
  [
    'a comment between the key and its value',
    rule(`- ${a}`, '  weight: # ninety', '      «90|75»', `- ${b}`, '  weight: «10|25»'),
  ],
  [
    'tabs and blanks behind the value',
    rule(`- ${a}`, '  weight:\t«90|75»\t # x', `- ${b}`, '  weight: «10|25»   '),
  ],
  ['a sign', rule(`- {${a}, weight: +«90|75»}`.replace('+«90|75»', '«+90|75»'), `- {${b}, weight: «10|25»}`)],
  ['underscores', rule(`- {${a}, weight: «9_0|75»}`, `- {${b}, weight: «1_0|25»}`)],
  ['binary', rule(`- {${a}, weight: «0b1011010|75»}`, `- {${b}, weight: «10|25»}`)],
  ['a tag on a text in quotes', rule(`- {${a}, weight: !!int "«90|75»"}`, `- {${b}, weight: «10|25»}`)],
  ['a tag that makes a number a text', rule(`- {${a}, weight: !!str «90|75»}`, `- {${b}, weight: «10|25»}`)],
  ['a float that is whole', rule(`- {${a}, weight: «9e1|75»}`, `- {${b}, weight: «10.0|25»}`)],
  ['null', rule(`- {${a}, weight: «~|75»}`, `- {${b}, weight: «null|25»}`)],
  ['nothing behind the colon', rule(`- ${a}`, '  weight:«| 75»', `- ${b}`, '  weight:«| 25» # none')],
  [
    'nothing behind the colon of a flow mapping',
    rule(`- {weight:«| 75» , ${a}}`, `- {${b}, weight:«| 25» }`),
  ],
  ['no weights in flow mappings', rule(`- {${a}«|, weight: 75»}`, `- { ${b}«|, weight: 25» }`)],
  [
    'no weights behind trailing commas',
    rule(`- {${a}«|, weight: 75»,}`, `- [{${b}}]`.replace('[{', '{').replace('}]', '«|, weight: 25»}')),
  ],
  [
    'no weight at the end of the text',
    rule(`- ${a}`, '  weight: «90|75»', `- ${b}«|\n      weight: 25»`).trimEnd(),
  ],
  [
    'no weight, and comments below',
    rule(
      `- ${a} # one«|\n      weight: 75»`,
      '# about two',
      `- ${b}«|\n      weight: 25»`,
      '',
      '  # the end',
    ),
  ],
  [
    'no weight below a block scalar',
    rule(
      `- ${a}`,
      '  headers:',
      '    request:',
      '      set:',
      '        x: |',
      '          text',
      '«|      weight: 75\n»- '.replace('«|      weight: 75\n»- ', `«|  weight: 75\n    »- ${b}`),
      '  weight: «10|25»',
    ),
  ],
  [
    'JSON without blanks and weights',
    `{"apiVersion":"networking.istio.io/v1","kind":"VirtualService","metadata":{"name":"hello"},"spec":{"http":[{"route":[{"destination":{"host":"a"}«|, "weight": 75»},{"destination":{"host":"b"}«|, "weight": 25»}]}]}}`,
  ],
  [
    'JSON as kubectl prints it, without weights',
    '{\n  "apiVersion": "networking.istio.io/v1",\n  "kind": "VirtualService",\n  "metadata": {"name": "hello"},\n  "spec": {\n    "http": [{"route": [\n      {\n        "destination": {"host": "a"}«|,\n        "weight": 75»\n      },\n      {\n        "destination": {"host": "b"},\n        "weight": «10|25»\n      }\n    ]}]\n  }\n}\n',
  ],
  [
    'a List in JSON',
    `{"apiVersion": "v1", "kind": "List", "items": [{"kind": "Service", "apiVersion": "v1", "metadata": {"name": "hello"}},\n {"apiVersion": "networking.istio.io/v1", "kind": "VirtualService", "metadata": {"name": "hello"}, "spec": {"http": [{"route": [{"destination": {"host": "a"}, "weight": «90|75»}, {"destination": {"host": "b"}, "weight": «10|25»}]}]}}]}`,
  ],
  [
    'keys in quotes and escapes',
    rule(
      `- {"destination": {host: a.x}, "we\\u0069ght": «90|75»}`,
      `- {'destination': {host: b.x}, 'weight': «10|25»}`,
    )
      .replace('spec:', '"spec":')
      .replace('http:', "'http':"),
  ],
  [
    'one blank',
    `${head}spec:\n http:\n - route:\n   - ${a}\n     weight: «90|75»\n   - ${b}«|\n     weight: 25»\n`,
  ],
  [
    'eight blanks',
    `${head}spec:\n        http:\n                -       route:\n                        -       ${a}«|\n                                weight: 75»\n                        -       ${b}\n                                weight: «10|25»\n`,
  ],
  [
    'items that start on the line below their dash',
    rule('-', `  ${a}«|\n      weight: 75»`, '- # two', '', `     ${b}«|\n         weight: 25»`),
  ],
  [
    'emoji and other scripts before it',
    `# 😀 权重 ﷽\n${rule(`- {${a}, weight: «90|75»} # 👍🏽`, `- {${b}, weight: «10|25»}`)}`,
  ],
  [
    'a flow list over lines, with comments',
    spec(
      '  http:',
      '  - route: [',
      '      # [ ] { }',
      `      {${a}, # , weight: 1`,
      '       weight: «90|75» }, # }',
      `      {${b}, weight: «10|25»}, ]`,
    ),
  ],
  [
    'the name below the spec',
    `apiVersion: networking.istio.io/v1beta1\nspec:\n  http: [{route: [{${a}, weight: «90|75»}, {${b}, weight: «10|25»}]}]\nmetadata:\n  name: hello\nkind: VirtualService\n`,
  ],
  [
    'a document in braces behind its marker',
    `--- # rules\n{apiVersion: networking.istio.io/v1alpha3, kind: VirtualService, metadata: {name: hello}, spec: {http: [{route: [{${a}, weight: «90|75»}, {${b}, weight: «10|25»}]}]}}\n...\n# after\n`,
  ],
  [
    'a byte order mark, and line breaks of Windows',
    `\uFEFF${rule(`- ${a}«|\n      weight: 75»`, `- ${b}`, '  weight: «10|25»')}`.replaceAll('\n', '\r\n'),
  ],
  [
    'a tag directive',
    `%TAG ! tag:example.com,2026:\n---\n${rule(`- {${a}, weight: «90|75»}`, `- {${b}, weight: «10|25»}`)}`,
  ],
  [
    'a broken document beside it',
    `a: [\n---\n${rule(`- {${a}, weight: «90|75»}`, `- {${b}, weight: «10|25»}`)}---\n{{ template }}\n`,
  ],
  [
    'texts that look like it',
    `apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: hello\ndata:\n  rules.yaml: |\n    kind: VirtualService\n    metadata: {name: hello}\n    weight: 90\n---\n${rule(`- {${a}, weight: «90|75»}`, `- {${b}, weight: «10|25»}`)}`,
  ],
  [
    'an annotation with the object in it',
    `${rule(`- {${a}, weight: «90|75»}`, `- {${b}, weight: «10|25»}`)}`.replace(
      'namespace: shop}',
      `namespace: shop, annotations: {kubectl.kubernetes.io/last-applied-configuration: '{"weight":90,"kind":"VirtualService","metadata":{"name":"hello"}}'}}`,
    ),
  ],
  [
    'anchors and merge keys at other places',
    `x-defaults: &timeouts {timeout: 5s}\n${spec('  hosts: &hosts [hello.com]', '  gateways: *hosts', '  http:', '  - <<: *timeouts', '    route:', `    - {${a}, weight: «90|75»}`, `    - {${b}, weight: «10|25»}`)}`,
  ],
  [
    'an object of another kind, group, namespace or name',
    `${head.replace('VirtualService', 'DestinationRule')}---\n${head.replace('networking.istio.io', 'gateway.example.com')}---\n${head.replace('shop', 'other')}---\n${head.replace('hello', 'hello-2')}---\n${rule(`- {${a}, weight: «90|75»}`, `- {${b}, weight: «10|25»}`)}`,
  ],
  [
    'a status, and a field that nobody knows',
    `${rule(`- {${a}, weight: «90|75»}`, `- {${b}, weight: «10|25»}`)}status: {weight: 90}\nextra: [weight: 90]\n`,
  ],
  [
    'three destinations, of which two are named',
    rule(`- {${a}, weight: «90|75»}`, `- {${b}, weight: «10|25»}`, '- {destination: {host: c.x}, weight: 0}'),
  ],
  [
    'explicit keys',
    `${head}? spec\n: ? http\n  : - ? route\n      : - ? weight\n          : «90|75»\n          ? destination\n          : host: a.x\n        - ? destination\n          : host: b.x«|\n          weight: 25»\n`,
  ],
];

it(`there are at least 30 ways`, () => {
  expect(ways.length).toBeGreaterThanOrEqual(30);
});

it.each(ways)('%s', (_, marked) => {
  const [before, after] = [1, 2].map((side) =>
    marked.replace(/«([^|»]*)\|([^»]*)»/g, (...groups) => String(groups[side])),
  );
  expect(before).not.toBe(after);
  const edited = outcome(editWeights(String(before), [75, 25]));
  expect(edited).toBe(after);
  expect(Buffer.from(String(edited)).equals(Buffer.from(String(after)))).toBe(true);
});

describe('what cannot be edited', () => {
  const refused: Array<[string, string, string[]]> = [
    [
      'a weight in a block scalar',
      rule(`- ${a}`, '  weight: |', '    90', `- ${b}`),
      ['edit-not-an-integer 9'],
    ],
    ['a weight that is a list', rule(`- {${a}, weight: [90]}`, `- ${b}`), ['edit-not-an-integer 7']],
    ['a weight with a fraction', rule(`- {${a}, weight: 90.5}`, `- ${b}`), ['edit-not-an-integer 7']],
    ['a template in quotes', rule(`- {${a}, weight: "{{ .w }}"}`, `- ${b}`), ['edit-not-an-integer 7']],
    ['a variable', rule(`- {${a}, weight: $WEIGHT}`, `- ${b}`), ['edit-not-an-integer 7']],
    ['an anchor that nobody uses', rule(`- {${a}, weight: &w 90}`, `- ${b}`), ['edit-shared 7']],
    ['a destination that is null', rule('-', `- ${b}`), ['edit-not-safe 7']],
    ['a destination without fields', rule('- {}', `- ${b}`), ['edit-not-safe 7']],
    [
      'a route that an alias repeats',
      `${rule(`- ${a}`, `- ${b}`).replace('route:', 'route: &r')}x: *r\n`,
      ['edit-shared 6'],
    ],
    ['a rule from a merge key', spec('  http:', `  - <<: {route: [{${a}}, {${b}}]}`), ['edit-merge-key 6']],
    [
      'a spec that is an alias',
      `x: &s {http: [{route: [{${a}}, {${b}}]}]}\n${head}spec: *s\n`,
      ['edit-shared 5'],
    ],
    [
      'a field of a destination that is shared only is edited',
      rule(`- {destination: &d {host: a.x}, weight: 90}`, `- {destination: *d, weight: 10}`),
      [],
    ],
  ];
  it.each(refused)('%s', (_, text, issues) => {
    const found = outcome(editWeights(text, [75, 25]));
    if (issues.length === 0) expect(found).toBe(text.replace('90', '75').replace('10}', '25}'));
    else expect(found).toEqual(issues);
  });

  it('aliases that multiply each other end in a refusal, at once', () => {
    const bomb = ['a: &a0 [x, x, x, x, x, x, x, x, x]'];
    for (let depth = 1; depth < 12; depth += 1)
      bomb.push(`b${depth}: &a${depth} [${Array.from({ length: 9 }, () => `*a${depth - 1}`).join(', ')}]`);
    const text = `${bomb.join('\n')}\n${rule(`- {${a}, weight: 90}`, `- {${b}, weight: 10}`)}`;
    expect(outcome(editWeights(text, [75, 25]))).toEqual(['edit-not-safe 1']);
  });

  it.each([
    ['a rule', () => documentNamed(rule(`- ${a}`)).edit([{ kind: 'remove-rule', rule: 1 }])],
    ['a destination', () => editWeights(rule(`- ${a}`), [1, 2])],
    ['a weight below 0', () => editWeights(rule(`- ${a}`), [-1])],
    ['half a weight', () => editWeights(rule(`- ${a}`), [0.5])],
  ])('%s that is not there or cannot be is an error of the caller', (_, edit) => {
    expect(edit).toThrow(RangeError);
  });
});
