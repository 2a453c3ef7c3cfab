import { HeaderPropagation, type HeaderPropagationOptions } from './index.js';

function create(options: HeaderPropagationOptions) {
  const said: string[] = [];
  const propagation = new HeaderPropagation({
    notices: true,
    ...options,
    warn: (message) => said.push(message),
  });
  const send = (
    headers: Record<string, string>,
    target = 'http://reviews/',
    own: Record<string, string> = {},
  ) => propagation.inject(propagation.extract(headers, '/'), target, own);
  return { propagation, said, send };
}

describe('a host outside the targets', () => {
  it('is counted, and told of once', () => {
    const { propagation, said, send } = create({ rules: ['user'] });
    for (let turn = 0; turn < 3; turn++) send({ user: 'test' }, 'http://hello.com/');
    send({ user: 'test' }, 'http://reviews/');
    send({}, 'http://other.com/');
    expect(propagation.withheldCounts()).toEqual({ 'hello.com': 3 });
    expect(said).toEqual([
      expect.stringMatching(/^"hello\.com" got none .* not among "targets"\. Add it there/),
    ]);
  });

  it('is counted by name up to the 100th, so that a caller cannot fill the memory', () => {
    const { propagation, said, send } = create({ rules: ['user'] });
    for (let host = 0; host < 150; host++) send({ user: 'test' }, `http://h${host}.com/`);
    expect(Object.keys(propagation.withheldCounts())).toHaveLength(101);
    expect(propagation.withheldCounts()['*']).toBe(50);
    expect(said).toHaveLength(100);
  });

  it('is not told of where notices are off, as in production', () => {
    const { propagation, said, send } = create({ rules: ['user'], notices: false });
    send({ user: 'test' }, 'http://hello.com/');
    expect([propagation.withheldCounts(), said]).toEqual([{ 'hello.com': 1 }, []]);
  });
});

describe('a header that a rule of the mesh matches on', () => {
  const matched = [{ header: 'User', place: 'k8s/rule.yaml:12' }];
  const notice = /^"User" arrived and did not go to "reviews", where k8s\/rule\.yaml:12 matches on it: /;

  it.each<[string, HeaderPropagationOptions, RegExp]>([
    ['no rule sends on', { rules: [], matched }, /no rule takes it from the request: add it to "rules"\.$/],
    [
      'is taken from elsewhere',
      { rules: [{ query: 'name', to: 'user' }], matched },
      /no rule takes it from the request/,
    ],
    ['was too long', { rules: [{ header: 'user', maxLength: 2 }], matched }, /it was dropped \(length\)\.$/],
    ['was not believed', { rules: ['user'], accept: 'none', matched }, /it was dropped \(accept\)\.$/],
    [
      'a rule with a place names',
      { rules: [{ header: 'User', place: 'k8s/rule.yaml:12', filter: () => false }] },
      /it was dropped \(filter\)\.$/,
    ],
  ])('and that %s is told of once, with the place', (_, options, reason) => {
    const { said, send } = create(options);
    send({ user: 'test' });
    send({ user: 'test' });
    expect(said).toEqual([expect.stringMatching(notice)]);
    expect(said[0]).toMatch(reason);
  });

  it.each<[string, HeaderPropagationOptions, Record<string, string>, string, Record<string, string>]>([
    ['when it is sent', { rules: ['user'], matched }, { user: 'test' }, 'http://reviews/', {}],
    ['when it did not arrive', { rules: [], matched }, { other: '1' }, 'http://reviews/', {}],
    [
      'when the application sets it',
      { rules: [], matched },
      { user: 'test' },
      'http://reviews/',
      { user: 'mine' },
    ],
    ['for a host outside the targets', { rules: [], matched }, { user: 'test' }, 'http://hello.com/', {}],
    [
      'where notices are off',
      { rules: [], matched, notices: false },
      { user: 'test' },
      'http://reviews/',
      {},
    ],
  ])('is not told of %s', (_, options, headers, target, own) => {
    const { said, send } = create(options);
    send(headers, target, own);
    expect(said).toEqual([]);
  });

  it.each<[string, unknown, RegExp]>([
    ['no list', { header: 'user', place: 'x' }, /^matched: .* is not a list/],
    ['no object', ['user'], /^matched\[0\]: "user" is not an object/],
    ['a wrong name', [{ header: 'a b', place: 'x' }], /^matched\[0\]\.header: "a b"/],
    ['an unknown key', [{ header: 'a', line: 1 }], /^matched\[0\]\.line/],
  ])('%s is an error', (_, matched, message) => {
    expect(() => create({ rules: [], matched } as never)).toThrow(message);
  });
});

describe('set', () => {
  const { propagation } = create({
    rules: [
      { header: 'user', maxLength: 8 },
      { header: 'x-id', default: 'made' },
      { bucket: 'x-bucket', of: 'user', salt: 's' },
    ],
    accept: 'none',
  });
  const { set, current, extract, run } = propagation;

  it('changes what goes out from now on, for all that share the request', async () => {
    await run(extract({}, '/'), async () => {
      const beside = Promise.resolve()
        .then(() => Promise.resolve())
        .then(() => current().user);
      expect(set('User', 'José')).toBe(true);
      expect(current()).toMatchObject({
        user: 'José',
        'x-id': 'made',
        'x-bucket': expect.stringMatching(/^\d{4}$/),
      });
      expect(await beside).toBe('José');
      const bucket = current()['x-bucket'];
      set('user', 'other');
      expect(current()['x-bucket']).not.toBe(bucket);
      expect(set('user', undefined)).toBe(false);
      expect(current()).toEqual({ 'x-id': 'made' });
    });
  });

  it('obeys the limits', () => {
    run(extract({}, '/'), () => {
      expect([set('user', 'x'.repeat(9)), set('user', 'a\nb'), current().user]).toEqual([
        false,
        false,
        undefined,
      ]);
    });
    expect.assertions(1);
  });

  it('does nothing outside a request, and stays in its own', () => {
    expect(set('user', 'test')).toBe(false);
    run(extract({}, '/'), () => set('user', 'test'));
    run(extract({}, '/'), () => expect(current().user).toBeUndefined());
    expect.assertions(2);
  });

  it('refuses a header that no rule sends', () => {
    expect(() => set('x-other', '1')).toThrow(/no rule sends "x-other" on\. Add "x-other" to the rules/);
    expect(() => set('x-bucket', '0000')).toThrow(/no rule sends "x-bucket"/);
  });
});
