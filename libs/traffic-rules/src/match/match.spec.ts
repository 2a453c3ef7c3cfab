import { type Ask, outcome, rulesOf, tableOf, to, virtualService } from '../../test/mesh.js';
import { inlineHeaders } from '../inline-headers.js';

interface Row {
  id: string;
  when: string;
  match: string;
  /** Requests that the match takes. */
  taken: Array<Ask | string>;
  /** Requests that it does not. */
  left: Array<Ask | string>;
}

const user = (...values: string[]): Ask => ({ headers: values.flatMap((value) => ['user', value]) });

const rows: Row[] = [
  {
    id: 'T01',
    when: 'a prefix is plain text',
    match: '{uri: {prefix: /foo}}',
    taken: ['/foo', '/foobar', '/foo/x'],
    left: ['/fo', '/x/foo'],
  },
  {
    id: 'T02',
    when: 'an exact path is the whole path, its query apart',
    match: '{uri: {exact: /a}}',
    taken: ['/a', '/a?x=1'],
    left: ['/a/', '/A'],
  },
  {
    id: 'T03',
    when: 'a regex matches the whole path',
    match: '{uri: {regex: "/rx/[a-z]+"}}',
    taken: ['/rx/abc?z=1'],
    left: ['/x/rx/abc', '/rx/abc1'],
  },
  {
    id: 'T04',
    when: 'ignoreUriCase folds an exact path',
    match: '{uri: {exact: /Ab}, ignoreUriCase: true}',
    taken: ['/aB', '/AB'],
    left: ['/abc'],
  },
  {
    id: 'T04',
    when: 'ignoreUriCase folds a prefix',
    match: '{uri: {prefix: /Ab}, ignoreUriCase: true}',
    taken: ['/aBc'],
    left: ['/ac'],
  },
  {
    id: 'T04',
    when: 'ignoreUriCase leaves a regex alone',
    match: '{uri: {regex: /Ab}, ignoreUriCase: true}',
    taken: ['/Ab'],
    left: ['/ab'],
  },
  {
    id: 'T05',
    when: 'paths are normalized first, slashes not merged',
    match: '{uri: {prefix: /pfx}}',
    taken: ['/%70fx', '/a/../pfx', '/./pfx'],
    left: ['//pfx', '/%2Fpfx'],
  },
  {
    id: '3.2',
    when: 'a prefix without its slash takes nothing',
    match: '{uri: {prefix: foo}}',
    taken: [],
    left: ['/foo', '/'],
  },
  {
    id: '3.3',
    when: 'a literal space is never met, an escaped one is',
    match: '{uri: {exact: "/a%20b"}}',
    taken: ['/a%20b'],
    left: ['/a+b'],
  },
  {
    id: '3.3',
    when: 'escapes keep their letter case',
    match: '{uri: {exact: "/%c3%a9"}}',
    taken: ['/%c3%a9'],
    left: ['/%C3%A9'],
  },
  {
    id: 'T06',
    when: 'header names are case-insensitive, values are not',
    match: '{headers: {user: {exact: tester}}}',
    taken: [{ headers: ['USER', 'tester'] }, user(' tester ')],
    left: [user('Tester'), {}],
  },
  {
    id: 'T06',
    when: 'a header named in capitals is the same header',
    match: '{headers: {X-User: {exact: tester}}}',
    taken: [{ headers: ['x-user', 'tester'] }],
    left: [{}],
  },
  {
    id: 'T07',
    when: 'any line of a repeated header will do',
    match: '{headers: {user: {exact: tester}}}',
    taken: [user('tester', 'x'), user('x', 'tester')],
    left: [user('x', 'y')],
  },
  {
    id: 'T08',
    when: 'lines are not joined',
    match: '{headers: {user: {exact: "a,b"}}}',
    taken: [user('a,b')],
    left: [user('a', 'b')],
  },
  {
    id: 'T09',
    when: 'presence includes the empty value',
    match: '{headers: {user: {}}}',
    taken: [user('')],
    left: [{}],
  },
  {
    id: 'T09',
    when: 'exact "" is the empty value, not absence',
    match: '{headers: {user: {exact: ""}}}',
    taken: [user('')],
    left: [{}, user('x')],
  },
  {
    id: 'T09',
    when: 'the regex .* wants the header there',
    match: '{headers: {user: {regex: ".*"}}}',
    taken: [user(''), user('x')],
    left: [{}],
  },
  {
    id: 'T10',
    when: 'withoutHeaders exact',
    match: '{withoutHeaders: {user: {exact: tester}}}',
    taken: [{}, user(''), user('Tester')],
    left: [user('tester'), user('tester', 'x')],
  },
  {
    id: 'T11',
    when: 'withoutHeaders regex .* excludes even absence, which counts as empty',
    match: '{withoutHeaders: {user: {regex: ".*"}}}',
    taken: [],
    left: [{}, user('x')],
  },
  {
    id: 'T12',
    when: 'withoutHeaders exact "" excludes absence',
    match: '{withoutHeaders: {user: {exact: ""}}}',
    taken: [user('x'), user('tester', 'x')],
    left: [{}, user('')],
  },
  {
    id: '3.6',
    when: 'withoutHeaders {} and * are absence',
    match: '{withoutHeaders: {user: {}, x: {regex: "*"}}}',
    taken: [{}],
    left: [user(''), { headers: ['x', '1'] }],
  },
  {
    id: 'T13',
    when: 'the first query parameter of a name counts, raw',
    match: '{queryParams: {name: {exact: tester}}}',
    taken: ['/?name=tester&name=x', '/?a&name=tester'],
    left: ['/?name=x&name=tester', '/?name=teste%72', '/?NAME=tester', '/'],
  },
  {
    id: 'T14',
    when: 'a parameter without a value is there',
    match: '{queryParams: {name: {}}}',
    taken: ['/?name', '/?name=', '/?x=1&name'],
    left: ['/?names', '/?x=name'],
  },
  {
    id: 'T14',
    when: 'a parameter without a value is empty',
    match: '{queryParams: {name: {exact: ""}}}',
    taken: ['/?name', '/?name=', '/?name&name=x'],
    left: ['/?name=x', '/'],
  },
  {
    id: 'T15',
    when: 'neither %20 nor + is a space',
    match: '{queryParams: {name: {exact: "a b"}}}',
    taken: [],
    left: ['/?name=a%20b', '/?name=a+b'],
  },
  {
    id: 'T16',
    when: 'a regex wants the parameter there',
    match: '{queryParams: {name: {regex: ".*"}}}',
    taken: ['/?name'],
    left: ['/'],
  },
  {
    id: 'T17',
    when: 'authority is the Host as sent, port and letter case included',
    match: '{authority: {exact: t.ext}}',
    taken: [{ authority: 't.ext' }],
    left: [{ authority: 't.ext:8080' }, { authority: 'T.EXT' }],
  },
  {
    id: 'T19',
    when: 'scheme is the forwarded one',
    match: '{scheme: {exact: https}}',
    taken: [{ scheme: 'https' }],
    left: [{}],
  },
  { id: 'T20', when: 'methods are case-sensitive', match: '{method: {exact: get}}', taken: [], left: [{}] },
  {
    id: '3.8',
    when: 'HEAD is not GET',
    match: '{method: {exact: GET}}',
    taken: [{}],
    left: [{ method: 'HEAD' }],
  },
  {
    id: '3.5',
    when: 'pseudo headers and host are headers',
    match: '{headers: {":method": {exact: PUT}, ":path": {prefix: "/p?x"}, host: {exact: "t.ext:8080"}}}',
    taken: [{ method: 'PUT', path: '/p?x=1' }],
    left: [{ method: 'PUT', path: '/p' }],
  },
  {
    id: '3.5',
    when: 'values are compared as UTF-8 bytes',
    match: '{headers: {user: {exact: 张三}}}',
    taken: [user(Buffer.from('张三').toString('latin1'))],
    left: [user('张三'), user('%E5%BC%A0%E4%B8%89')],
  },
  {
    id: '3.9',
    when: 'a regex counts bytes, not characters',
    match: '{headers: {user: {regex: "张..."}}}',
    taken: [user(Buffer.from('张三').toString('latin1'))],
    left: [user(Buffer.from('张').toString('latin1'))],
  },
  {
    id: '3.9',
    when: 'each byte is a character of Latin-1 to a regex',
    match: '{headers: {user: {regex: "\\\\x{e4}|a\\\\pL"}}}',
    taken: [user('\xe4'), user('a\xe4')],
    left: [user(Buffer.from('ä').toString('latin1')), user('\xff')],
  },
  {
    id: '3.9',
    when: 'RE2 has classes of its own',
    match: '{headers: {user: {regex: "(?i)[[:alpha:]]+\\\\pL"}}}',
    taken: [user('abc')],
    left: [user('ab1')],
  },
  {
    id: '4.8',
    when: 'a sidecar drops an application’s settings for Envoy before it looks for a route',
    match: '{headers: {x-envoy-max-retries: {}}}',
    taken: [],
    left: [{ headers: ['x-envoy-max-retries', '3'] }],
  },
  {
    id: '6.2',
    when: 'a sidecar sets x-forwarded-proto and x-request-id before it looks for a route',
    match: '{headers: {x-forwarded-proto: {exact: http}, x-request-id: {regex: ".+"}}}',
    taken: [{}, { headers: ['x-request-id', 'mine'] }],
    left: [{ headers: ['x-forwarded-proto', 'https'] }],
  },
  {
    id: '6.2',
    when: 'and drops what concerns the connection alone',
    match: '{headers: {connection: {}}}',
    taken: [],
    left: [{ headers: ['connection', 'close'] }],
  },
  { id: 'T24', when: 'port is the one dialled', match: '{port: 8080}', taken: [{}], left: [] },
  {
    id: 'T25',
    when: 'all conditions of a block hold together',
    match: '{headers: {a: {exact: "1"}, b: {exact: "2"}}}',
    taken: [{ headers: ['a', '1', 'b', '2'] }],
    left: [{ headers: ['a', '1'] }],
  },
  {
    id: 'T73',
    when: 'a null match is not a condition',
    match: '{headers: {user: null, tenant: {exact: a}}}',
    taken: [{ headers: ['tenant', 'a'] }, { headers: ['user', 'b', 'tenant', 'a'] }],
    left: [{}, { headers: ['user', 'b'] }],
  },
];

