import { documentNamed, outcome } from './testing/edit-weights.js';

const users = {
  name: 'grayscale-hello-2-users',
  match: [{ headers: { user: { exact: 'test' } } }],
  route: [{ destination: { host: 'b.x', port: { number: 8080 } } }],
  timeout: '5s',
};

/** A VirtualService with these lines below `spec`. */
function text(...spec: string[]): string {
  return [
    'apiVersion: networking.istio.io/v1',
    'kind: VirtualService',
    'metadata: {name: hello}',
    'spec:',
    ...spec,
    '',
  ].join('\n');
}

/** Where to insert, the text, and the lines that have to come in (with what stands directly above and below them). */
const inserted: Array<[string, number, string, string]> = [
  [
    'two blanks, dashes as far out as their key',
    0,
    text('  hosts: [hello.com]', '  http:', '  - route:', '    - destination: {host: a.x}'),
    text(
      '  hosts: [hello.com]',
      '  http:',
      '  - name: grayscale-hello-2-users',
      '    match:',
      '    - headers:',
      '        user:',
      '          exact: test',
      '    route:',
      '    - destination:',
      '        host: b.x',
      '        port:',
      '          number: 8080',
      '    timeout: 5s',
      '  - route:',
      '    - destination: {host: a.x}',
    ),
  ],
  [
    'dashes further in, and comments that belong to the rule below',
    1,
    text(
      '  http:',
      '    # the first',
      '    - match: [{uri: {exact: /a}}]',
      '      route: [{destination: {host: a.x}}] # first',
      '',
      '    # the second',
      '    # split',
      '    - route:',
      '        - destination: {host: a.x}',
      '  hosts: [hello.com]',
    ),
    text(
      '  http:',
      '    # the first',
      '    - match: [{uri: {exact: /a}}]',
      '      route: [{destination: {host: a.x}}] # first',
      '',
      '    - name: grayscale-hello-2-users',
      '      match:',
      '        - headers:',
      '            user:',
      '              exact: test',
      '      route:',
      '        - destination:',
      '            host: b.x',
      '            port:',
      '              number: 8080',
      '      timeout: 5s',
      '    # the second',
      '    # split',
      '    - route:',
      '        - destination: {host: a.x}',
      '  hosts: [hello.com]',
    ),
  ],
  [
    'four blanks',
    0,
    text('    http:', '    - route:', '        - destination: {host: a.x}'),
    text(
      '    http:',
      '    - name: grayscale-hello-2-users',
      '      match:',
      '      - headers:',
      '            user:',
      '                exact: test',
      '      route:',
      '      - destination:',
      '            host: b.x',
      '            port:',
      '                number: 8080',
      '      timeout: 5s',
      '    - route:',
      '        - destination: {host: a.x}',
    ),
  ],
  [
    'a flow list on one line',
    0,
    text('  http: [{route: [{destination: {host: a.x}}]}]'),
    text(
      '  http: [{name: grayscale-hello-2-users, match: [{headers: {user: {exact: test}}}], route: [{destination: {host: b.x, port: {number: 8080}}}], timeout: 5s}, {route: [{destination: {host: a.x}}]}]',
    ),
  ],
  [
    'an explicit key, with the list on the line of its value',
    0,
    text('  ? http', '  : - route: [{destination: {host: a.x}}]'),
    text(
      '  ? http',
      '  : - name: grayscale-hello-2-users',
      '      match:',
      '      - headers:',
      '          user:',
      '            exact: test',
      '      route:',
      '      - destination:',
      '          host: b.x',
      '          port:',
      '            number: 8080',
      '      timeout: 5s',
      '    - route: [{destination: {host: a.x}}]',
    ),
  ],
];

const json = `{
    "apiVersion": "networking.istio.io/v1",
    "kind": "VirtualService",
    "metadata": {"name": "hello"},
    "spec": {
        "http": [
            {
                "route": [{"destination": {"host": "a.x"}}]
            }
        ]
    }
}
`;

