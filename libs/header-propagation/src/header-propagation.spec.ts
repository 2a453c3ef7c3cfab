import { createServer, request as httpRequest } from 'node:http';
import type { AddressInfo } from 'node:net';
import { encodeFieldValue, HeaderPropagation, type HeaderPropagationOptions, istioTracing } from './index.js';

const create = (options: Partial<HeaderPropagationOptions> & Pick<HeaderPropagationOptions, 'rules'>) =>
  new HeaderPropagation({ warn: () => undefined, ...options });

describe('extract', () => {
  it.each<[string, HeaderPropagationOptions['rules'], Record<string, string | string[]>, string, object]>([
    ['takes a header by its name', ['x-a'], { 'x-a': '1', 'x-b': '2' }, '/', { 'x-a': '1' }],
    ['finds it in any letter case', ['X-A'], { 'x-A': '1' }, '/', { 'x-a': '1' }],
    ['renames', [{ from: 'x-a', to: 'X-B' }], { 'x-a': '1' }, '/', { 'x-b': '1' }],
    ['keeps an empty header', ['x-a'], { 'x-a': '' }, '/', { 'x-a': '' }],
    ['keeps the values of a repeated header', ['x-a'], { 'x-a': ['1', '2'] }, '/', { 'x-a': ['1', '2'] }],
    [
      'takes a query parameter',
      [{ query: 'name', to: 'user' }],
      {},
      '/page?a=1&name=zhang+san#x',
      { user: 'zhang san' },
    ],
    ['takes one from a whole URL', [{ query: 'name', to: 'user' }], {}, 'http://h/?name=a', { user: 'a' }],
    ['counts an empty parameter as none', [{ query: 'name', to: 'user' }], {}, '/?name=', {}],
    ['counts a bare parameter as none', [{ query: 'name', to: 'user' }], {}, '/?name', {}],
    [
      'keeps the values of a repeated parameter',
      [{ query: 'n', to: 'u' }],
      {},
      '/?n=1&n=2',
      { u: ['1', '2'] },
    ],
    ['decodes the name of a parameter', [{ query: 'na me', to: 'u' }], {}, '/?na%20me=1', { u: '1' }],
    ['takes one cookie', [{ cookie: 'c', to: 'h' }], { cookie: 'cc=0; c="a%20b"; d=2' }, '/', { h: 'a b' }],
    ['uses a default', [{ header: 'x-a', default: 'd' }], {}, '/', { 'x-a': 'd' }],
    ['uses a default that is made', [{ header: 'x-a', default: () => 'm' }], {}, '/', { 'x-a': 'm' }],
    ['prefers what came', [{ header: 'x-a', default: 'd' }], { 'x-a': '1' }, '/', { 'x-a': '1' }],
    ['lets the first rule win', [{ query: 'n', to: 'u' }, 'u'], { u: 'header' }, '/?n=query', { u: 'query' }],
    ['falls to the next rule', [{ query: 'n', to: 'u' }, 'u'], { u: 'header' }, '/', { u: 'header' }],
    [
      'reads a baggage member',
      [{ baggage: 'k', to: 'h' }],
      { baggage: 'a=1, k=x%20y;p=1' },
      '/',
      { h: 'x y' },
    ],
    [
      'keeps a baggage member',
      [{ baggage: 'k' }],
      { baggage: 'a=1,k=x%20y;p=1,b=2' },
      '/',
      { baggage: 'k=x%20y;p=1' },
    ],
    ['writes one', [{ query: 'n', toBaggage: 'k' }], {}, '/?n=a,b', { baggage: 'k=a%2Cb' }],
    [
      'writes one beside the others',
      ['baggage', { query: 'n', toBaggage: 'k' }],
      { baggage: 'a=1,k=old,b=2;p' },
      '/?n=new',
      { baggage: 'a=1,b=2;p,k=new' },
    ],
    [
      'sends UTF-8 from a query as bytes',
      [{ query: 'n', to: 'u' }],
      {},
      `/?n=${encodeURIComponent('张三')}`,
      { u: encodeFieldValue('张三') },
    ],
    [
      'sends UTF-8 from a cookie as bytes',
      [{ cookie: 'c', to: 'u' }],
      { cookie: 'c=%C3%A9' },
      '/',
      { u: 'Ã©' },
    ],
    ['never encodes bytes twice', ['u'], { u: 'Ã©' }, '/', { u: 'Ã©' }],
    ['encodes a default', [{ header: 'u', default: 'é' }], {}, '/', { u: 'Ã©' }],
    ['knows no inherited name', ['constructor'], {}, '/', {}],
  ])('%s', (_, rules, headers, url, expected) => {
    expect(create({ rules }).extract(headers, url).headers).toEqual(expected);
  });

  it('takes a web Headers and a URL object', () => {
    const propagation = create({ rules: ['x-a', { query: 'n', to: 'u' }] });
    const captured = propagation.extract(new Headers({ 'X-A': '1' }), new URL('http://h/?n=2'));
    expect(captured.headers).toEqual({ 'x-a': '1', u: '2' });
  });

  it('gives one shared object when nothing matches', () => {
    const propagation = create({ rules: [...istioTracing] });
    expect(propagation.extract({}, '/')).toBe(propagation.extract({ accept: 'text/html' }, '/'));
  });

  it('keeps apart what Node joins', async () => {
    const propagation = create({ rules: ['user'] });
    const server = createServer((request, response) => {
      response.end(JSON.stringify(propagation.extract(request.headers, request.url, request).headers));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const text = await new Promise<string>((resolve) => {
      const sent = httpRequest({ host: '127.0.0.1', port, headers: { user: ['a, b', 'c'] } }, (response) => {
        response.setEncoding('utf8').on('data', resolve);
      });
      sent.end();
    });
    server.close();
    expect(JSON.parse(text)).toEqual({ user: ['a, b', 'c'] });
  });
});

describe('limits', () => {
  it.each<[string, Partial<HeaderPropagationOptions>, Record<string, string | string[]>, object, object[]]>([
    [
      'length',
      { rules: ['a', 'b'], limits: { valueBytes: 3 } },
      { a: '1234', b: '123' },
      { b: '123' },
      [{ name: 'a', reason: 'length' }],
    ],
    [
      'length in bytes',
      { rules: ['a'], limits: { valueBytes: 5 } },
      { a: '张三' },
      {},
      [{ name: 'a', reason: 'length' }],
    ],
    [
      'the length of a rule',
      { rules: [{ header: 'a', maxLength: 1 }] },
      { a: '12' },
      {},
      [{ name: 'a', reason: 'length' }],
    ],
    [
      'count the lines of each header for itself',
      { rules: ['a', 'b'], limits: { headers: 2 } },
      { a: ['1', '2', '3'], b: '4' },
      { a: ['1', '2'], b: '4' },
      [{ name: 'a', reason: 'count' }],
    ],
    [
      'all bytes',
      { rules: ['a', 'b'], limits: { totalBytes: 6 } },
      { a: '1234', b: '12' },
      { a: '1234' },
      [{ name: 'b', reason: 'count' }],
    ],
    [
      'characters',
      { rules: ['a'], limits: { characters: /^[a-z]*$/ } },
      { a: 'a1' },
      {},
      [{ name: 'a', reason: 'characters' }],
    ],
    [
      'the characters of a rule',
      { rules: [{ header: 'a', characters: /^\d+$/g }, 'b'] },
      { a: 'x', b: 'x' },
      { b: 'x' },
      [{ name: 'a', reason: 'characters' }],
    ],
    ['control characters', { rules: ['a'] }, { a: 'x\r\ny: z' }, {}, [{ name: 'a', reason: 'characters' }]],
    [
      'a filter',
      { rules: [{ header: 'a', filter: (value) => value !== 'no' }] },
      { a: 'no' },
      {},
      [{ name: 'a', reason: 'filter' }],
    ],
  ])('%s', (_, options, headers, expected, dropped) => {
    const seen: object[] = [];
    const propagation = create({ rules: [], ...options, onDrop: (one) => seen.push(one) });
    const captured = propagation.extract(headers, '/');
    expect(captured.headers).toEqual(expected);
    expect(captured.dropped).toEqual(dropped);
    expect(seen).toEqual(dropped);
    const counts = Object.values(propagation.dropCounts());
    expect(counts.reduce((sum, count) => sum + count)).toBe(dropped.length);
  });

  it('let a default take the place of what was dropped', () => {
    const propagation = create({ rules: [{ header: 'a', maxLength: 1, default: 'd' }] });
    expect(propagation.extract({ a: '12' }, '/').headers).toEqual({ a: 'd' });
  });
});

describe('accept', () => {
  const headers = { user: 'mallory', cookie: 'c=1', baggage: 'k=1' };
  const rules: HeaderPropagationOptions['rules'] = [
    'user',
    { query: 'name', to: 'name' },
    { cookie: 'c', to: 'cookie-c' },
    { baggage: 'k', to: 'member' },
    { header: 'x-request-id', default: 'made' },
  ];

  it("believes nothing that was sent with 'none', and still sends defaults", () => {
    const captured = create({ rules, accept: 'none' }).extract(headers, '/?name=a');
    expect(captured.headers).toEqual({ 'x-request-id': 'made' });
    expect(captured.dropped.map((one) => one.reason)).toEqual(['accept', 'accept', 'accept', 'accept']);
  });

  it('asks a function for each value, with the peer', () => {
    const asked: unknown[] = [];
    const accept: HeaderPropagationOptions['accept'] = ({ name, source, value, remoteAddress }) => {
      asked.push([name, source, value, remoteAddress]);
      return source === 'query';
    };
    const details = { socket: { remoteAddress: '10.0.0.7' } };
    const captured = create({ rules: rules.slice(0, 2), accept }).extract(headers, '/?name=a', details);
    expect(captured.headers).toEqual({ name: 'a' });
    expect(asked).toEqual([
      ['user', 'header', 'mallory', '10.0.0.7'],
      ['name', 'query', 'a', '10.0.0.7'],
    ]);
  });

  it("lets a rule's own word go first", () => {
    const open: HeaderPropagationOptions['rules'] = [{ query: 'name', to: 'user', accept: 'all' }, 'user'];
    const propagation = create({ rules: open, accept: 'none' });
    expect(propagation.extract(headers, '/?name=a').headers).toEqual({ user: 'a' });
    expect(propagation.extract(headers, '/').headers).toEqual({});
  });
});

describe('inject', () => {
  const propagation = create({
    rules: ['user', 'baggage', { query: 'n', toBaggage: 'k' }],
    targets: ['hello.com'],
  });
  const captured = propagation.extract({ user: 'test', baggage: 'a=1' }, '/?n=v');

  it.each<[string, Record<string, unknown>, Record<string, unknown>]>([
    ['adds', { accept: '*/*' }, { accept: '*/*', user: 'test', baggage: 'a=1,k=v' }],
    ['leaves what is set, in any letter case', { USER: 'mine' }, { USER: 'mine', baggage: 'a=1,k=v' }],
    ['leaves an empty value', { user: '' }, { user: '', baggage: 'a=1,k=v' }],
    [
      'adds the members to a baggage that is set',
      { Baggage: 'x=1' },
      { Baggage: 'x=1,a=1,k=v', user: 'test' },
    ],
    ['leaves a member that is set', { baggage: 'k=mine,x=1' }, { baggage: 'k=mine,x=1,a=1', user: 'test' }],
  ])('%s', (_, headers, expected) => {
    expect(propagation.inject(captured, 'http://hello.com/hello', headers)).toBe(headers);
    expect(headers).toEqual(expected);
  });

  it('adds to a web Headers, several values of one name included', () => {
    const several = create({ rules: ['user'] });
    const headers = several.inject(
      several.extract({ user: ['a', 'b'] }, '/'),
      'http://localhost/',
      new Headers(),
    );
    expect(headers.get('user')).toBe('a, b');
  });

  it.each(['http://evil.com/', 'http://hello.com.evil.com/', 'http://hello.com@evil.com/', 'http://', ''])(
    'gives nothing to %s',
    (target) => {
      expect(propagation.inject(captured, target, {})).toEqual({});
    },
  );

  it('adds nothing outside a request', () => {
    expect(propagation.inject(propagation.captured(), 'http://hello.com/', { a: '1' })).toEqual({ a: '1' });
  });
});

describe('runWith', () => {
  const propagation = create({
    rules: [
      'x-request-id',
      { query: 'name', to: 'user' },
      { from: 'x-a', to: 'x-b' },
      { query: 'k', toBaggage: 'k' },
    ],
    accept: 'none',
  });

  it('takes outgoing and incoming names that a rule knows, and nothing else', () => {
    const headers = { 'X-Request-Id': 'r', user: 'test', 'x-a': '1', authorization: 'no', 'x-other': 'no' };
    propagation.runWith(headers, () => {
      expect(propagation.current()).toEqual({ 'x-request-id': 'r', user: 'test', 'x-b': '1' });
    });
    expect(propagation.current()).toEqual({});
  });

  it('brings back what current() gave, as JSON would carry it', () => {
    const headers = { user: '张三', baggage: 'k=a%2Cb', 'x-b': ['1', '2'] };
    propagation.runWith(JSON.parse(JSON.stringify(headers)), () =>
      expect(propagation.current()).toEqual(headers),
    );
    expect.assertions(1);
  });

  it('returns what the function returns, and lets its error pass', () => {
    expect(propagation.runWith({}, () => 42)).toBe(42);
    expect(() =>
      propagation.runWith({}, () => {
        throw new Error('mine');
      }),
    ).toThrow('mine');
  });
});

describe('values as text', () => {
  const bytes = encodeFieldValue('José');

  it('are what filter, characters and accept see', () => {
    const seen: string[] = [];
    const see = (value: string) => seen.push(value) > 0;
    const propagation = create({
      rules: [
        { header: 'user', filter: see, characters: /^José$/, accept: ({ value }) => see(value) },
        { query: 'name', to: 'name', filter: see },
      ],
      limits: { characters: /^\p{L}+$/u },
    });
    const { headers } = propagation.extract({ user: bytes }, `/?name=${encodeURIComponent('张三')}`);
    expect([headers, seen]).toEqual([
      { user: bytes, name: encodeFieldValue('张三') },
      ['José', 'José', '张三'],
    ]);
  });

  it('go in by runWith, come out by current(), and are bytes where they are sent', () => {
    const propagation = create({ rules: ['user'] });
    propagation.runWith({ user: 'José' }, () => {
      expect(propagation.current()).toEqual({ user: 'José' });
      expect(propagation.inject(propagation.captured(), 'http://reviews/', {})).toEqual({ user: bytes });
    });
    expect.assertions(2);
  });

  it.each([
    ['bytes', bytes],
    ['text', 'José'],
  ])('are taken from a web Headers that holds %s', (_, user) => {
    const propagation = create({ rules: ['user'] });
    propagation.runWith(new Headers({ user }), () => expect(propagation.current()).toEqual({ user: 'José' }));
    expect.assertions(1);
  });

  it('leave bytes alone that are no UTF-8', () => {
    const seen: string[] = [];
    const propagation = create({ rules: [{ header: 'user', filter: (value) => seen.push(value) > 0 }] });
    expect(propagation.extract({ user: 'Jos\xe9' }).headers).toEqual({ user: 'Jos\xe9' });
    expect(seen).toEqual(['Jos\xe9']);
  });
});

describe('what answers too late', () => {
  const late = () => Promise.resolve(true) as never;

  it('is not a yes', () => {
    const options = { rules: ['a', { header: 'b', filter: late }, { header: 'c', default: late }] };
    const captured = create({ ...options, accept: ({ name }) => name !== 'a' || late() }).extract({
      a: '1',
      b: '2',
    });
    expect(captured.headers).toEqual({});
    expect(captured.dropped.map(({ name, reason }) => `${name} ${reason}`)).toEqual([
      'a accept',
      'b filter',
      'c characters',
    ]);
    expect(create({ rules: [], targets: [late] }).allows('http://reviews/')).toBe(false);
  });
});

describe('a value that is made from the request', () => {
  it('sees the request, and what middleware set on it, when somebody first asks', () => {
    const request = {
      headersDistinct: {},
      socket: { remoteAddress: '10.0.0.7' },
      user: undefined as string | undefined,
    };
    const propagation = create({
      rules: [
        { value: ({ request }) => (request as { user?: string }).user, to: 'user' },
        {
          value: ({ headers, url, remoteAddress }) => `${headers.host} ${url} ${remoteAddress}`,
          to: 'x-from',
        },
        { value: () => 'a,b', toBaggage: 'k' },
        { value: () => undefined, to: 'x-nothing' },
      ],
      accept: 'none',
    });
    const reading = propagation.read({ host: 'h' }, '/p', request);
    request.user = 'José';
    expect(reading?.captured().headers).toEqual({
      user: encodeFieldValue('José'),
      'x-from': 'h /p 10.0.0.7',
      baggage: 'k=a%2Cb',
    });
  });

  it('is brought by its outgoing name where there is no request', () => {
    const propagation = create({ rules: [{ value: () => 'made', to: 'user' }] });
    propagation.runWith({ user: 'test' }, () => expect(propagation.current()).toEqual({ user: 'test' }));
    propagation.runWith({}, () => expect(propagation.current()).toEqual({}));
    expect.assertions(2);
  });
});

describe('an empty baggage', () => {
  it.each([[''], [['', '']]])('%j is not sent on', (baggage) => {
    expect(create({ rules: ['baggage', 'x-a'] }).extract({ baggage, 'x-a': '' }).headers).toEqual({
      'x-a': '',
    });
  });
});

describe('a mistake in the options', () => {
  it.each<[string, unknown, string, RegExp]>([
    ['a wildcard', { rules: ['x-*'] }, 'WILDCARD_NOT_ALLOWED', /rules\[0\].*Name each header/],
    ['all', { rules: ['*'] }, 'WILDCARD_NOT_ALLOWED', /rules\[0\]/],
    ['no name', { rules: ['a', 'b c'] }, 'INVALID_HEADER_NAME', /rules\[1\].*"b c"/],
    [
      'a connection header',
      { rules: [{ query: 'q', to: 'Content-Length' }] },
      'CONNECTION_HEADER',
      /content-length/,
    ],
    ['no destination', { rules: [{ query: 'q' }] }, 'INVALID_RULE', /Add to:/],
    ['two sources', { rules: [{ query: 'q', cookie: 'c', to: 'h' }] }, 'INVALID_RULE', /reads one thing/],
    ['two destinations', { rules: [{ query: 'q', to: 'a', toBaggage: 'b' }] }, 'INVALID_RULE', /not both/],
    ['no source', { rules: [{ to: 'h' }] }, 'INVALID_RULE', /reads one thing/],
    ['null', { rules: [null] }, 'INVALID_RULE', /reads one thing/],
    ['a baggage key', { rules: [{ query: 'q', toBaggage: 'a,b' }] }, 'INVALID_RULE', /"a,b"/],
    ['no list', { rules: 'user' }, 'INVALID_RULE', /is not a list/],
    ['null for the options', null, 'INVALID_OPTION', /options: null is not an object/],
    ['nothing for the options', undefined, 'INVALID_OPTION', /options: undefined is not an object/],
    ['a mistyped option', { rules: [], target: ['a'] }, 'UNKNOWN_OPTION', /options\.target: .*"targets"/],
    [
      'an unknown option',
      { rules: [], headers: ['a'] },
      'UNKNOWN_OPTION',
      /options\.headers: .*Known are rules/,
    ],
    ['no rules', {}, 'INVALID_RULE', /^rules: .* is not a list/],
    ['rules of null', { rules: null }, 'INVALID_RULE', /^rules: .* is not a list/],
    ['a number as rule', { rules: [1] }, 'INVALID_RULE', /rules\[0\]: 1: a rule reads one thing/],
    ['a list as rule', { rules: [['a']] }, 'INVALID_RULE', /rules\[0\]/],
    [
      'a mistyped key of a rule',
      { rules: [{ header: 'a', filtre: () => true }] },
      'UNKNOWN_OPTION',
      /rules\[0\]\.filtre: .*"filter"/,
    ],
    [
      'a key of another kind of rule',
      { rules: [{ header: 'a', salt: 's' }] },
      'UNKNOWN_OPTION',
      /rules\[0\]\.salt/,
    ],
    [
      "accept on a value of one's own",
      { rules: [{ value: () => 'a', to: 'b', accept: 'all' }] },
      'UNKNOWN_OPTION',
      /rules\[0\]\.accept/,
    ],
    ['a value that is not a function', { rules: [{ value: 'a', to: 'b' }] }, 'INVALID_RULE', /rules\[0\]/],
    [
      'an async value',
      { rules: [{ value: async () => 'a', to: 'b' }] },
      'INVALID_RULE',
      /rules\[0\]\.value: an async function/,
    ],
    ['a number to go to', { rules: [{ query: 'q', to: 1 }] }, 'INVALID_HEADER_NAME', /rules\[0\]/],
    ['a number as baggage key', { rules: [{ query: 'q', toBaggage: 1 }] }, 'INVALID_RULE', /rules\[0\]/],
    [
      'an async filter',
      { rules: [{ header: 'a', filter: async () => true }] },
      'INVALID_RULE',
      /rules\[0\]\.filter: an async function answers too late/,
    ],
    [
      'a filter that is not a function',
      { rules: [{ header: 'a', filter: /a/ }] },
      'INVALID_RULE',
      /rules\[0\]\.filter: \/a\//,
    ],
    [
      'characters as text',
      { rules: [{ header: 'a', characters: 'a-z' }] },
      'INVALID_RULE',
      /rules\[0\]\.characters: "a-z" is not a regular expression/,
    ],
    [
      'a length as text',
      { rules: [{ header: 'a', maxLength: '64' }] },
      'INVALID_RULE',
      /rules\[0\]\.maxLength: "64"/,
    ],
    ['a length of 0', { rules: [{ header: 'a', maxLength: 0 }] }, 'INVALID_RULE', /rules\[0\]\.maxLength: 0/],
    [
      'a number as default',
      { rules: [{ header: 'a', default: 1 }] },
      'INVALID_RULE',
      /rules\[0\]\.default: 1/,
    ],
    [
      'a default that nobody can send',
      { rules: [{ header: 'a', default: 'x\r\ny: z' }] },
      'INVALID_RULE',
      /rules\[0\]\.default: .* would never be sent/,
    ],
    [
      'a default that is too long',
      { rules: [{ header: 'a', default: 'José', maxLength: 4 }] },
      'INVALID_RULE',
      /rules\[0\]\.default/,
    ],
    [
      'an async default',
      { rules: [{ header: 'a', default: async () => 'a' }] },
      'INVALID_RULE',
      /rules\[0\]\.default: an async function/,
    ],
    [
      'an async accept',
      { rules: [], accept: async () => true },
      'INVALID_ACCEPT',
      /^accept: an async function/,
    ],
    ['accept of null', { rules: [], accept: null }, 'INVALID_ACCEPT', /^accept: null/],
    ['limits of null', { rules: [], limits: null }, 'INVALID_LIMIT', /^limits: null/],
    [
      'a mistyped limit',
      { rules: [], limits: { valueByte: 1 } },
      'UNKNOWN_OPTION',
      /limits\.valueByte: .*"valueBytes"/,
    ],
    ['a limit as text', { rules: [], limits: { headers: '64' } }, 'INVALID_LIMIT', /limits\.headers: "64"/],
    [
      'characters of the limits as text',
      { rules: [], limits: { characters: 'a' } },
      'INVALID_LIMIT',
      /limits\.characters: "a"/,
    ],
    ['onDrop as text', { rules: [], onDrop: 'log' }, 'INVALID_OPTION', /^onDrop: "log"/],
    [
      'an async warn',
      { rules: [], warn: async () => undefined },
      'INVALID_OPTION',
      /^warn: an async function/,
    ],
    [
      'targets as text',
      { rules: [], targets: 'hello.com' },
      'INVALID_TARGET',
      /^targets: "hello.com" is not a list/,
    ],
    ['targets of null', { rules: [], targets: null }, 'INVALID_TARGET', /^targets: null is not a list/],
    ['a target of null', { rules: [], targets: [null] }, 'INVALID_TARGET', /targets\[0\]: null/],
    ['a target of undefined', { rules: [], targets: [undefined] }, 'INVALID_TARGET', /targets\[0\]/],
    [
      'an async target',
      { rules: [], targets: [async () => true] },
      'INVALID_TARGET',
      /targets\[0\]: an async function/,
    ],
    ['an empty target', { rules: [], targets: [''] }, 'INVALID_TARGET', /targets\[0\]: ""/],
    [
      'a name beyond ASCII',
      { rules: [], targets: ['a', 'bücher.example'] },
      'INVALID_TARGET',
      /targets\[1\]: .*Write "xn--bcher-kva\.example"/,
    ],
    [
      'one below it',
      { rules: [], targets: ['*.bücher.example:81'] },
      'INVALID_TARGET',
      /Write "\*\.xn--bcher-kva\.example:81"/,
    ],
    [
      'a mapped IPv6 address',
      { rules: [], targets: ['[::ffff:127.0.0.1]'] },
      'INVALID_TARGET',
      /Write "\[::ffff:7f00:1\]"/,
    ],
    [
      'a long IPv6 address',
      { rules: [], targets: ['https://[0:0:0:0:0:0:0:1]:8443'] },
      'INVALID_TARGET',
      /Write "https:\/\/\[::1\]:8443"/,
    ],
    ['a decimal address', { rules: [], targets: ['2130706433'] }, 'INVALID_TARGET', /Write "127\.0\.0\.1"/],
    ['a short address', { rules: [], targets: ['127.1:80'] }, 'INVALID_TARGET', /Write "127\.0\.0\.1:80"/],
    ['an address that is none', { rules: [], targets: ['1.2.3.4.5'] }, 'INVALID_TARGET', /targets\[0\]/],
    [
      'another scheme',
      { rules: [], targets: ['ftp://hello.com'] },
      'INVALID_TARGET',
      /the scheme is http or https/,
    ],
    ['a query', { rules: [], targets: ['hello.com/a?b=1'] }, 'INVALID_TARGET', /targets\[0\]/],
    ['a user', { rules: [], targets: ['http://me@hello.com/'] }, 'INVALID_TARGET', /targets\[0\]/],
    [
      'a path with dots',
      { rules: [], targets: ['hello.com/a/../b'] },
      'INVALID_TARGET',
      /Write "hello\.com\/b"/,
    ],
    ['a leading dot', { rules: [], targets: ['.hello.com'] }, 'INVALID_TARGET', /Write "\*\.hello\.com"/],
    [
      'an empty label',
      { rules: [], targets: ['hello..com'] },
      'INVALID_TARGET',
      /targets\[0\]: .*empty label/,
    ],
    [
      'a block',
      { rules: [], targets: ['10.0.0.0/8'] },
      'INVALID_TARGET',
      /targets\[0\]: .*block of addresses/,
    ],
    ['a block of IPv6', { rules: [], targets: ['[fd00::]/48'] }, 'INVALID_TARGET', /block of addresses/],
    ['below an address', { rules: [], targets: ['*.10.0.0.1'] }, 'INVALID_TARGET', /Write "10\.0\.0\.1"/],
    ['an expression with a port', { rules: [], targets: [/hello.com:8080/] }, 'INVALID_TARGET', /no port/],
    ['one with any port', { rules: [], targets: [/a|(?:hello\.com):\d+/] }, 'INVALID_TARGET', /no port/],
    ['one with a scheme', { rules: [], targets: [/^https?:\/\/hello/] }, 'INVALID_TARGET', /no slash/],
    ['one with a path', { rules: [], targets: [/hello\.com\/api/] }, 'INVALID_TARGET', /no slash/],
    ['one beyond ASCII', { rules: [], targets: [/bücher\.example/] }, 'INVALID_TARGET', /in ASCII/],
    [
      'a cookie with a value',
      { rules: [{ cookie: 'a=b', to: 'x' }] },
      'INVALID_RULE',
      /rules\[0\]\.cookie: "a=b"/,
    ],
    [
      'a cookie with a blank',
      { rules: [{ cookie: ' a', to: 'x' }] },
      'INVALID_RULE',
      /rules\[0\]\.cookie: " a"/,
    ],
    [
      'a match without place',
      { rules: [], matched: [{ header: 'x' }] },
      'INVALID_OPTION',
      /matched\[0\]\.place/,
    ],
    [
      'a limit of NaN',
      { rules: [], limits: { valueBytes: NaN } },
      'INVALID_LIMIT',
      /limits\.valueBytes: NaN is/,
    ],
    ['port 0', { rules: [], targets: ['hello.com:0'] }, 'INVALID_TARGET', /from 1 to 65535/],
    ['a middle wildcard', { rules: [], targets: ['a.*.com'] }, 'INVALID_TARGET', /targets\[0\]/],
    ['a port', { rules: [], targets: ['a:99999'] }, 'INVALID_TARGET', /targets\[0\]/],
    ['accept', { rules: [], accept: 'some' }, 'INVALID_ACCEPT', /accept: "some"/],
    ['accept of a rule', { rules: [{ header: 'a', accept: true }] }, 'INVALID_ACCEPT', /rules\[0\]\.accept/],
    ['a limit', { rules: [], limits: { headers: -1 } }, 'INVALID_LIMIT', /limits\.headers: -1/],
  ])('%s is told apart', (_, options, code, message) => {
    expect(() => new HeaderPropagation(options as HeaderPropagationOptions)).toThrow(
      expect.objectContaining({
        name: 'HeaderPropagationError',
        code,
        message: expect.stringMatching(message),
      }),
    );
  });
});

describe('credentials', () => {
  it('are not among what the preset sends on', () => {
    const headers = { authorization: 'Basic x', cookie: 'c=1', 'proxy-authorization': 'y' };
    expect(create({ rules: [...istioTracing] }).extract(headers, '/').headers).toEqual({});
  });

  it('are sent on when named, with one warning for each', () => {
    const warnings: string[] = [];
    const rules = ['Authorization', { from: 'authorization', to: 'x-auth' }, 'cookie'];
    const propagation = new HeaderPropagation({ rules, warn: (message) => warnings.push(message) });
    propagation.extract({ authorization: 'a' }, '/');
    expect(propagation.extract({ authorization: 'a' }, '/').headers).toEqual({
      authorization: 'a',
      'x-auth': 'a',
    });
    expect(warnings.map((warning) => warning.split(' ')[0])).toEqual(['"authorization"', '"cookie"']);
  });
});

describe('a record of headers', () => {
  const { extract, inject } = new HeaderPropagation({ rules: ['x-a', 'x-b', 'traceparent', 'tracestate'] });

  it('shares no list of lines with the next request', () => {
    const captured = extract({ 'x-a': ['1', '2'], 'x-b': '3' });
    const first = inject(captured, 'http://reviews/', {} as Record<string, unknown>);
    (first['x-a'] as string[]).push('of the first');
    expect(inject(captured, 'http://reviews/', {})).toEqual({ 'x-a': ['1', '2'], 'x-b': '3' });
  });

  it("gets no tracestate beside the application's traceparent", () => {
    const own = { Accept: 'text/plain', TraceParent: '00-1-2-01' };
    expect(inject(extract({ tracestate: 'a=1', 'x-b': '3' }), 'http://reviews/', { ...own })).toEqual({
      ...own,
      'x-b': '3',
    });
  });

  it("keeps the application's own in its spelling", () => {
    const own = { Accept: 'text/plain', 'X-B': 'own' };
    expect(inject(extract({ 'x-a': '1', 'x-b': '3' }), 'http://reviews/', { ...own })).toEqual({
      ...own,
      'x-a': '1',
    });
  });
});