const taken = rows.flatMap(({ taken, ...row }) =>
  taken.map((ask) => ({ ...row, ask, shown: JSON.stringify(ask) })),
);
const left = rows.flatMap(({ left, ...row }) =>
  left.map((ask) => ({ ...row, ask, shown: JSON.stringify(ask) })),
);
const one = (match: string) => rulesOf(`[{match: [${match}], ${to('one.ext')}}]`);

describe('a match block', () => {
  it.each(taken)('$id $when: takes $shown', ({ match, ask }) => {
    expect(outcome(one(match), ask)).toBe('one.ext:8080');
  });

  it.each(left)('$id $when: leaves $shown', ({ match, ask }) => {
    expect(outcome(one(match), ask)).toBe('404');
  });

  it('T25 is one of alternatives', () => {
    const table = rulesOf(`[{match: [{uri: {exact: /a}}, {uri: {exact: /b}}], ${to('one.ext')}}]`);
    expect(['/a', '/b', '/c'].map((path) => outcome(table, path))).toEqual([
      'one.ext:8080',
      'one.ext:8080',
      '404',
    ]);
  });
});

describe('the order of rules', () => {
  it.each([
    { first: to('one.ext'), why: 'T26 a rule without match' },
    { first: `match: [{}], ${to('one.ext')}`, why: 'an empty block' },
    { first: `match: [{uri: {prefix: /}}], ${to('one.ext')}`, why: 'prefix /' },
    { first: `match: [{uri: {regex: ".*"}}], ${to('one.ext')}`, why: 'regex .*' },
  ])('$why hides what comes after', ({ first }) => {
    const table = rulesOf(`[{${first}}, {match: [{uri: {prefix: /x}}], ${to('two.ext')}}]`);
    expect(outcome(table, '/x')).toBe('one.ext:8080');
  });

  it('an invalid regex, which validation refuses, matches nothing', () => {
    const table = rulesOf(`[{match: [{uri: {regex: "(?=a)"}}], ${to('one.ext')}}, {${to('two.ext')}}]`);
    expect(outcome(table, '/a')).toBe('two.ext:8080');
  });
});