describe('inserting a rule', () => {
  it.each(inserted)('into %s', (_, before, old, expected) => {
    expect(outcome(documentNamed(old).edit([{ kind: 'insert-rule', before, value: users }]))).toBe(expected);
  });

  it.each(inserted)('and removing it again gives the first bytes: %s', (_, rule, old, now) => {
    expect(outcome(documentNamed(now).edit([{ kind: 'remove-rule', rule }]))).toBe(old);
  });

  it('works with the line breaks of Windows', () => {
    for (const [, before, old, expected] of inserted) {
      const windows = (lines: string) => lines.replaceAll('\n', '\r\n');
      const edited = documentNamed(windows(old)).edit([{ kind: 'insert-rule', before, value: users }]);
      expect(outcome(edited)).toBe(windows(expected));
    }
  });

  it('writes JSON into JSON, as kubectl prints it', () => {
    const edited = outcome(documentNamed(json).edit([{ kind: 'insert-rule', before: 0, value: users }]));
    expect(JSON.parse(String(edited)).spec.http[0]).toEqual(users);
    expect(String(edited)).toContain(
      '[\n            {\n                "name": "grayscale-hello-2-users",\n',
    );
    expect(outcome(documentNamed(String(edited)).edit([{ kind: 'remove-rule', rule: 0 }]))).toBe(json);
  });

  it('sets the first weights in the same edit', () => {
    const old = text(
      '  http:',
      '  - route:',
      '    - {destination: {host: a.x}, weight: 100}',
      '    - {destination: {host: b.x}, weight: 0}',
    );
    const edited = documentNamed(old).edit([
      { kind: 'insert-rule', before: 0, value: { name: 'one', route: [{ destination: { host: 'a.x' } }] } },
      { kind: 'insert-rule', before: 0, value: { name: 'two', route: [{ destination: { host: 'b.x' } }] } },
      { kind: 'set-weights', rule: 0, weights: [99, 1] },
    ]);
    expect(outcome(edited)).toBe(
      text(
        '  http:',
        '  - name: one',
        '    route:',
        '    - destination:',
        '        host: a.x',
        '  - name: two',
        '    route:',
        '    - destination:',
        '        host: b.x',
        '  - route:',
        '    - {destination: {host: a.x}, weight: 99}',
        '    - {destination: {host: b.x}, weight: 1}',
      ),
    );
  });

  it('quotes what kubectl would read as something else', () => {
    const value = {
      name: 'yes',
      match: [{ headers: { y: { regex: '^\\d+$' }, 'x-a': { exact: '010' }, b: { exact: "it's # one" } } }],
      route: [{ destination: { host: '*.x', subset: '' } }],
    };
    for (const [, , old] of inserted) {
      const edited = documentNamed(old).edit([{ kind: 'insert-rule', before: 0, value }]);
      expect(documentNamed(String(outcome(edited))).rules[0]).toEqual(value);
      expect(outcome(edited)).toContain("'^\\d+$'");
    }
  });
});