describe('headers that Envoy keeps on one line', () => {
  const rulesOn = (name: string) =>
    rulesOf(
      `[{match: [{headers: {${name}: {exact: "one,two"}}}], ${to('one.ext')}}, {match: [{headers: {${name}: {exact: two}}}], ${to('two.ext')}}]`,
    );
  const lines = (name: string, ...values: string[]) => ({
    headers: values.flatMap((value) => [name, value]),
  });

  it.each([...inlineHeaders])('joins repeated lines of %s before it matches', (name) => {
    expect(outcome(rulesOn(name), lines(name, 'one', 'two'))).toBe('one.ext:8080');
    expect(outcome(rulesOn(name), lines(name.toUpperCase(), 'one', '', 'two'))).toBe('one.ext:8080');
    expect(outcome(rulesOn(name), lines(name, 'zero', 'two'))).toBe('404');
  });

  it.each(['cookie', 'accept-language', 'x-user', 'traceparent', 'set-cookie', 'range'])(
    'compares the lines of %s one by one',
    (name) => {
      expect(outcome(rulesOn(name), lines(name, 'one', 'two'))).toBe('two.ext:8080');
    },
  );

  it('a joined value is another one to withoutHeaders', () => {
    const table = rulesOf(`[{match: [{withoutHeaders: {accept: {exact: two}}}], ${to('one.ext')}}]`);
    expect(outcome(table, lines('accept', 'one', 'two'))).toBe('one.ext:8080');
  });
});

describe('headers that a sidecar has made or dropped before it looks for a route', () => {
  const present = (name: string) => rulesOf(`[{match: [{headers: {${name}: {}}}], ${to('one.ext')}}]`);

  it.each([
    {
      what: 'an empty request id is replaced',
      name: 'x-request-id',
      headers: ['x-request-id', ''],
      seen: true,
    },
    { what: 'te says trailers or nothing', name: 'te', headers: ['te', 'gzip'], seen: false },
    { what: 'te: trailers', name: 'te', headers: ['te', 'gzip, trailers'], seen: true },
    { what: 'upgrade alone', name: 'upgrade', headers: ['upgrade', 'websocket'], seen: false },
    {
      what: 'upgrade of a connection',
      name: 'upgrade',
      headers: ['Connection', 'keep-alive, Upgrade', 'Upgrade', 'websocket'],
      seen: true,
    },
    {
      what: 'what connection names',
      name: 'x-secret',
      headers: ['x-secret', '1', 'connection', 'X-Secret'],
      seen: false,
    },
  ])('$what', ({ name, headers, seen }) => {
    expect(outcome(present(name), { headers })).toBe(seen ? 'one.ext:8080' : '404');
  });

  it('an empty request id is not the empty text', () => {
    const table = rulesOf(`[{match: [{headers: {x-request-id: {exact: ""}}}], ${to('one.ext')}}]`);
    expect(outcome(table, { headers: ['x-request-id', ''] })).toBe('404');
  });
});

describe('repeated headers in older sidecars', () => {
  const rules = virtualService(`[{match: [{headers: {user: {exact: "a,b"}}}], ${to('one.ext')}}]`);

  it.each([
    { repeatedHeaders: 'each', expected: '404' },
    { repeatedHeaders: 'joined', expected: 'one.ext:8080' },
  ] as const)(
    '$repeatedHeaders: two lines a and b against "a,b" give $expected',
    ({ repeatedHeaders, expected }) => {
      expect(outcome(tableOf(rules, {}, { repeatedHeaders }), user('a', 'b'))).toBe(expected);
    },
  );
});