describe('replacing a rule', () => {
  const sticky = (regex: string) => ({
    name: 'grayscale-hello-2-sticky',
    match: [{ headers: { 'x-bucket': { regex } } }],
    route: [{ destination: { host: 'b.x' } }],
  });
  const old = text(
    '  http:',
    '  - name: grayscale-hello-2-sticky # do not edit',
    '    match:',
    '    - headers: {x-bucket: {regex: "0[0-9]{3}"}} # 10 %',
    '    route: [{destination: {host: b.x}}]',
    '  - route: [{destination: {host: a.x}}]',
  );

  it('changes only the value that differs, in its quotes', () => {
    const edited = documentNamed(old).edit([
      { kind: 'replace-rule', rule: 0, value: sticky('[01][0-9]{3}') },
    ]);
    expect(outcome(edited)).toBe(old.replace('0[0-9]', '[01][0-9]'));
  });

  it('leaves a value alone that another place shares', () => {
    const shared = text(
      '  http:',
      '  - name: &name one',
      '    route: [{destination: {host: a.x}}]',
      '  - name: *name',
      '    route: [{destination: {host: a.x}}]',
    );
    const value = { name: 'two', route: [{ destination: { host: 'a.x' } }] };
    expect(outcome(documentNamed(shared).edit([{ kind: 'replace-rule', rule: 0, value }]))).toEqual([
      'edit-not-safe 1',
    ]);
    expect(outcome(documentNamed(shared).edit([{ kind: 'replace-rule', rule: 1, value }]))).toBe(
      shared.replace(/name: \*name\n.*\n/, 'name: two\n    route:\n    - destination:\n        host: a.x\n'),
    );
  });

  it('writes a rule anew whose own parts share the value that differs', () => {
    const shared = text(
      '  http:',
      '  - name: &name one',
      '    match: [{headers: {a: {exact: *name}}}]',
      '    route: []',
    );
    const value = { name: 'two', match: [{ headers: { a: { exact: 'one' } } }], route: [] };
    const edited = documentNamed(shared).edit([{ kind: 'replace-rule', rule: 0, value }]);
    expect(documentNamed(String(outcome(edited))).rules).toEqual([value]);
  });

  it('writes the whole rule anew where more differs', () => {
    const edited = documentNamed(old).edit([
      { kind: 'replace-rule', rule: 0, value: { route: [{ destination: { host: 'b.x' } }] } },
    ]);
    expect(outcome(edited)).toBe(
      text(
        '  http:',
        '  - route:',
        '    - destination:',
        '        host: b.x',
        '  - route: [{destination: {host: a.x}}]',
      ),
    );
  });
});

describe('removing a rule', () => {
  const rules = [
    '  - name: one',
    '    route: [{destination: {host: a.x}}] # one',
    '  # two',
    '  - name: two',
  ];
  it.each([
    ['the first', 0, ['  # two', '  - name: two']],
    ['the last', 1, rules.slice(0, 3)],
  ])('%s', (_, rule, left) => {
    const edited = documentNamed(text('  http:', ...rules)).edit([{ kind: 'remove-rule', rule }]);
    expect(outcome(edited)).toBe(text('  http:', ...left));
  });

  it('refuses the only one of a block list, for nothing would be left to write an empty list with', () => {
    const only = text('  http:', '  - route: [{destination: {host: a.x}}]', '  hosts: [hello.com]');
    expect(outcome(documentNamed(only).edit([{ kind: 'remove-rule', rule: 0 }]))).toEqual([
      'edit-not-safe 1',
    ]);
  });

  it('refuses one whose anchor is used elsewhere', () => {
    const shared = text(
      '  http:',
      '  - route: &split [{destination: {host: a.x}}]',
      '  - match: [{uri: {exact: /a}}]',
      '    route: *split',
    );
    expect(outcome(documentNamed(shared).edit([{ kind: 'remove-rule', rule: 0 }]))).toEqual([
      'edit-not-safe 1',
    ]);
  });
});

describe('a rule that several places share', () => {
  const shared = text(
    '  http:',
    '  - &one {route: [{destination: {host: a.x}, weight: 1}]}',
    '  - *one',
    '  - {route: [{destination: {host: a.x}, weight: 1}]}',
  );
  it.each([0, 1])('is not edited (%d)', (rule) => {
    expect(outcome(documentNamed(shared).edit([{ kind: 'set-weights', rule, weights: [2] }]))).toEqual([
      `edit-shared ${6 + rule}`,
    ]);
  });

  it('does not keep its neighbours from being edited', () => {
    const edited = documentNamed(shared).edit([{ kind: 'set-weights', rule: 2, weights: [2] }]);
    expect(outcome(edited)).toBe(shared.replace(/1}]}\n$/, '2}]}\n'));
  });
});
